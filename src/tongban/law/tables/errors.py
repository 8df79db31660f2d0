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
    zh: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"row {self.row}, {self.why('en')}"

    def why(self, lang: str) -> str:
        """Give the reasons in a language, `zh` or `en`."""
        return "；".join(self.zh) if lang == "zh" and self.zh else "; ".join(self.reasons)


class RowsRefused(LawError):
    """Some rows cannot be used; `offenders` are the first of them."""

    def __init__(self, table: str, offenders: Sequence[Offender]) -> None:
        told = " | ".join(str(offender) for offender in offenders[:FIRST])
        zh = " | ".join(f"第 {one.row} 行，{one.why('zh')}" for one in offenders[:FIRST])
        super().__init__(
            f"{table}: nothing was computed, the first rows that cannot be used: {told}. "
            "Correct them, or compute the others with --on-error=report",
            f"{table}：未作计算；最先几行不可用的是：{zh}。请更正，或用 --on-error=report 计算其余各行",
        )
        self.offenders = tuple(offenders[:FIRST])
