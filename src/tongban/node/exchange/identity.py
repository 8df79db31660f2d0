"""Who this node is on the exchange: its name, its signing key, the directory it goes by.

The directory file is read again when it changes; one that is forged, broken or older than the newest
that the node has ever gone by is not taken. Of several own keys the newest that the directory lists as
valid signs, so that one key follows another without a restart.
"""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.db.models import Max

from tongban.node.clock import true_now
from tongban.node.config import ConfigError, NodeConfig, this_node
from tongban.node.exchange import trust
from tongban.node.exchange.models import TakenDirectory
from tongban.node.exchange.trust import SignedDirectory
from tongban.protocol import Directory, KeyEntry, KeyFileError, KeyUse, Refused, SigningKey

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Identity:
    """The node's name, its key, the directory and the signed document that holds it.

    `own_log_key` is the key that the directory lists for this node's log alone, where it lists one.
    """

    me: str
    key: SigningKey
    directory: Directory
    document: bytes = field(repr=False)
    own_log_key: SigningKey | None = None

    @property
    def log_key(self) -> SigningKey:
        """What signs heads of the own log and cosigns those of others."""
        return self.own_log_key or self.key


@dataclass(frozen=True)
class _Loaded:
    stamps: tuple[int, ...]
    identity: Identity
    until: datetime


_NEVER = datetime.max.replace(tzinfo=UTC)
_lock = threading.Lock()
_loaded: dict[Path, _Loaded] = {}


def current() -> Identity:
    """This node's identity by its configuration; ConfigError names the file that cannot be used."""
    config = this_node()
    stamps = tuple(map(_changed, (config.directory_path, config.key_path, config.log_key_path)))
    with _lock:
        known = _loaded.get(config.directory_path)
        if known is None:
            known = _loaded_from(stamps, _take(config))
        elif stamps != known.stamps or known.until <= true_now():
            known = _loaded_from(stamps, _take_again(config, known.identity))
        _loaded[config.directory_path] = known
        return known.identity


def load(config: NodeConfig, at_least: int = 0) -> Identity:
    """Read key and directory from the files that `config` names.

    Raises ConfigError when a file cannot be used or the directory's version is below `at_least`.
    """
    return made_of(config, trust.read_directory(config, at_least))


def made_of(config: NodeConfig, signed: SignedDirectory) -> Identity:
    """The identity of this node under that directory; ConfigError when its key is not listed there."""
    now = true_now()
    try:
        listed = signed.directory.node(config.name).keys
    except Refused:
        raise ConfigError(f"{config.directory_path}: no node is called {config.name}") from None
    usable = [
        (entry, key)
        for entry, key in _own_of(listed, KeyUse.SIGN, _keys_in(config.key_path))
        if config.key_id in {"", entry.keyid}
    ]
    if not usable:
        raise ConfigError(
            f"{config.key_path}: the directory does not list this key for {config.name}; "
            "have the federation add it, or use the key it lists"
        )
    valid = [(entry, key) for entry, key in usable if entry.valid_at(now)]
    if not valid:
        entry = usable[-1][0]
        raise ConfigError(
            f"{config.key_path}: {entry.keyid}: {entry.fault_at(now)}; have the federation list a new one"
        )
    entry, key = max(valid, key=lambda pair: pair[0].not_before)
    signing = key.named(entry.keyid)
    log_key = _log_key(config, listed, now)
    return Identity(config.name, signing, signed.directory, signed.document, log_key)


def _log_key(config: NodeConfig, listed: Sequence[KeyEntry], now: datetime) -> SigningKey | None:
    """The newest own key for the log that is valid; None when the directory lists none for it now."""
    due = [entry for entry in listed if entry.use is KeyUse.LOG and entry.valid_at(now)]
    if not due:
        return None
    own = _own_of(due, KeyUse.LOG, _keys_in(config.log_key_path))
    if not own:
        raise ConfigError(
            f"{config.log_key_path}: the directory lists {due[-1].keyid} for the log of {config.name}, "
            "and this is not that key; put it there, or have the federation list the one that is"
        )
    entry, key = max(own, key=lambda pair: pair[0].not_before)
    return key.named(entry.keyid)


def _own_of(
    listed: Sequence[KeyEntry], use: KeyUse, own: Sequence[SigningKey]
) -> list[tuple[KeyEntry, SigningKey]]:
    """Those of the listed keys for that use of which the node has the private half."""
    return [
        (entry, key)
        for entry in listed
        for key in own
        if entry.use is use and entry.verifying_key.public_key == key.public_key
    ]


def _keys_in(place: Path) -> list[SigningKey]:
    """The keys of a file, or of all .pem files of a folder."""
    paths = sorted(place.glob("*.pem")) if place.is_dir() else [place]
    keys = []
    for path in paths:
        try:
            keys.append(SigningKey.from_pem("", trust.read_file(path)))
        except KeyFileError as error:
            raise ConfigError(f"{path}: {error}") from error
    return keys


def _loaded_from(stamps: tuple[int, ...], identity: Identity) -> _Loaded:
    now = true_now()
    turns = [turn for entry in identity.directory.node(identity.me).keys for turn in _turns(entry)]
    return _Loaded(stamps, identity, min((turn for turn in turns if turn > now), default=_NEVER))


def _turns(entry: KeyEntry) -> tuple[datetime, ...]:
    """When it changes whether the key is valid."""
    revoked = (entry.revoked_at,) if entry.revoked_at is not None else ()
    return (entry.not_before, entry.not_after, *revoked)


def _take(config: NodeConfig) -> Identity:
    """Load, and note the version so that none before it is ever taken again."""
    newest = TakenDirectory.objects.aggregate(newest=Max("version"))["newest"] or 0
    identity = load(config, at_least=newest)
    TakenDirectory.objects.get_or_create(
        version=identity.directory.version, defaults={"taken_at": true_now()}
    )
    trust.note_signers(config, identity.directory, true_now())
    return identity


def _take_again(config: NodeConfig, known: Identity) -> Identity:
    try:
        return _take(config)
    except ConfigError as error:
        log.error("directory not taken, the one before stays in force: %s", error)
        return known


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
