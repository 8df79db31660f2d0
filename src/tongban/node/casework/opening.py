"""What a case that opens gets: its number (办件编号, like SC-2026-0001832) and the procedure that it runs on.

Promises: a number is never given twice, also when a transaction is rolled back, so that gaps are normal; a
draft that has made a case makes no other.
"""

from dataclasses import dataclass
from uuid import UUID

import orjson

from tongban.node.clock import today
from tongban.node.config import this_node
from tongban.node.statements import rows

_NEEDED = """
SELECT made.id,
       CASE WHEN made.id IS NULL THEN coalesce(%s::bigint, nextval('casework_case_number')) END,
       (SELECT id FROM casework_publishedprocedure WHERE kind = %s
         ORDER BY published_at DESC, id DESC LIMIT 1)
  FROM (SELECT (SELECT id FROM casework_case WHERE draft_id = %s) AS id) AS made
"""
WITH_DRAFT = """
made.id, CASE WHEN made.id IS NULL THEN nextval('casework_case_number') END,
(SELECT json_object_agg(kind, id ORDER BY published_at, id)::text FROM casework_publishedprocedure)
"""
"""What `Ready` is made of, where a draft is read and `made` is the case that was made of it."""


@dataclass(frozen=True)
class Opening:
    """The number and the key of the procedure's version; or the case that the draft has made before."""

    number: str
    procedure: int
    made: UUID | None


@dataclass(frozen=True)
class Ready:
    """The same for a case of any kind, as it is read with a draft; `procedures` is JSON by kind."""

    made: UUID | None
    count: int | None
    procedures: str

    def of(self, kind: str) -> Opening:
        """What a case of this kind gets."""
        procedure: int = orjson.loads(self.procedures)[kind]
        return Opening(_number(self.count), procedure, self.made)


def opening(kind: str, draft: UUID | None = None, count: int | None = None) -> Opening:
    """What a new case of this kind gets, by a `count` that was given to it before if there is one.

    While the draft is locked, a case made of it is seen.
    """
    ((made, count, procedure),) = rows(_NEEDED, [count, kind, draft])
    return Opening(_number(count), procedure, made)


def _number(count: int | None) -> str:
    return "" if count is None else f"{this_node().case_prefix}-{today().year}-{count:07d}"
