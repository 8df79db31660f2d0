"""What other rooms of the node use of the log; the rest is its own affair."""

from tongban.node.translog.models import LogRecord
from tongban.node.translog.recording import (
    LogUnavailable,
    Prepared,
    check_available,
    prepare,
    record,
    record_all,
    record_all_within,
    record_within,
)

__all__ = [
    "LogRecord",
    "LogUnavailable",
    "Prepared",
    "check_available",
    "prepare",
    "record",
    "record_all",
    "record_all_within",
    "record_within",
]
