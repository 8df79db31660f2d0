"""What a case that opens gets: its number (办件编号, like SC-2026-0001832) and the procedure that it runs on.

Promises: a number is never given twice, also when a transaction is rolled back, so that gaps are normal; a
draft that has made a case makes no other.
"""

from dataclasses import dataclass
from uuid import UUID

from tongban.node.clock import today
from tongban.node.config import this_node
from tongban.node.statements import rows

_NEEDED = """
SELECT made.id, CASE WHEN made.id IS NULL THEN nextval('casework_case_number') END,
       (SELECT id FROM casework_publishedprocedure WHERE kind = %s
         ORDER BY published_at DESC, id DESC LIMIT 1)
  FROM (SELECT (SELECT id FROM casework_case WHERE draft_id = %s) AS id) AS made
"""


@dataclass(frozen=True)
class Opening:
    """The number and the key of the procedure's version; or the case that the draft has made before."""

    number: str
    procedure: int
    made: UUID | None


def opening(kind: str, draft: UUID | None = None) -> Opening:
    """What a new case of this kind gets; while the draft is locked, a case made of it is seen."""
    ((made, count, procedure),) = rows(_NEEDED, [kind, draft])
    number = f"{this_node().case_prefix}-{today().year}-{count:07d}" if made is None else ""
    return Opening(number, procedure, made)
