"""Codes to show: online for a minute and one use, offline as a signed view for one purpose; as QR codes.

Both are COSE_Sign1, zlib and base45 under a prefix. `make_…_code` writes the text, `QrCode.of` draws it,
`read_…_code` says what a verifier may believe.
"""

from tongban.credentials.codes.offline import (
    CodeVerification,
    Listed,
    make_offline_code,
    read_offline_code,
)
from tongban.credentials.codes.online import (
    OnlineReference,
    Redemptions,
    make_online_code,
    read_online_code,
)
from tongban.credentials.codes.qr import QrCode

__all__ = [
    "CodeVerification",
    "Listed",
    "OnlineReference",
    "QrCode",
    "Redemptions",
    "make_offline_code",
    "make_online_code",
    "read_offline_code",
    "read_online_code",
]
