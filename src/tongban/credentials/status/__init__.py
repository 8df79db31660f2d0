"""Token Status List: revoked and suspended credentials in one compressed, signed list.

The issuer keeps a `StatusRegister` and lets `publish` sign it; a verifier keeps `ListCopy` values that
`open_list` made, and lets `judge` read them. `IndexOrder` spreads new credentials over a list.
"""

from tongban.credentials.status.bits import PackedStatuses
from tongban.credentials.status.indices import IndexOrder
from tongban.credentials.status.judging import judge
from tongban.credentials.status.register import StatusRegister
from tongban.credentials.status.token import MEDIA_TYPE, ListCopy, open_list, publish
from tongban.credentials.status.values import Status, StatusReference

__all__ = [
    "MEDIA_TYPE",
    "IndexOrder",
    "ListCopy",
    "PackedStatuses",
    "Status",
    "StatusReference",
    "StatusRegister",
    "judge",
    "open_list",
    "publish",
]
