"""Which files cases need: those of one that is open, or that ended lately, and what its events name."""

from collections.abc import Collection
from datetime import timedelta

from django.db import connection
from django.db.models import Q, QuerySet

from tongban.node.casework import procedures
from tongban.node.casework.models import Case
from tongban.node.clock import now

_NAMED = """
SELECT DISTINCT named.digest[1]
  FROM casework_event event
  JOIN casework_case held ON held.id = event.case_id
 CROSS JOIN LATERAL regexp_matches(event.data::text, '[0-9a-f]{64}', 'g') AS named(digest)
 WHERE named.digest[1] = ANY(%s)
   AND (held.updated_at >= %s
        OR (held.service_id::text, coalesce(held.procedure_id::text, ''), held.status)
           NOT IN (SELECT * FROM unnest(%s::text[], %s::text[], %s::text[])))
"""


def needed(digests: Collection[str], kept_for: timedelta) -> set[str]:
    """Those of the digests that a case names which is open, or to which something happened since then."""
    services, of_procedures, statuses = _ended_statuses()
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, [list(digests), now() - kept_for, services, of_procedures, statuses])
        return {digest for (digest,) in cursor.fetchall()}


def long_over(kept_for: timedelta) -> QuerySet[Case]:
    """The cases in which nothing is done any more, and to which nothing has happened for as long as that."""
    has_ended = Q(pk__in=())
    for case in _one_of_each_ended():
        has_ended |= Q(service=case.service_id, procedure=case.procedure_id, status=case.status)
    return Case.objects.filter(has_ended, updated_at__lt=now() - kept_for)


def _ended_statuses() -> tuple[list[str], list[str], list[str]]:
    """Services, procedures and statuses, side by side, of cases in which nothing is done any more."""
    ended = _one_of_each_ended()
    return (
        [str(case.service_id) for case in ended],
        ["" if case.procedure_id is None else str(case.procedure_id) for case in ended],
        [case.status for case in ended],
    )


def _one_of_each_ended() -> list[Case]:
    every = ("service", "procedure", "status")
    return [case for case in Case.objects.order_by(*every).distinct(*every) if _has_ended(case)]


def _has_ended(case: Case) -> bool:
    state = procedures.of(case).states.get(case.status)
    return state is not None and state.is_final
