"""Logs by name: whose a log is, with which keys it is signed, and who may witness it."""

from tongban.node.config import ConfigError
from tongban.protocol import Directory, KeyUse, NodeEntry, Refused
from tongban.protocol.tlog.auditing import Parties
from tongban.protocol.tlog.origins import origin_of
from tongban.suites import VerifyingKey


def signing_keys(entry: NodeEntry) -> tuple[VerifyingKey, ...]:
    """Every signing key that the directory lists for a node, those of the past included."""
    return tuple(key.verifying_key for key in entry.keys if key.use is KeyUse.SIGN)


def parties_of(node: str, directory: Directory) -> Parties:
    """Whose log it is, and who may witness it. Raises ConfigError when the directory has no such node."""
    try:
        owner = directory.node(node)
    except Refused:
        known = ", ".join(entry.id for entry in directory.nodes)
        raise ConfigError(f"no node is called {node}; the directory has {known}") from None
    witnesses = {
        origin_of(entry.id): signing_keys(entry) for entry in directory.nodes if entry.id != owner.id
    }
    return Parties(origin_of(owner.id), signing_keys(owner), witnesses)
