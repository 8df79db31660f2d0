"""A node's configuration: one TOML file, read once and checked.

Promises: every value is typed and every path absolute; a mistake is reported with file, key and expectation.
"""

import os
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

CONFIG_VARIABLE = "TONGBAN_NODE_CONFIG"

SIGN_IN_SCOPES = ("openid", "identity")
"""What partners may ask of each other: `identity` is name and resident ID number, after consent."""

Port = Annotated[int, Field(ge=1, le=65535)]


class ConfigError(Exception):
    """The configuration cannot be used; the text names file, key and what is expected."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Title(_Part):
    """A name in both languages."""

    zh: str
    en: str


class SignInPartner(_Part):
    """Another node whose citizens may sign in here with their account there, and the other way round.

    `own_secret_path` is what this node shows to the partner, `their_secret_path` what the partner shows here.
    """

    node: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
    title: Title
    pages_url: Annotated[str, Field(pattern=r"^https?://[^/]+$")]
    own_secret_path: Path
    their_secret_path: Path


class PeerLimits(_Part):
    """How much one other node may ask of each process of the gateway."""

    per_second: Annotated[int, Field(ge=1)] = 1000
    burst: Annotated[int, Field(ge=1)] = 2000
    at_a_time: Annotated[int, Field(ge=1)] = 48


class MailServer(_Part):
    """The server that takes the node's e-mail; the password stands in a file of its own."""

    host: str
    port: Port = 25
    sender: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
    starts_tls: bool = True
    user: str = ""
    password_path: Path | None = None

    def password(self) -> str:
        """The password, without the line's end. Raises OSError."""
        return self.password_path.read_text(encoding="utf-8").strip() if self.password_path else ""


class Pkcs11Key(_Part):
    """A key pair in a device: the PKCS #11 module, the token's and the key's label, a file with the PIN."""

    module: str
    token: str
    label: str
    pin_path: Path


class NodeConfig(_Part):
    """What one node (节点) needs to know about itself.

    `place` is where its offices decide (default: the whole jurisdiction); the exchange reads `connectors`.
    """

    home: Path
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
    jurisdiction: Annotated[str, Field(pattern=r"^\d{6}$")]
    title: Title
    case_prefix: Annotated[str, Field(pattern=r"^[A-Z]{2,4}$")]
    pages_url: Annotated[str, Field(pattern=r"^https?://[^/]+$")]
    gateway_url: Annotated[str, Field(pattern=r"^https?://[^/]+$")]
    pages_port: Port
    gateway_port: Port
    gateway_host: str = "127.0.0.1"
    gateway_processes: Annotated[int, Field(ge=1, le=64)] = 1
    watch_port: Port | None = None
    peer_limits: PeerLimits = PeerLimits()
    traces_url: Annotated[str, Field(pattern=r"^$|^https?://")] = ""
    tls_path: Path | None = None
    place: Annotated[str, Field(pattern=r"^(\d{6})?$")] = ""
    directory_path: Path
    federation_key_path: Path
    key_path: Path
    key_id: str = ""
    secret_path: Path
    database: Annotated[str, Field(pattern=r"^$|^postgres(ql)?://")] = ""
    services_path: Path | None = None
    log_path: Path = Field(default=Path("log"), validate_default=True)
    log_key_path: Path = Field(default=Path("log.pem"), validate_default=True)
    officers_second_factor: Literal["required", "optional"] = "required"
    sign_in_key_path: Annotated[Path, Field(validate_default=True)] = Path("sign-in.pem")
    credential_key_path: Annotated[Path, Field(validate_default=True)] = Path("credential.pem")
    credential_key_device: Pkcs11Key | None = None
    wallet_makers_path: Path | None = None
    wallet_attestation: Literal["required", "accepted"] = "required"
    trusted_proxies: Annotated[int, Field(ge=0, le=9)] = 0
    sign_in_partners: tuple[SignInPartner, ...] = ()
    virus_scanner: str = ""
    timestamp_url: Annotated[str, Field(pattern=r"^(https?://.+)?$")] = ""
    timestamp_roots_path: Path | None = None
    longest_withholding_days: Annotated[int, Field(ge=0)] = 0
    conversations_kept_days: Annotated[int, Field(ge=0)] = 0
    retention_path: Path | None = None
    senders: dict[Literal["email", "sms"], str] = Field(default_factory=dict)
    mail: MailServer | None = None
    connectors: tuple[dict[str, object], ...] = ()

    @field_validator(
        "directory_path",
        "federation_key_path",
        "key_path",
        "secret_path",
        "services_path",
        "tls_path",
        "log_path",
        "log_key_path",
        "timestamp_roots_path",
        "sign_in_key_path",
        "credential_key_path",
        "wallet_makers_path",
        "retention_path",
    )
    @classmethod
    def _absolute(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        home = info.data.get("home")
        return value if value is None or home is None else (home / value).resolve()

    @property
    def office_place(self) -> str:
        """The place code at which the node's own agencies are looked up."""
        return self.place or self.jurisdiction

    @property
    def is_secure(self) -> bool:
        """Whether citizens reach the pages over https, so that cookies may be marked secure."""
        return self.pages_url.startswith("https://")

    def sign_in_apps(self) -> list[dict[str, object]]:
        """The partners as allauth's OpenID Connect client wants them. Raises ConfigError."""
        return [
            {
                "provider_id": partner.node,
                "name": partner.title.zh,
                "client_id": self.name,
                "secret": read_secret(
                    self.home / partner.own_secret_path, f"what {partner.node} knows this node by"
                ).decode(),
                "settings": {
                    "server_url": partner.pages_url,
                    "token_auth_method": "client_secret_basic",
                    "oauth_pkce_enabled": True,
                    "scope": list(SIGN_IN_SCOPES),
                },
            }
            for partner in self.sign_in_partners
        ]

    def secret_bytes(self) -> bytes:
        """The node's secret, from which session and pseudonym keys are derived."""
        return read_secret(self.secret_path, "the node's secret")


def read_secret(path: Path, meaning: str) -> bytes:
    """The secret in a file, at least 32 bytes. Raises ConfigError with what the file should hold."""
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read; expected a file with {meaning}") from error
    if len(secret) < 32:
        raise ConfigError(f"{path}: too short; expected at least 32 bytes of secret")
    return secret


def load(path: Path) -> NodeConfig:
    """Read a node's TOML file; relative paths in it count from its folder. Raises ConfigError."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read; expected the node's TOML file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error
    try:
        return NodeConfig.model_validate({"home": path.resolve().parent} | values)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{path}: {key}: {first['msg']}") from error


@cache
def this_node() -> NodeConfig:
    """The node that this process belongs to, named by TONGBAN_NODE_CONFIG. Raises ConfigError."""
    path = os.environ.get(CONFIG_VARIABLE)
    if not path:
        raise ConfigError(f"{CONFIG_VARIABLE} is not set; expected the path of the node's TOML file")
    return load(Path(path))
