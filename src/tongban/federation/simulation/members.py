"""The federation that is simulated: its directory, its keys, each node's agency.

Keys follow from the nodes' names, so that a run is repeated to the byte. With `is_fast` a keyed hash stands
in for Ed25519: it binds a signature to key and content as long as no node computes it for another.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tongban import protocol
from tongban.protocol import Directory, Text
from tongban.protocol.directory_keys import KeyUse
from tongban.protocol.evidence import ValueType
from tongban.suites import SigningKey, Suite, VerifyingKey
from tongban.suites.ed25519 import Ed25519Private

EPOCH = datetime(2026, 11, 25, tzinfo=UTC)
"""When virtual time begins."""
SERVICE = "simulated-service"
FIELDS = ("from", "to", "scan")
STATUTE = Text(zh="模拟依据", en="Simulated statute")


def _text(words: str) -> Text:
    return Text(zh=words, en=words)


CERTIFICATE = protocol.EvidenceType(
    name="simulated-certificate",
    title=_text("certificate"),
    shape=protocol.Shape.RECORDS,
    fields=tuple(
        protocol.EvidenceField(name=name, title=_text(name), type=kind)
        for name, kind in zip(FIELDS, (ValueType.MONTH, ValueType.MONTH, ValueType.FILE), strict=True)
    ),
)
"""What agencies hold: months, and a scan where there is one."""


def name_of(number: int) -> str:
    """The node's name by its number, from 0."""
    return f"node-{number:02d}"


def agency_of(node: str) -> str:
    """The agency that the node speaks for."""
    return f"agency-{node[-2:]}"


class _HashHalf:
    """A stand-in for a private key: a hash keyed with the public half."""

    suite = Suite.ED25519

    def __init__(self, public_key: bytes) -> None:
        self.public_key = public_key

    def sign(self, data: bytes) -> bytes:
        return hashlib.blake2b(data, key=self.public_key).digest()

    def to_pem(self) -> bytes:
        raise TypeError("a stand-in for a key has no form in which it could be stored")


@dataclass(frozen=True)
class _HashKey(VerifyingKey):
    def verifies(self, signature: bytes, data: bytes) -> bool:
        return hmac.compare_digest(signature, hashlib.blake2b(data, key=self.public_key).digest())


class _FastDirectory(Directory):
    """The directory whose keys verify what the stand-ins sign."""

    def key_at(self, keyid: str, moment: datetime, use: KeyUse = KeyUse.SIGN) -> VerifyingKey:
        key = super().key_at(keyid, moment, use)
        return self._stand_ins[key.keyid]

    @cached_property
    def _stand_ins(self) -> dict[str, VerifyingKey]:
        entries = (entry for node in self.nodes for entry in node.keys)
        return {
            key.keyid: _HashKey(key.keyid, key.suite, key.public_key)
            for key in (entry.verifying_key for entry in entries)
        }


@dataclass(frozen=True)
class Members:
    """The directory that all nodes go by, and each node's key by its name."""

    directory: Directory
    keys: dict[str, SigningKey]

    def public(self, name: str) -> VerifyingKey:
        """The key by which what a node signed is verified."""
        return self.directory.key_at(self.keys[name].keyid, EPOCH)

    @property
    def names(self) -> tuple[str, ...]:
        """The nodes in their order."""
        return tuple(self.keys)


@lru_cache(maxsize=4)
def members(count: int, *, is_fast: bool) -> Members:
    """A federation of so many nodes (2 to 59)."""
    keys = {name_of(number): _key(name_of(number)) for number in range(count)}
    form = _FastDirectory if is_fast else Directory
    directory = form(
        version=1,
        issued=EPOCH - timedelta(days=2),
        nodes=tuple(_node(name, number, key) for number, (name, key) in enumerate(keys.items())),
        agencies=tuple(
            protocol.AgencyEntry(
                code=agency_of(name), title=_text(name), node=name, place=str(100000 + number)
            )
            for number, name in enumerate(keys)
        ),
        handles=(),
        holds=(),
        evidence_types=(CERTIFICATE,),
        agreements=tuple(
            _agreement(asking, holding) for asking in keys for holding in keys if asking != holding
        ),
    )
    if is_fast:
        keys = {name: SigningKey(key.keyid, _HashHalf(key.public_key)) for name, key in keys.items()}
    return Members(directory, keys)


def _key(name: str) -> SigningKey:
    seed = hashlib.sha256(f"tongban simulation {name}".encode()).digest()
    return SigningKey(f"{name}-key", Ed25519Private(Ed25519PrivateKey.from_private_bytes(seed)))


def _node(name: str, number: int, key: SigningKey) -> protocol.NodeEntry:
    return protocol.NodeEntry(
        id=name,
        jurisdiction=str(100000 + number),
        title=_text(name),
        gateway_url=f"http://{name}.example",
        keys=(protocol.key_entry(key, EPOCH - timedelta(days=1), EPOCH + timedelta(days=3650)),),
    )


def _agreement(asking: str, holding: str) -> protocol.Agreement:
    return protocol.Agreement(
        id=f"{asking}-{holding}",
        title=_text("agreement"),
        asking_agency=agency_of(asking),
        holding_agency=agency_of(holding),
        service=SERVICE,
        evidence_type=CERTIFICATE.name,
        fields=FIELDS,
        legal_bases=("statute",),
        statutes=(STATUTE,),
        valid_from=(EPOCH - timedelta(days=2)).date(),
    )
