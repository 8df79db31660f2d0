"""Who may issue what, as the federation's directory says, and which issuer this node is.

Promises: the trust list is the directory's data and nothing else; the own key is the one that the directory
lists for the use `credential`.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from tongban import services
from tongban.credentials.trust import TrustedKey, TrustList
from tongban.credentials.types import TypeRegistry, load_types
from tongban.node.clock import true_now
from tongban.node.credentials import keystore
from tongban.node.exchange import identity
from tongban.protocol import Directory, KeyUse, Text
from tongban.protocol.conversation import civil_day
from tongban.suites import SigningKey

TRUST_LASTS = timedelta(days=1)
"""How long an offline verifier may rely on a trust list that it has loaded."""


class NoIssuer(Exception):
    """The directory does not let this node issue that."""

    def __init__(self, vct: str) -> None:
        super().__init__(
            f"the directory does not list this node as issuer of {vct}; have the federation add it"
        )


@dataclass(frozen=True)
class OwnIssuer:
    """This node as an issuer: the name in `iss`, its key, the addresses of its lists."""

    uri: str
    key: SigningKey = field(repr=False)
    types: frozenset[str]
    lists: tuple[str, ...]


@cache
def types() -> TypeRegistry:
    """Every credential type of the service folders."""
    return load_types(Path(services.__file__).parent)


def trust_list(now: datetime | None = None) -> TrustList:
    """The directory's issuers with all their keys, good for a day from `now`."""
    moment = now or true_now()
    directory = identity.current().directory
    return TrustList(trusted_keys(directory, moment), moment, moment + TRUST_LASTS)


def trusted_keys(directory: Directory, now: datetime) -> tuple[TrustedKey, ...]:
    """One entry for each key of each issuer that the directory lists for today."""
    return tuple(
        TrustedKey(
            issuer=entry.issuer,
            key=key.verifying_key,
            types=frozenset(entry.types),
            valid_from=key.not_before,
            valid_until=key.not_after,
            revoked_at=key.revoked_at,
            lists=entry.lists,
        )
        for entry in directory.issues
        if entry.in_force(civil_day(now))
        for key in directory.node(entry.node).keys
        if key.use is KeyUse.CREDENTIAL
    )


def name_of(issuer: str) -> Text | str:
    """What the directory calls the node that issues under this name; the name itself where it lists none."""
    directory = identity.current().directory
    for entry in directory.issues:
        if entry.issuer == issuer:
            return directory.node(entry.node).title
    return issuer


def own_lists() -> tuple[str, ...]:
    """The addresses of this node's lists; none where it issues nothing."""
    try:
        return own().lists
    except NoIssuer:
        return ()


def verifier_name() -> str:
    """The audience that presentations to this node are made for: its name as an issuer, else its own name."""
    try:
        return own().uri
    except NoIssuer:
        return f"urn:tongban:node:{identity.current().me}"


def own(vct: str = "") -> OwnIssuer:
    """This node as the issuer of that type, or of any. Raises NoIssuer, ConfigError."""
    me = identity.current()
    now = true_now()
    for entry in me.directory.issues:
        if entry.node != me.me or not entry.in_force(civil_day(now)) or (vct and vct not in entry.types):
            continue
        for key in me.directory.node(me.me).keys:
            if key.use is KeyUse.CREDENTIAL and key.valid_at(now):
                signing = keystore.own_key()
                if signing.public_key == key.verifying_key.public_key:
                    return OwnIssuer(
                        entry.issuer, signing.named(key.keyid), frozenset(entry.types), entry.lists
                    )
    raise NoIssuer(vct or "anything")
