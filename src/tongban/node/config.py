"""A node's configuration: one TOML file, read once and checked.

Promises: every value is typed and every path absolute; a mistake is reported with file, key and expectation.
"""

import os
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

CONFIG_VARIABLE = "TONGBAN_NODE_CONFIG"

Port = Annotated[int, Field(ge=1, le=65535)]


class ConfigError(Exception):
    """The configuration cannot be used; the text names file, key and what is expected."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Title(_Part):
    """A name in both languages."""

    zh: str
    en: str


class ConnectorConfig(_Part):
    """How the node reads one department's own system (部门业务系统).

    `options` belong to the connector kind and are checked by it.
    """

    agency: str
    evidence: str
    kind: str
    options: dict[str, str | int | bool | list[str] | dict[str, str]] = {}


class NodeConfig(_Part):
    """What one node (节点) needs to know about itself."""

    home: Path
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
    jurisdiction: Annotated[str, Field(pattern=r"^\d{6}$")]
    title: Title
    case_prefix: Annotated[str, Field(pattern=r"^[A-Z]{2,4}$")]
    pages_url: Annotated[str, Field(pattern=r"^https?://[^/]+$")]
    gateway_url: Annotated[str, Field(pattern=r"^https?://[^/]+$")]
    pages_port: Port
    gateway_port: Port
    directory: Path
    federation_key: Path
    key: Path
    secret: Path
    database: Annotated[str, Field(pattern=r"^$|^postgres(ql)?://")] = ""
    services: Path | None = None
    connectors: tuple[ConnectorConfig, ...] = ()

    @field_validator("directory", "federation_key", "key", "secret", "services")
    @classmethod
    def _absolute(cls, value: Path | None, info: object) -> Path | None:
        home = getattr(info, "data", {}).get("home")
        return value if value is None or home is None else (home / value).resolve()

    @property
    def is_secure(self) -> bool:
        """Whether citizens reach the pages over https, so that cookies may be marked secure."""
        return self.pages_url.startswith("https://")

    def secret_bytes(self) -> bytes:
        """The node's secret, from which session and pseudonym keys are derived."""
        try:
            secret = self.secret.read_bytes().strip()
        except OSError as error:
            raise ConfigError(
                f"{self.secret}: cannot be read; expected a file with the node's secret"
            ) from error
        if len(secret) < 32:
            raise ConfigError(f"{self.secret}: too short; expected at least 32 bytes of secret")
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


def from_environment() -> NodeConfig:
    """The node that this process belongs to, named by TONGBAN_NODE_CONFIG."""
    path = os.environ.get(CONFIG_VARIABLE)
    if not path:
        raise ConfigError(f"{CONFIG_VARIABLE} is not set; expected the path of the node's TOML file")
    return load(Path(path))
