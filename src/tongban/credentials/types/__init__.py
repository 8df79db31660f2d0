"""Types of credentials as data: `credential.toml` in the service folders.

`load_types` reads them all, `TypeRegistry` finds them by exact identifier, `CredentialType` says what a
credential of the type holds, what its holder may keep back, and what each offline code tells.
"""

from tongban.credentials.types.chinese import traditional
from tongban.credentials.types.definition import Claim, CredentialType, Purpose
from tongban.credentials.types.registry import FILE, TypeFileError, TypeRegistry, load_type, load_types
from tongban.credentials.types.values import check_complete, check_shown

__all__ = [
    "FILE",
    "Claim",
    "CredentialType",
    "Purpose",
    "TypeFileError",
    "TypeRegistry",
    "check_complete",
    "check_shown",
    "load_type",
    "load_types",
    "traditional",
]
