"""How a newer directory spreads: a node takes what is signed and newer, and tells its peers.

Every few seconds it asks one peer, chosen at random, which version that one has; the older of the two then
gets the newer. A forged, older or conflicting directory changes nothing and is said.
"""

import fcntl
import logging
import os
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from tongban import protocol
from tongban.node.config import ConfigError, NodeConfig, this_node
from tongban.node.exchange import identity, trust
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.transport import Transport, Unreachable, own_transport
from tongban.node.exchange.trust import SignedDirectory
from tongban.protocol import Code, HttpRequest, NodeEntry, Refused

DIRECTORY_PATH = "/directory"
SECONDS_BETWEEN_PEERS = 5.0

log = logging.getLogger(__name__)
_taking = threading.Lock()


def offer(document: bytes) -> Identity:
    """Go by the directory in `document` from now on, if it is newer; the node's identity under it.

    The directory that is in force already is taken without effect. Raises Refused `directory-forged`,
    `directory-older` or `directory-unusable`; ConfigError when the node cannot write it down.
    """
    config = this_node()
    with _alone(config):
        known = identity.current()
        signed = _checked(document, known, config)
        if signed.directory.version == known.directory.version:
            return known
        try:
            identity.made_of(config, signed)
        except ConfigError as error:
            log.error("directory %s not taken: %s", signed.directory.version, error)
            raise Refused(Code.DIRECTORY_UNUSABLE, "nodes") from None
        trust.write_file(config.directory_path, document)
        taken = identity.current()
    log.info("directory %s taken, issued %s", taken.directory.version, taken.directory.issued.isoformat())
    return taken


def meet_a_peer() -> None:
    """Bring this node and one of its peers to the newer of their directories."""
    known = identity.current()
    peers = [node for node in known.directory.nodes if node.id != known.me]
    if peers:
        meet(random.choice(peers), _transport())  # noqa: S311 - which peer is asked first is no secret


def meet(peer: NodeEntry, transport: Transport) -> None:
    """Take `peer`'s directory if it is newer, give it this node's if that is."""
    known = identity.current()
    mine = f'"{known.directory.version}"'
    try:
        theirs = transport(peer, _request("GET", peer, b"", (("if-none-match", mine),)))
        if theirs.status == 200:
            _compare(theirs.body, peer, transport)
    except Unreachable:
        return
    except (Refused, ConfigError) as refused:
        log.warning("directory of %s not taken: %s", peer.id, refused)


def _compare(document: bytes, peer: NodeEntry, transport: Transport) -> None:
    try:
        offer(document)
    except Refused as refused:
        if refused.code is not Code.DIRECTORY_OLDER:
            raise
        body = identity.current().document
        given = transport(peer, _request("POST", peer, body, (("content-type", protocol.DIRECTORY_TYPE),)))
        log.info("directory given to %s, which had an older one: status %d", peer.id, given.status)


def _request(method: str, peer: NodeEntry, body: bytes, headers: protocol.Headers) -> HttpRequest:
    return HttpRequest(method, peer.authority, DIRECTORY_PATH, headers, body)


def _checked(document: bytes, known: Identity, config: NodeConfig) -> SignedDirectory:
    may_sign = {key.keyid: key for key in trust.trusted(config)}
    try:
        directory = protocol.open_directory(document, may_sign.values(), at_least=known.directory.version)
    except protocol.DirectoryOlder:
        hint = f"version {known.directory.version} is in force"
        raise Refused(Code.DIRECTORY_OLDER, "version", hint) from None
    except protocol.DirectoryForged:
        raise Refused(Code.DIRECTORY_FORGED, "signatures") from None
    except protocol.DirectoryError as error:
        log.error("directory not taken: %s", error)
        raise Refused(Code.SCHEMA_VIOLATED, "payload") from None
    if directory.version == known.directory.version and directory != known.directory:
        hint = f"another directory of version {directory.version} is in force"
        raise Refused(Code.DIRECTORY_OLDER, "version", hint)
    return SignedDirectory(directory, document)


@contextmanager
def _alone(config: NodeConfig) -> Iterator[None]:
    """Keep every other thread and process of this node from taking a directory at the same time."""
    with _taking:
        try:
            lock = os.open(config.directory_path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise ConfigError(
                f"{config.directory_path.parent}: cannot be written; the node must be able to write there"
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


@cache
def _transport() -> Transport:
    return own_transport()
