"""Which files cases need: what an open case names, wherever its events do, and for a while after it ended."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from tests.casework.walk import Walk, answered
from tongban.node.casework import actions, keeping, sorting
from tongban.node.casework.models import Case
from tongban.node.clock import now
from tongban.protocol import EvidenceFile

pytestmark = pytest.mark.django_db

SCAN, UNKNOWN = "a" * 64, "b" * 64
YEAR = timedelta(days=365)


@pytest.fixture
def case(walk: Walk, law: Callable[..., None]) -> Case:
    """A case whose evidence from Chongqing names a scan."""
    opened = walk.submitted()
    told = answered(opened, walk.message(opened, "500000"), "500000")
    records = tuple({**record, "scan": SCAN} for record in told.records)
    file = EvidenceFile(sha256=SCAN, size=7, name="scan-1.pdf")
    with transaction.atomic():
        sorting.settle([replace(told, records=records, files=(file,))])
    return walk.again(opened)


def quiet_since(case: Case, ago: timedelta) -> None:
    Case.objects.filter(pk=case.pk).update(updated_at=now() - ago)


def test_an_open_case_needs_what_it_names_however_long_ago(case: Case) -> None:
    quiet_since(case, 20 * YEAR)
    assert keeping.needed({SCAN, UNKNOWN}, YEAR) == {SCAN}


def test_a_case_that_ended_needs_it_for_a_while(case: Case, walk: Walk) -> None:
    actions.withdraw(walk.person, case.number, case.revision)
    quiet_since(case, YEAR / 2)
    assert keeping.needed({SCAN, UNKNOWN}, YEAR) == {SCAN}
    quiet_since(case, 2 * YEAR)
    assert keeping.needed({SCAN, UNKNOWN}, YEAR) == set()
