"""OpenSSL 3's libcrypto by ctypes: the few functions that SM2 and SM3 need.

Looked for in this order: the file named in TONGBAN_LIBCRYPTO, the system's library, the one that the
psycopg package brings. The first that is OpenSSL 3 or later and knows SM2 is taken; SuiteUnavailable else.
"""

import ctypes
import ctypes.util
import importlib.util
import os
from collections.abc import Iterator
from ctypes import POINTER, c_char_p, c_int, c_long, c_size_t, c_ulong, c_void_p
from functools import cache
from pathlib import Path

from tongban.suites.suite import SuiteUnavailable

LIBRARY_VARIABLE = "TONGBAN_LIBCRYPTO"
_MISSING = (
    "SM2 and SM3 need libcrypto of OpenSSL 3 or later, and none that knows SM2 was found; install it "
    f"(Debian: apt install libssl3) or name its file in {LIBRARY_VARIABLE}"
)

_FUNCTIONS: dict[str, tuple[object, list[object]]] = {
    "OpenSSL_version_num": (c_ulong, []),
    "ERR_clear_error": (None, []),
    "BIO_new": (c_void_p, [c_void_p]),
    "BIO_s_mem": (c_void_p, []),
    "BIO_new_mem_buf": (c_void_p, [c_char_p, c_int]),
    "BIO_free": (c_int, [c_void_p]),
    "BIO_read_ex": (c_int, [c_void_p, c_char_p, c_size_t, POINTER(c_size_t)]),
    "BIO_ctrl_pending": (c_size_t, [c_void_p]),
    "PEM_read_bio_PrivateKey": (c_void_p, [c_void_p, c_void_p, c_void_p, c_char_p]),
    "PEM_write_bio_PKCS8PrivateKey": (
        c_int,
        [c_void_p, c_void_p, c_void_p, c_char_p, c_int, c_void_p, c_void_p],
    ),
    "d2i_PUBKEY": (c_void_p, [c_void_p, POINTER(c_char_p), c_long]),
    "EVP_PKEY_CTX_new_from_name": (c_void_p, [c_void_p, c_char_p, c_char_p]),
    "EVP_PKEY_CTX_free": (None, [c_void_p]),
    "EVP_PKEY_CTX_set1_id": (c_int, [c_void_p, c_char_p, c_int]),
    "EVP_PKEY_keygen_init": (c_int, [c_void_p]),
    "EVP_PKEY_generate": (c_int, [c_void_p, POINTER(c_void_p)]),
    "EVP_PKEY_is_a": (c_int, [c_void_p, c_char_p]),
    "EVP_PKEY_get_octet_string_param": (
        c_int,
        [c_void_p, c_char_p, c_char_p, c_size_t, POINTER(c_size_t)],
    ),
    "EVP_PKEY_free": (None, [c_void_p]),
    "EVP_MD_CTX_new": (c_void_p, []),
    "EVP_MD_CTX_free": (None, [c_void_p]),
    "EVP_MD_fetch": (c_void_p, [c_void_p, c_char_p, c_char_p]),
    "EVP_Digest": (c_int, [c_char_p, c_size_t, c_char_p, POINTER(ctypes.c_uint), c_void_p, c_void_p]),
    "EVP_DigestSignInit_ex": (
        c_int,
        [c_void_p, POINTER(c_void_p), c_char_p, c_void_p, c_char_p, c_void_p, c_void_p],
    ),
    "EVP_DigestSign": (c_int, [c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t]),
    "EVP_DigestVerifyInit_ex": (
        c_int,
        [c_void_p, POINTER(c_void_p), c_char_p, c_void_p, c_char_p, c_void_p, c_void_p],
    ),
    "EVP_DigestVerify": (c_int, [c_void_p, c_char_p, c_size_t, c_char_p, c_size_t]),
}


@cache
def libcrypto() -> ctypes.CDLL:
    """The library, its functions declared."""
    for candidate in _candidates():
        library = _loaded(candidate)
        if library is not None:
            return library
    raise SuiteUnavailable(_MISSING)


def _candidates() -> Iterator[str]:
    named = os.environ.get(LIBRARY_VARIABLE)
    if named:
        yield named
        return
    yield from ("libcrypto.so.4", "libcrypto.so.3", "libcrypto.3.dylib")
    found = ctypes.util.find_library("crypto")
    if found and found.endswith(".so.3"):
        yield found
    psycopg = importlib.util.find_spec("psycopg_binary")
    if psycopg is not None and psycopg.origin is not None:
        package = Path(psycopg.origin).parent
        folders = (package.with_name("psycopg_binary.libs"), package / ".dylibs")
        yield from (str(path) for folder in folders for path in sorted(folder.glob("libcrypto*")))


def _loaded(path: str) -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(path)
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError):
        return None
    if library.OpenSSL_version_num() >> 28 < 3:
        return None
    context = library.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
    if context is None:
        library.ERR_clear_error()
        return None
    library.EVP_PKEY_CTX_free(context)
    return library
