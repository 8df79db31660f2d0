"""Changes to a federation's directory, each giving the next version: a key added, replaced, revoked.

Nothing is removed: a record that was signed under an old key is verified by the entry that stays.
"""

from datetime import datetime

from tongban.protocol import Directory, KeyEntry, KeyUse, NodeEntry


class AmendmentError(ValueError):
    """The change cannot be made; the text names what is wrong."""


def with_key(directory: Directory, node: str, entry: KeyEntry) -> Directory:
    """The directory in which `node` has one more key."""
    if any(entry.keyid == known.keyid for listed in directory.nodes for known in listed.keys):
        raise AmendmentError(f"{entry.keyid}: a key of that name is listed already; choose another name")
    return _with_keys(directory, node, (*_node(directory, node).keys, entry))


def replaced(directory: Directory, node: str, entry: KeyEntry, until: datetime) -> Directory:
    """The directory in which `entry` follows the keys of its use, which hold until `until` at most."""
    overlapping = tuple(
        known.model_copy(update={"not_after": min(known.not_after, until)})
        if known.use is entry.use and known.not_before < until
        else known
        for known in _node(directory, node).keys
    )
    return with_key(_with_keys(directory, node, overlapping), node, entry)


def revoked(directory: Directory, keyid: str, at: datetime) -> Directory:
    """The directory in which no signature under that key, of a node or the federation, counts from `at`."""

    def marked(entry: KeyEntry) -> KeyEntry:
        return entry.model_copy(update={"revoked_at": at}) if entry.keyid == keyid else entry

    nodes = tuple(node.model_copy(update={"keys": tuple(map(marked, node.keys))}) for node in directory.nodes)
    amended = directory.model_copy(
        update={"nodes": nodes, "federation_keys": tuple(map(marked, directory.federation_keys))}
    )
    if amended == directory:
        raise AmendmentError(f"{keyid}: no such key in the directory; `tongban directory show` lists them")
    return amended


def with_federation_key(directory: Directory, entry: KeyEntry) -> Directory:
    """The directory that lets one more key sign the next version."""
    if entry.use is not KeyUse.SIGN:
        raise AmendmentError(f"{entry.keyid}: a key of the federation is for {KeyUse.SIGN.value}")
    return directory.model_copy(update={"federation_keys": (*directory.federation_keys, entry)})


def following(directory: Directory, version: int, issued: datetime) -> Directory:
    """The directory as the version after `version`; pydantic's ValidationError says what is wrong in it."""
    members = {name: getattr(directory, name) for name in Directory.model_fields}
    return Directory(**members | {"version": version + 1, "issued": issued.replace(microsecond=0)})


def _node(directory: Directory, node: str) -> NodeEntry:
    found = next((listed for listed in directory.nodes if listed.id == node), None)
    if found is None:
        names = ", ".join(listed.id for listed in directory.nodes)
        raise AmendmentError(f"{node}: no such node in the directory; it has {names}")
    return found


def _with_keys(directory: Directory, node: str, keys: tuple[KeyEntry, ...]) -> Directory:
    changed = _node(directory, node).model_copy(update={"keys": keys})
    nodes = tuple(changed if listed.id == node else listed for listed in directory.nodes)
    return directory.model_copy(update={"nodes": nodes})
