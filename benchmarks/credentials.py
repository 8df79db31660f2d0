"""Credentials: issuing and verifying against bare signatures, lists of a million, codes under a camera.

The floor is the signature library's own operation on the same bytes, in the same process, turn by turn. The
peer is the `sd-jwt` package.
"""

import base64
import gc
import time
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
import zxingcpp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from PIL import Image
from tests.credentials.samples import CLAIMS, NAMES, kind
from tests.credentials.samples import issuer_key as samples_key

from benchmarks.frame.figures import Figure, Result
from benchmarks.frame.machine import versions
from benchmarks.frame.peer import Peer
from benchmarks.frame.size import Size
from benchmarks.frame.timing import Run, Timed, Times, interleaved, ratio, timed
from benchmarks.workloads import photos
from tongban.credentials.codes import Listed, QrCode, make_offline_code
from tongban.credentials.jwk import to_jwk
from tongban.credentials.sdjwt import Frame, Held, KeyBinding, issue, verify
from tongban.credentials.status import PackedStatuses, Status, StatusRegister, publish
from tongban.suites import SigningKey, Suite, new_signing_key

_NOW = datetime.now(UTC).replace(microsecond=0)
_TURNS = 20
_ENTRIES = 1_000_000
_REVOKED = 20_000
_PHOTOS = 1000
_CLAIMS: dict[str, object] = {
    "iss": "https://issuer.example",
    "iat": int(_NOW.timestamp()),
    "exp": int(_NOW.timestamp()) + 86_400,
    "vct": "https://issuer.example/types/title/1",
    **{f"claim_{number}": f"value number {number}" for number in range(12)},
}
_FRAME = Frame.of([(f"claim_{number}",) for number in range(12)])
_NAMES = {Suite.ES256: "ES256", Suite.ED25519: "EdDSA", Suite.SM2: "SM2"}
_AUDIENCE, _NONCE = "https://verifier.example", "nonce-of-this-request"


def measure(size: Size) -> Result:
    """Measure all of it."""
    figures = [*_signatures(size), *_lists(size), *_codes(size)]
    return Result(
        "credentials",
        "Credentials: SD-JWT, status lists, codes to show",
        tuple(figures),
        {
            "sd-jwt": "0.10.4",
            **versions(["tongban", "cryptography", "pynacl", "orjson", "pybase64", "zxing-cpp"]),
        },
    )


def _signatures(size: Size) -> list[Figure]:
    return [
        *(figure for suite in Suite for figure in _suite(suite, size)),
        _against_peer(Suite.ES256, size),
        _against_peer(Suite.ED25519, size),
    ]


def _suite(suite: Suite, size: Size) -> list[Figure]:
    """Issuing and verifying under keys of a suite against the bare signature and the bare check.

    For Ed25519 that is `cryptography`'s, as for the others; what share they have of libsodium's, which we
    call and which takes half as long, is told beside it.
    """
    issuer, holder = new_signing_key("i", suite), new_signing_key("h", suite)
    key = issuer.verifying_key
    compact = issue(_CLAIMS, _FRAME, issuer, typ="dc+sd-jwt", holder=holder.verifying_key)
    token = compact.split("~")[0].encode()
    sign, check = _bare(issuer, token)
    verifying = partial(verify, compact, key, now=_NOW, key_binding=None)
    own_sign, own_check = _own(issuer, token)
    times = interleaved(
        {
            "own sign": _repeated(own_sign),
            "own check": _repeated(own_check),
            "sign": _repeated(sign),
            "issue": _repeated(
                lambda: issue(_CLAIMS, _FRAME, issuer, typ="dc+sd-jwt", holder=holder.verifying_key)
            ),
            "check": _repeated(check),
            "verify": _repeated(verifying),
        },
        size.rounds(100),
    )
    by_call = _call_by_call(check, verifying, size.rounds(100))
    return [
        Figure(
            f"issue with 12 disclosable claims, {_NAMES[suite]}, share of the bare signing rate",
            _share(times["sign"], times["issue"]),
            "of the floor",
            0.5,
            measured={name: one.best / _TURNS for name, one in times.items()},
        ),
        Figure(
            f"verify with 12 disclosures, {_NAMES[suite]}, share of the bare verifying rate",
            _share(times["check"], times["verify"]),
            "of the floor",
            0.75,
        ),
        Figure(
            f"verify with 12 disclosures, {_NAMES[suite]}, share when the two take turns call by call",
            by_call,
            "of the floor",
        ),
        Figure(
            f"issue with 12 disclosable claims, {_NAMES[suite]}, share of our own signing rate",
            _share(times["own sign"], times["issue"]),
            "of the floor",
        ),
        Figure(
            f"verify with 12 disclosures, {_NAMES[suite]}, share of our own verifying rate",
            _share(times["own check"], times["verify"]),
            "of the floor",
        ),
    ]


def _own(key: SigningKey, token: bytes) -> tuple[Run, Run]:
    """Our own signing and checking of what a token signs, by the library that we call for the suite."""
    signed, _, text = token.rpartition(b".")
    raw = base64.urlsafe_b64decode(text + b"==")
    return partial(key.sign, signed), partial(key.verifying_key.verifies, raw, signed)


def _bare(key: SigningKey, token: bytes) -> tuple[Run, Run]:
    """What `cryptography` takes to sign and check what a token signs; of SM2 our call to OpenSSL."""
    if key.suite is Suite.SM2:
        return _own(key, token)
    signed, _, text = token.rpartition(b".")
    raw = base64.urlsafe_b64decode(text + b"==")
    private = load_pem_private_key(key.to_pem(), None)
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return partial(private.sign, signed), partial(private.public_key().verify, raw, signed)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    signing = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    verifying = ec.ECDSA(hashes.SHA256())
    return partial(private.sign, signed, signing), partial(
        private.public_key().verify, der, signed, verifying
    )


def _against_peer(suite: Suite, size: Size) -> Figure:
    """Verifying with key binding against `sd-jwt`; the target is set for ES256."""
    issuer, holder = new_signing_key("i", suite), new_signing_key("h", suite)
    key = issuer.verifying_key
    compact = issue(_CLAIMS, _FRAME, issuer, typ="dc+sd-jwt", holder=holder.verifying_key)
    four = [(f"claim_{number}",) for number in range(4)]
    bound = Held.of(compact).present_bound(four, holder, audience=_AUDIENCE, nonce=_NONCE, now=_NOW)
    binding = KeyBinding(_AUDIENCE, _NONCE)
    _, check = _bare(issuer, compact.split("~")[0].encode())
    with Peer("sdjwt", "sd_jwt_verifying") as peer:
        peer.ask(
            "load",
            compact=bound,
            issuer=to_jwk(key),
            audience=_AUDIENCE,
            nonce=_NONCE,
            algorithm=_NAMES[suite],
        )
        times = interleaved(
            {
                "verify bound": _repeated(lambda: verify(bound, key, now=_NOW, key_binding=binding)),
                "sd-jwt": partial(peer.seconds, "run", times=_TURNS),
                "check": _repeated(check),
            },
            size.rounds(100),
        )
    return Figure(
        f"verify 4 disclosures with key binding, {_NAMES[suite]}, against sd-jwt 0.10.4",
        ratio(times["sd-jwt"], times["verify bound"]),
        "times",
        4 if suite is Suite.ES256 else None,
        measured={name: one.best / _TURNS for name, one in times.items()},
    )


def _repeated(run: Run) -> Timed:
    def often() -> None:
        for _ in range(_TURNS):
            run()

    return timed(often)


def _seconds(run: Run) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def _call_by_call(floor: Run, whole: Run, rounds: int) -> float:
    """The share where every call of the one follows a call of the other, and meets the caches it has left."""
    first, second = [], []
    for _ in range(rounds):
        gc.collect()
        times = [(_seconds(floor), _seconds(whole)) for _ in range(_TURNS)]
        first.append(sum(one for one, _ in times))
        second.append(sum(one for _, one in times))
    return min(first) / min(second)


def _share(floor: Times, whole: Times) -> float:
    return floor.best / whole.best


def _lists(size: Size) -> list[Figure]:
    random = np.random.default_rng(1)
    key = new_signing_key("i", Suite.ES256)
    register = StatusRegister(_ENTRIES)
    for index in random.choice(_ENTRIES, _REVOKED, replace=False):
        register.set(int(index), Status.INVALID)
    publishing = partial(
        publish,
        register,
        "https://i.example/status/0",
        key,
        lifetime=timedelta(days=1),
        ttl=timedelta(hours=1),
    )
    publishing(now=_NOW)
    seconds = []
    for index in random.choice(_ENTRIES, size.of(1000), replace=False):
        begun = time.perf_counter()
        register.set(int(index), Status.INVALID)
        publishing(now=_NOW)
        seconds.append(time.perf_counter() - begun)
    packed = PackedStatuses.from_compressed(register.bits, register.compressed())
    indices = [int(index) for index in random.integers(0, _ENTRIES, 10_000)]
    looked = interleaved({"look up": timed(lambda: [packed.status(index) for index in indices])}, 60)
    return [
        Figure(
            "revoke until the list of a million is signed anew, 99th percentile",
            float(np.percentile(seconds, 99)) * 1000,
            "ms",
            100,
            "at most",
            {"median": float(np.median(seconds))},
        ),
        Figure(
            "look-ups in a list of a million",
            len(indices) / looked["look up"].best / 1e6,
            "million a second",
            1,
        ),
    ]


def _codes(size: Size) -> list[Figure]:
    texts = {
        (name, suite): make_offline_code(
            kind(name),
            kind(name).purposes[0].key,
            CLAIMS[name],
            Listed(0, 999_999),
            key=samples_key(suite),
            now=_NOW,
        )
        for name in NAMES
        for suite in Suite
    }
    largest = max(QrCode.of(text).version for text in texts.values())
    random = np.random.default_rng(20261125)
    screens = {text: photos.shown(QrCode.of(text).png(8)) for text in texts.values()}
    count = size.of(_PHOTOS)
    shown = [list(screens)[number % len(screens)] for number in range(count)]
    read = sum(_reads(text, photos.photo(screens[text], random)) for text in shown)
    return [
        Figure("largest version among the codes of nine types in three suites", largest, "", 12, "at most"),
        Figure(f"photos read, of {count}", 100 * read / count, "%", 99.5),
    ]


def _reads(text: str, picture: Image.Image) -> bool:
    return any(found.text == text for found in zxingcpp.read_barcodes(picture))
