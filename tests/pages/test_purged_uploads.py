"""Files that applicants uploaded go when nothing has needed them for long; what they were stays."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.casework.walk import Walk
from tests.exchange.retaining import declaring
from tests.pages.files import picture
from tests.pages.test_portal import page
from tests.pages.test_uploads import CARD
from tongban.cli import main
from tongban.node import retention
from tongban.node.casework import actions
from tongban.node.casework.models import Case
from tongban.node.clock import now, today, true_today
from tongban.node.config import CONFIG_VARIABLE, this_node
from tongban.node.people.models import Officer
from tongban.node.portal.models import Complaint, PurgedUpload, Upload
from tongban.node.portal.uploads import purging, store
from tongban.node.retention import Kept
from tongban.node.translog.api import LogRecord, LogUnavailable
from tongban.node.translog.stored_audit import check_records
from tongban.protocol.tlog.auditing import Audit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_uploads")]

DAYS = 100
PERIOD = """
[[uploads]]
name = "uploads-of-cases"
since = 2020-01-01
days = 100
confidence = "{confidence}"
source = {{ zh = "某规定", en = "some rule" }}
"""


@pytest.fixture
def declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Declare the operator's own period with that confidence."""

    return declaring(PERIOD, tmp_path / "retention.toml", monkeypatch)


@pytest.fixture(autouse=True)
def _verified(declared: Callable[[str], None]) -> None:
    declared("high")


@pytest.fixture
def case(walk: Walk) -> Case:
    """A case with a file that its applicant uploaded."""
    opened = walk.submitted()
    assert opened.draft is not None
    store.keep(opened.draft, CARD, SimpleUploadedFile("card.jpg", picture()))
    return opened


@pytest.fixture
def over(walk: Walk, case: Case) -> Case:
    """The case, ended longer ago than the period."""
    actions.withdraw(walk.person, case.number, case.revision)
    quiet_for(case, DAYS + 1)
    return case


def quiet_for(case: Case, days: int) -> None:
    Case.objects.filter(pk=case.pk).update(updated_at=now() - timedelta(days=days))


def is_here() -> bool:
    return (store.folder() / Upload.objects.get().stored).exists()


def verified() -> Audit:
    result = Audit()
    check_records(result)
    return result


def test_the_bytes_are_gone_and_what_they_were_stays_in_the_log(over: Case) -> None:
    size = (store.folder() / Upload.objects.get().stored).stat().st_size
    assert (purging.purge_as_declared(), is_here()) == (1, False)
    told = PurgedUpload.objects.get().told
    assert (told["case"], told["size"], told["days"], told["is_verified"]) == (over.number, size, DAYS, True)
    assert LogRecord.objects.filter(kind=purging.PURGED).count() == 1
    day = true_today()
    assert verified().notes == [f"1 x purged on {day} by rule uploads-of-cases of 2020-01-01 (100 days)"]
    assert purging.purge_as_declared() == 0


def test_an_open_case_keeps_its_files_however_long_ago(case: Case) -> None:
    quiet_for(case, 20 * 365)
    assert (purging.purge_as_declared(), is_here()) == (0, True)


def test_a_case_that_ended_keeps_them_for_the_period(over: Case) -> None:
    quiet_for(over, DAYS - 1)
    assert (purging.purge_as_declared(), is_here()) == (0, True)


def test_a_case_about_which_two_nodes_still_talk_keeps_them(
    over: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongban.node.exchange.api.still_talked_about", lambda: {over.number})
    assert (purging.purge_as_declared(), is_here()) == (0, True)


def test_a_complaint_that_waits_for_its_answer_keeps_them(walk: Walk, over: Case) -> None:
    Complaint.objects.create(
        token=over.pk, person=walk.person, service="x", case=over, agency="510100-yb", words="慢", at=now()
    )
    assert (purging.purge_as_declared(), is_here()) == (0, True)
    Complaint.objects.update(answered_at=now())
    assert (purging.purge_as_declared(), is_here()) == (1, False)


def test_an_officer_sees_on_which_day_it_was_purged(client: Client, officer: Officer, over: Case) -> None:
    purging.purge_as_declared()
    client.force_login(officer.account)
    shown = page(client, f"/workbench/cases/{over.number}/")
    assert f"已过保存期限，{today()} 清除" in shown
    assert f"/cases/{over.number}/files/" not in shown
    assert client.get(f"/cases/{over.number}/files/{Upload.objects.get().pk}/").status_code == 404


@pytest.mark.parametrize("is_changed", [True, False])
def test_whoever_changes_what_was_purged_is_found_out(over: Case, is_changed: bool) -> None:
    purging.purge_as_declared()
    row = PurgedUpload.objects.get()
    if is_changed:
        PurgedUpload.objects.update(told={**row.told, "days": 1})
    else:
        row.delete()
    found = [one.code for one in verified().findings]
    assert found == ["record-changed" if is_changed else "record-missing"]


def test_nothing_is_purged_while_the_log_takes_no_records(
    over: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def halted(*_: object) -> None:
        raise LogUnavailable("log-rolled-back")

    monkeypatch.setattr("tongban.node.translog.api.record_all", halted)
    with pytest.raises(LogUnavailable):
        purging.purge_as_declared()
    assert (is_here(), PurgedUpload.objects.exists()) == (True, False)


def test_bytes_that_a_crash_after_the_decision_left_are_swept(
    over: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as cut:
        cut.setattr(Path, "unlink", power_cut)
        with pytest.raises(ZeroDivisionError):
            purging.purge_as_declared()
    assert is_here()
    os.utime(store.folder() / Upload.objects.get().stored, (0, 0))
    assert (store.sweep(), is_here()) == (1, False)


def test_a_period_that_nobody_has_verified_purges_nothing_by_itself(
    over: Case, declared: Callable[[str], None]
) -> None:
    declared("low")
    assert (purging.purge_as_declared(), is_here()) == (0, True)


def test_the_period_that_comes_with_tongban_is_not_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "this_node", this_node)
    period = retention.on(true_today(), Kept.UPLOADED)
    assert period is not None
    assert (period.is_verified, period.days) == (False, 3653)


@pytest.mark.usefixtures("commands_run_here")
class TestCommand:
    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(
            main, ["node", "purge-files", "--config", os.environ[CONFIG_VARIABLE], *arguments]
        )

    def test_it_shows_what_is_due_and_then_purges_it(self, over: Case) -> None:
        upload = Upload.objects.get()
        shown = self.run("--dry-run")
        assert (shown.exit_code, f"due: {upload.pk}" in shown.output, is_here()) == (0, True, True)
        done = self.run()
        assert (done.exit_code, f"purged: {upload.pk}" in done.output, is_here()) == (0, True, False)
        assert "files that crossed: no period counts today" in done.output
