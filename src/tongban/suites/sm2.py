"""SM2 signatures with SM3 (GB/T 32918.2, GB/T 32905) through OpenSSL 3, on the curve of GB/T 32918.5.

The distinguishing identifier is the standard's default. Signatures are r and s of 32 bytes each, public keys
the uncompressed point. Keys are shared between threads; OpenSSL only reads them.
"""

import ctypes
import weakref
from ctypes import byref, c_char_p, c_size_t, c_void_p
from functools import cache

from tongban.suites import rs
from tongban.suites.libcrypto import libcrypto
from tongban.suites.suite import KeyFileError, Suite

DISTINGUISHING_ID = b"1234567812345678"
"""The identifier of the signer that goes into what is signed (GB/T 32918, the default of GM/T 0009)."""

_DER_LIMIT = 72
_PUBLIC_KEY_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
"""SubjectPublicKeyInfo (RFC 5480) of a point on the SM2 curve, up to the point."""


class Sm2Private:
    """An SM2 private key."""

    suite = Suite.SM2

    def __init__(self, handle: int) -> None:
        self._key = _Key(handle)
        self.public_key = self._key.public_key()

    @classmethod
    def generate(cls) -> "Sm2Private":
        """A fresh key."""
        library = libcrypto()
        context = library.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
        key = c_void_p()
        made = (
            library.EVP_PKEY_keygen_init(context) == 1 and library.EVP_PKEY_generate(context, byref(key)) == 1
        )
        library.EVP_PKEY_CTX_free(context)
        if not made or key.value is None:
            raise OSError("OpenSSL could not make an SM2 key; is the machine's random source there?")
        return cls(key.value)

    @classmethod
    def from_pem(cls, pem: bytes) -> "Sm2Private":
        """Read a PKCS #8 file; KeyFileError when it is not an unencrypted SM2 private key."""
        library = libcrypto()
        source = library.BIO_new_mem_buf(pem, len(pem))
        handle = library.PEM_read_bio_PrivateKey(source, None, None, b"")
        library.BIO_free(source)
        if handle is None:
            library.ERR_clear_error()
            raise KeyFileError("not a private key: expected an unencrypted PKCS #8 PEM file")
        if library.EVP_PKEY_is_a(handle, b"SM2") != 1:
            library.EVP_PKEY_free(handle)
            raise KeyFileError("not an SM2 private key")
        return cls(handle)

    def sign(self, data: bytes) -> bytes:
        """The signature over `data`: r and s, 64 bytes."""
        library = libcrypto()
        context = self._key.context(library.EVP_DigestSignInit_ex)
        room, length = ctypes.create_string_buffer(_DER_LIMIT), c_size_t(_DER_LIMIT)
        done = library.EVP_DigestSign(context, room, byref(length), data, len(data))
        library.EVP_MD_CTX_free(context)
        if done != 1:
            library.ERR_clear_error()
            raise OSError("OpenSSL could not sign with this SM2 key; is the machine's random source there?")
        return rs.from_der(room.raw[: length.value])

    def to_pem(self) -> bytes:
        """PKCS #8 without encryption."""
        library = libcrypto()
        target = library.BIO_new(library.BIO_s_mem())
        library.PEM_write_bio_PKCS8PrivateKey(target, self._key.handle, None, None, 0, None, None)
        room = ctypes.create_string_buffer(library.BIO_ctrl_pending(target))
        library.BIO_read_ex(target, room, len(room), byref(c_size_t()))
        library.BIO_free(target)
        return room.raw


class Sm2Public:
    """An SM2 public key from its uncompressed point; KeyFileError when it is none."""

    def __init__(self, public_key: bytes) -> None:
        library = libcrypto()
        document = _PUBLIC_KEY_PREFIX + public_key
        start = c_char_p(document)
        handle = None
        if len(public_key) == 65 and public_key[0] == 4:
            handle = library.d2i_PUBKEY(None, byref(start), len(document))
        if handle is None:
            library.ERR_clear_error()
            raise KeyFileError("an SM2 public key is an uncompressed point of 65 bytes")
        self._key = _Key(handle)

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Whether `signature` is this key's over `data`."""
        der = rs.to_der(signature)
        if der is None:
            return False
        library = libcrypto()
        context = self._key.context(library.EVP_DigestVerifyInit_ex)
        outcome = library.EVP_DigestVerify(context, der, len(der), data, len(data))
        library.EVP_MD_CTX_free(context)
        if outcome != 1:
            library.ERR_clear_error()
        return bool(outcome == 1)


class _Key:
    """An EVP_PKEY, freed with its owner."""

    def __init__(self, handle: int) -> None:
        self.handle = handle
        weakref.finalize(self, libcrypto().EVP_PKEY_free, handle)

    def public_key(self) -> bytes:
        room, length = ctypes.create_string_buffer(65), c_size_t()
        libcrypto().EVP_PKEY_get_octet_string_param(
            self.handle, b"encoded-pub-key", room, len(room), byref(length)
        )
        if length.value != 65:
            raise KeyFileError("the private key file lacks its public half; make it anew")
        return room.raw

    def context(self, start: "ctypes._NamedFuncPointer") -> int:
        """A context in which this key signs or verifies; the caller frees it."""
        library = libcrypto()
        context: int = library.EVP_MD_CTX_new()
        signer = c_void_p()
        begun = (
            start(context, byref(signer), b"SM3", None, None, self.handle, None) == 1
            and library.EVP_PKEY_CTX_set1_id(signer, DISTINGUISHING_ID, len(DISTINGUISHING_ID)) == 1
        )
        if not begun:
            library.EVP_MD_CTX_free(context)
            library.ERR_clear_error()
            raise OSError("OpenSSL could not begin an SM2 operation")
        return context


def sm3(data: bytes) -> bytes:
    """The SM3 hash (GB/T 32905) of `data`, 32 bytes."""
    room = ctypes.create_string_buffer(32)
    if libcrypto().EVP_Digest(data, len(data), room, None, _sm3_algorithm(), None) != 1:
        raise OSError("OpenSSL could not compute an SM3 hash")
    return room.raw


@cache
def _sm3_algorithm() -> int:
    algorithm: int = libcrypto().EVP_MD_fetch(None, b"SM3", None)
    return algorithm
