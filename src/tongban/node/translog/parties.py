"""Logs by name: whose a log is, with which keys it is signed, and who may witness it."""

from datetime import datetime

from tongban.node.config import ConfigError
from tongban.protocol import Directory, KeyUse, NodeEntry, Refused
from tongban.protocol.tlog.auditing import Parties
from tongban.protocol.tlog.origins import origin_of
from tongban.suites import VerifyingKey


def signing_keys(entry: NodeEntry) -> tuple[VerifyingKey, ...]:
    """Every key that the directory lists for a node's log, those of the past included.

    A node's message key counts too: it signed the log before the node had a key for the log alone.
    """
    return tuple(key.verifying_key for key in entry.keys if key.use in {KeyUse.LOG, KeyUse.SIGN})


def present_keys(entry: NodeEntry, now: datetime) -> tuple[VerifyingKey, ...]:
    """The keys that may sign a new head: those for the log alone; the message key where there is none."""
    valid = [key for key in entry.keys if key.valid_at(now)]
    for use in (KeyUse.LOG, KeyUse.SIGN):
        if found := tuple(key.verifying_key for key in valid if key.use is use):
            return found
    return ()


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
