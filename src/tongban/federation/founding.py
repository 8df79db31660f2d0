"""Founds the sample federation in a folder: keys, the signed directory, a configuration for each node.

Promises: what is there is kept; a second founding with the same addresses changes nothing; keys and secrets
are readable by their owner only.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tongban import protocol, services
from tongban.credentials.types import load_types
from tongban.federation import sample_directory, sample_records
from tongban.federation.sample_directory import VALID_FROM
from tongban.federation.sides import SIDES, Side
from tongban.node.certificates import new_issuer
from tongban.node.config import load
from tongban.node.private_files import write_private
from tongban.node.tls_folder import TlsFolder
from tongban.places import agencies
from tongban.protocol import Directory, KeyUse, SigningKey
from tongban.suites import Suite

TLS_FOLDER = "tls"
_KEYS_FROM = datetime(2024, 1, 1, tzinfo=UTC)
_KEYS_UNTIL = datetime(2044, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class NodeAddress:
    """Where one node's pages and gateway are served on this machine, and where it is watched."""

    pages_port: int
    gateway_port: int
    watch_port: int

    @property
    def pages_url(self) -> str:
        """The address for people's browsers."""
        return f"http://127.0.0.1:{self.pages_port}"

    @property
    def gateway_url(self) -> str:
        """The address for other nodes."""
        return f"https://127.0.0.1:{self.gateway_port}"


@dataclass(frozen=True)
class SampleFederation:
    """The sample federation of one folder."""

    home: Path
    addresses: Mapping[str, NodeAddress]

    def config_path(self, node: str) -> Path:
        """The configuration of a node."""
        return self.home / node / "node.toml"

    @property
    def password(self) -> str:
        """The one password of all sample accounts, drawn when the folder was founded."""
        return (self.home / "password").read_text(encoding="utf-8").strip()


def consecutive_addresses(port_base: int) -> dict[str, NodeAddress]:
    """Addresses of both nodes from one port on: three for each, ten further on those of the next node."""
    return {
        side.node: NodeAddress(*range(port_base + side.port_offset, port_base + side.port_offset + 3))
        for side in SIDES
    }


def found(
    home: Path, addresses: Mapping[str, NodeAddress], databases: Mapping[str, str] | None = None
) -> SampleFederation:
    """Make the folder ready for both nodes; `databases` names the database of a node that brings none."""
    home.mkdir(parents=True, exist_ok=True)
    federation_key = _key(home / "federation" / "federation.pem", "federation")
    _write(home / "federation" / "federation.json", federation_key.verifying_key.to_json())
    node_keys = {side.node: _key(home / side.node / "node.pem", f"{side.node}-node") for side in SIDES}
    for side in SIDES:
        credential_key = _key(home / side.node / "credential.pem", f"{side.node}-credential", Suite.ES256)
        node_keys[credential_key.keyid] = credential_key
        log_key = _key(home / side.node / "log.pem", f"{side.node}-log", node_keys[side.node].suite)
        node_keys[log_key.keyid] = log_key
    issuers = {side.node: _issuer(TlsFolder(home / side.node / TLS_FOLDER), side.node) for side in SIDES}
    _keep_secret(
        home / "password",
        f"{secrets.choice(_WORDS)}-{secrets.randbelow(9000) + 1000}-{secrets.choice(_WORDS)}",
    )
    _publish_directory(home / "federation" / "directory.json", federation_key, node_keys, issuers, addresses)
    for side in SIDES:
        _hand_out(home, side.node, federation_key)
        _keep_secret(home / side.node / "secret", secrets.token_hex(32))
        for other in SIDES:
            if other is not side:
                _keep_secret(_sign_in_secret(home, side, other), secrets.token_hex(32))
        for name, export in sample_records.exports(side):
            write_private(home / side.node / sample_records.FOLDER / name, export.encode())
        for name, scan in sample_records.scans(side):
            write_private(home / side.node / sample_records.FOLDER / name, scan)
        configuration = _configuration(side, addresses, (databases or {}).get(side.node, ""))
        path = home / side.node / "node.toml"
        _write(path, configuration.encode())
        TlsFolder(home / side.node / TLS_FOLDER).renew_if_due(load(path), datetime.now(UTC))
    return SampleFederation(home, dict(addresses))


_WORDS = ("bamboo", "camphor", "ginkgo", "hibiscus", "lotus", "magnolia", "osmanthus", "willow")


def _key(path: Path, keyid: str, suite: Suite = Suite.ED25519) -> SigningKey:
    if path.exists():
        return SigningKey.from_pem(keyid, path.read_bytes())
    key = protocol.new_signing_key(keyid, suite)
    _keep_secret(path, key.to_pem().decode())
    return key


def _issuer(folder: TlsFolder, node: str) -> str:
    """The certificate of the node's own issuer, made when the folder is founded."""
    if not folder.issuer_key.exists():
        issuer = new_issuer(node, now=datetime.now(UTC), until=_KEYS_UNTIL)
        write_private(folder.issuer, issuer.certificate_pem())
        write_private(folder.issuer_key, issuer.key_pem())
    return folder.issuer.read_text(encoding="ascii")


def _keep_secret(path: Path, text: str) -> None:
    """Write a file for its owner's eyes, whole or not at all, unless it is there."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.touch(mode=0o600)
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, unless it has this content already."""
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _publish_directory(
    path: Path,
    federation_key: SigningKey,
    node_keys: Mapping[str, SigningKey],
    issuers: Mapping[str, str],
    addresses: Mapping[str, NodeAddress],
) -> None:
    """Sign a new version of the directory unless the one that is there says the same."""
    version = 0
    if path.exists():
        known = protocol.open_directory(path.read_bytes(), federation_key.verifying_key)
        if known == _directory(known.version, known.issued, node_keys, issuers, addresses):
            return
        version = known.version
    issued = datetime.now(UTC).replace(microsecond=0)
    directory = _directory(version + 1, issued, node_keys, issuers, addresses)
    _write(path, protocol.sign_directory(directory, federation_key))


def _hand_out(home: Path, node: str, federation_key: SigningKey) -> None:
    """Give the node the directory, unless it goes by that version or a newer one already."""
    newest, own = home / "federation" / "directory.json", home / node / "directory.json"
    key = federation_key.verifying_key
    if own.exists():
        known = protocol.open_directory(own.read_bytes(), key)
        if known.version >= protocol.open_directory(newest.read_bytes(), key).version:
            return
    _write(own, newest.read_bytes())


def _directory(
    version: int,
    issued: datetime,
    node_keys: Mapping[str, SigningKey],
    issuers: Mapping[str, str],
    addresses: Mapping[str, NodeAddress],
) -> Directory:
    return Directory(
        version=version,
        issued=issued,
        nodes=tuple(
            protocol.NodeEntry(
                id=side.node,
                jurisdiction=side.jurisdiction,
                title=_text(side.title.zh, side.title.en),
                gateway_url=addresses[side.node].gateway_url,
                keys=(
                    protocol.key_entry(node_keys[side.node], _KEYS_FROM, _KEYS_UNTIL),
                    protocol.key_entry(
                        node_keys[f"{side.node}-credential"],
                        _KEYS_FROM,
                        _KEYS_UNTIL,
                        use=KeyUse.CREDENTIAL,
                    ),
                    protocol.key_entry(
                        node_keys[f"{side.node}-log"], _KEYS_FROM, _KEYS_UNTIL, use=KeyUse.LOG
                    ),
                ),
                certificates=(issuers[side.node],),
            )
            for side in SIDES
        ),
        agencies=tuple(_agency(side, code) for side in SIDES for code in sample_directory.agencies(side)),
        handles=sample_directory.handles(),
        holds=sample_directory.holds(),
        evidence_types=sample_directory.evidence_types(),
        issues=tuple(
            protocol.Issues(
                node=side.node,
                issuer=addresses[side.node].pages_url,
                types=tuple(load_types(Path(services.__file__).parent)),
                lists=(f"{addresses[side.node].pages_url}/credentials/status/0",),
                valid_from=VALID_FROM,
            )
            for side in SIDES
        ),
        agreements=sample_directory.agreements(),
    )


def _agency(side: Side, code: str) -> protocol.AgencyEntry:
    name = agencies.agency(code).name
    return protocol.AgencyEntry(
        code=code, title=_text(name.zh, name.en), node=side.node, place=side.office_place
    )


def _text(zh: str, en: str) -> protocol.Text:
    return protocol.Text(zh=zh, en=en)


def _sign_in_secret(home: Path, side: Side, other: Side) -> Path:
    """What `side` shows to `other` when a citizen of the other signs in at `side`."""
    return home / "federation" / f"sign-in-{side.node}-{other.node}"


def _partner(side: Side, other: Side, address: NodeAddress) -> str:
    return f"""
[[sign_in_partners]]
node = "{other.node}"
title = {{ zh = "{other.title.zh}", en = "{other.title.en}" }}
pages_url = "{address.pages_url}"
own_secret_path = "../federation/sign-in-{side.node}-{other.node}"
their_secret_path = "../federation/sign-in-{other.node}-{side.node}"
"""


def _configuration(side: Side, addresses: Mapping[str, NodeAddress], database: str) -> str:
    exact = f'database = "{database}"\n' if database else ""
    address = addresses[side.node]
    partners = "".join(_partner(side, other, addresses[other.node]) for other in SIDES if other is not side)
    return f"""name = "{side.node}"
jurisdiction = "{side.jurisdiction}"
title = {{ zh = "{side.title.zh}", en = "{side.title.en}" }}
case_prefix = "{side.case_prefix}"
place = "{side.office_place}"
pages_url = "{address.pages_url}"
pages_port = {address.pages_port}
gateway_url = "{address.gateway_url}"
gateway_port = {address.gateway_port}
watch_port = {address.watch_port}
directory_path = "directory.json"
federation_key_path = "../federation/federation.json"
key_path = "node.pem"
secret_path = "secret"
tls_path = "{TLS_FOLDER}"
officers_second_factor = "optional"
{exact}{side.department.connector}{sample_records.connectors(side)}{partners}"""
