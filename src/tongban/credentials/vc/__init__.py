"""SD-JWT VC: credentials of a registered type, with status, for a holder's key.

`issue_credential` and `issue_batch` make them, `verify_credential` gives the verdict, `type_metadata` is what
wallets show.
"""

from tongban.credentials.vc.issuing import Slot, issue_batch, issue_credential
from tongban.credentials.vc.metadata import integrity, read_metadata, type_metadata
from tongban.credentials.vc.verifying import Known, Verification, verify_credential
from tongban.credentials.vc.versions import ACCEPTED_TYP, MEDIA_TYPE

__all__ = [
    "ACCEPTED_TYP",
    "MEDIA_TYPE",
    "Known",
    "Slot",
    "Verification",
    "integrity",
    "issue_batch",
    "issue_credential",
    "read_metadata",
    "type_metadata",
    "verify_credential",
]
