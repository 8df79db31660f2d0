"""A node's configuration: one TOML file, read once and checked.

Promises: every value is typed and every path absolute; a mistake is reported with file, key and expectation.
"""

import os
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

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
    connectors: tuple[dict[str, object], ...] = ()

    @field_validator(
        "directory_path",
        "federation_key_path",
        "key_path",
        "secret_path",
        "services_path",
        "tls_path",
        "log_path",
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

    def secret_bytes(self) -> bytes:
        """The node's secret, from which session and pseudonym keys are derived."""
        try:
            secret = self.secret_path.read_bytes().strip()
        except OSError as error:
            raise ConfigError(
                f"{self.secret_path}: cannot be read; expected a file with the node's secret"
            ) from error
        if len(secret) < 32:
            raise ConfigError(f"{self.secret_path}: too short; expected at least 32 bytes of secret")
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
