"""What can be wrong with a table as a whole, or with some of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from tongban.law.errors import LawError

FIRST = 10


class UnusableTable(LawError):
    """A table that cannot be read or written; the message names the file and says what is expected."""


@dataclass(frozen=True)
class Offender:
    """A row (counted from 1, without a header) that the law cannot decide on, and why, column by column."""

    row: int
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return f"row {self.row}, {'; '.join(self.reasons)}"


class RowsRefused(LawError):
    """Some rows cannot be used; `offenders` are the first of them."""

    def __init__(self, table: str, offenders: Sequence[Offender]) -> None:
        told = " | ".join(str(offender) for offender in offenders[:FIRST])
        super().__init__(
            f"{table}: nothing was computed, the first rows that cannot be used: {told}. "
            "Correct them, or compute the others with --on-error=report"
        )
        self.offenders = tuple(offenders[:FIRST])
