"""Files that crossed and that nothing needs any more: the bytes go, what they were stays and is told."""

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.db.models.functions import Now

from tests.exchange.certificates import own_attachments
from tests.exchange.far_side import FarSide
from tests.exchange.retaining import declaring
from tests.protocol.federation_of_two import SUBJECT
from tongban.cli import main
from tongban.node import retention
from tongban.node.clock import true_now, true_today
from tongban.node.config import CONFIG_VARIABLE, ConfigError, this_node
from tongban.node.exchange import api, purging
from tongban.node.exchange.attachments import Attachments, Crossing
from tongban.node.exchange.conversing import handlers
from tongban.node.exchange.models import Conversation, Enclosure, PurgedFile
from tongban.node.translog.api import LogRecord, LogUnavailable
from tongban.node.translog.stored_audit import check_all, check_records
from tongban.node.translog.verifying import as_json, told
from tongban.protocol import Text
from tongban.protocol.tlog.auditing import Audit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sichuan")]

CASE = "SC-2026-000001"
WORDS = Text(zh="社保缴费咨询", en="A question on contributions")
PERIOD = """
[[periods]]
name = "files-that-crossed"
since = 2020-01-01
days = 100
confidence = "{confidence}"
source = {{ zh = "某规定", en = "some rule" }}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Attachments:
    monkeypatch.setattr(purging, "_needs", [])
    return own_attachments(tmp_path, monkeypatch)


@pytest.fixture
def declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Declare the operator's own period with that confidence."""

    return declaring(PERIOD, tmp_path / "retention.toml", monkeypatch)


@pytest.fixture(autouse=True)
def _verified(declared: Callable[[str], None]) -> None:
    declared("high")


def kept(here: Attachments, content: bytes, days: int) -> str:
    """A file that crossed with Chongqing so many days ago; its digest."""
    sha256, _ = here.store([content])
    here.offered(sha256, CASE, "chongqing")
    then = (true_now() - timedelta(days=days)).timestamp()
    os.utime(here.path(sha256), (then, then))
    return sha256


def verified() -> Audit:
    result = Audit()
    check_records(result)
    return result


def test_the_bytes_are_gone_and_what_they_were_stays(here: Attachments) -> None:
    old, new = kept(here, b"%PDF-old", 101), kept(here, b"%PDF-new", 99)
    assert purging.purge_as_declared() == 1
    assert (here.is_whole(old), here.is_whole(new)) == (False, True)
    row = PurgedFile.objects.get()
    assert (row.sha256, row.size, row.case_ref, row.peers) == (old, len(b"%PDF-old"), CASE, ["chongqing"])
    assert (row.rule, row.days, row.is_verified) == ("files-that-crossed", 100, True)
    assert purging.purge_as_declared() == 0


def test_verifying_the_log_tells_when_and_by_which_rule_it_was_purged(here: Attachments) -> None:
    kept(here, b"%PDF-1", 101)
    kept(here, b"%PDF-2", 102)
    purging.purge_as_declared()
    result = verified()
    day = true_today()
    assert result.notes == [f"2 x purged on {day} by rule files-that-crossed of 2020-01-01 (100 days)"]
    assert not result.findings
    result.size = 2
    assert result.notes[0] in told("sichuan", result)
    assert as_json("sichuan", result)["notes"] == result.notes


def test_verifying_the_log_finds_a_file_whose_bytes_are_not_those_of_its_name(here: Attachments) -> None:
    kept(here, b"%PDF-1", 1)
    sha256 = kept(here, b"%PDF-2", 1)
    result = Audit()
    check_all(result)
    assert not result.findings
    assert "2 files that crossed, each held against its digest" in result.notes
    here.path(sha256).write_bytes(b"%PDF-3")
    check_all(result)
    assert [(one.code, sha256 in one.sentence) for one in result.findings] == [("file-changed", True)]


@pytest.mark.parametrize("change", [{"days": 10}, {"sha256": "0" * 64}, None])
def test_whoever_changes_what_was_purged_is_found_out(
    here: Attachments, change: dict[str, object] | None
) -> None:
    kept(here, b"%PDF-old", 101)
    purging.purge_as_declared()
    if change:
        PurgedFile.objects.update(**change)
    else:
        PurgedFile.objects.all().delete()
    assert [one.code for one in verified().findings] == ["record-changed" if change else "record-missing"]


def test_what_something_needs_stays(here: Attachments) -> None:
    needed, other = kept(here, b"%PDF-needed", 101), kept(here, b"%PDF-other", 101)
    api.on_need(lambda digests, kept_for: {needed} & set(digests) if kept_for.days == 100 else ())
    purging.purge_as_declared()
    assert (here.is_whole(needed), here.is_whole(other)) == (True, False)


def test_what_the_other_node_does_not_hold_yet_stays(here: Attachments) -> None:
    sha256 = kept(here, b"%PDF-old", 101)
    Enclosure.objects.create(sha256=sha256, peer="chongqing", case_ref=CASE, next_try=Now())
    assert purging.purge_as_declared() == 0
    Enclosure.objects.update(sent_at=true_now())
    assert purging.purge_as_declared() == 1


def test_what_the_two_nodes_still_talk_about_stays(
    here: Attachments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "_handlers", {})
    errand = api.Errand(CASE, "hotline-handover", "510100-yb", "500000-yb", api.ByStatute(WORDS), WORDS)
    api.offer_case(errand, subject=SUBJECT, title=WORDS, contents={"question": "何时到账"})
    FarSide(CASE)
    kept(here, b"%PDF-old", 101)
    assert purging.purge_as_declared() == 0
    Conversation.objects.update(has_ended=True)
    assert purging.purge_as_declared() == 1


def test_nothing_is_purged_while_the_log_takes_no_records(
    here: Attachments, monkeypatch: pytest.MonkeyPatch
) -> None:
    def halted(*_: object) -> None:
        raise LogUnavailable("log-rolled-back")

    sha256 = kept(here, b"%PDF-old", 101)
    monkeypatch.setattr("tongban.node.translog.api.record_all", halted)
    with pytest.raises(LogUnavailable):
        purging.purge_as_declared()
    assert here.is_whole(sha256)
    assert not PurgedFile.objects.exists()


def test_after_a_power_cut_between_decision_and_removal_the_bytes_go_and_nothing_is_recorded_twice(
    here: Attachments, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = kept(here, b"%PDF-old", 101)
    decide_and_cut_the_power(monkeypatch)
    assert here.is_whole(sha256)
    assert purging.purge_as_declared() == 0
    assert not here.is_whole(sha256)
    assert LogRecord.objects.filter(kind=purging.PURGED).count() == 1


def decide_and_cut_the_power(monkeypatch: pytest.MonkeyPatch) -> None:
    def power_cut(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as cut:
        cut.setattr(Attachments, "remove", power_cut)
        with pytest.raises(ZeroDivisionError):
            purging.purge_as_declared()


def test_a_file_that_is_offered_anew_counts_as_new(here: Attachments) -> None:
    sha256 = kept(here, b"%PDF-old", 101)
    here.expect(Crossing(sha256, len(b"%PDF-old"), ("chongqing",), CASE))
    assert purging.purge_as_declared() == 0


def test_one_that_is_offered_anew_between_decision_and_removal_stays(
    here: Attachments, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = kept(here, b"%PDF-old", 101)
    decide_and_cut_the_power(monkeypatch)
    here.expect(Crossing(sha256, len(b"%PDF-old"), ("chongqing",), CASE))
    purging.purge_as_declared()
    assert here.is_whole(sha256)


def test_one_that_is_offered_anew_while_its_purge_is_decided_stays(
    here: Attachments, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = kept(here, b"%PDF-old", 101)
    decided = purging.due

    def due(period: retention.Period) -> list[str]:
        found = decided(period)
        here.expect(Crossing(sha256, len(b"%PDF-old"), ("chongqing",), CASE))
        return found

    monkeypatch.setattr(purging, "due", due)
    purging.purge_as_declared()
    assert here.is_whole(sha256)


@pytest.mark.parametrize("named", ["offered", "sent-again", "read-again"])
def test_one_that_is_named_anew_in_the_instant_of_its_removal_is_told_to_be_gone_or_stays(
    here: Attachments, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    """Whoever names it comes between the look at the file's time and its removal, in a thread of its own."""
    sha256 = kept(here, b"%PDF-old", 101)
    promised: list[bool] = []

    def name_it() -> None:
        match named:
            case "offered":
                here.expect(Crossing(sha256, len(b"%PDF-old"), ("chongqing",), CASE))
                promised.append(here.is_whole(sha256))
            case "sent-again":
                promised.append(here.hold_on_to(sha256))
            case _:
                promised.append(here.store([b"%PDF-old"])[0] == sha256)

    naming = threading.Thread(target=name_it)
    unlink = Path.unlink

    def unlink_later(path: Path, *, missing_ok: bool = False) -> None:
        if path == here.path(sha256):
            naming.start()
            naming.join(0.3)
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as removing:
        removing.setattr(Path, "unlink", unlink_later)
        purging.purge_as_declared()
    naming.join()
    assert promised == [here.is_whole(sha256)]


def test_a_period_that_nobody_has_verified_purges_nothing_by_itself(
    here: Attachments, declared: Callable[[str], None]
) -> None:
    declared("low")
    sha256 = kept(here, b"%PDF-old", 101)
    assert purging.purge_as_declared() == 0
    assert here.is_whole(sha256)


def test_the_period_that_comes_with_tongban_is_not_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "this_node", this_node)
    period = retention.on(true_today())
    assert period is not None
    assert (period.is_verified, period.days) == (False, 3653)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("days = 100", "days = 1"), "periods[0].days"),
        (("days = 100", 'days = "ten years"'), "periods[0].days"),
        (("since = 2020-01-01", 'since = "2020"'), "periods[0].since"),
        (("files-that-crossed", "Files"), "periods[0].name"),
        (('confidence = "high"', ""), "periods[0].confidence"),
        (('zh = "某规定", ', ""), "periods[0].source"),
        (("[[periods]]", "[[uploads]]\nname = 7\n[[periods]]"), "uploads[0].name"),
        (("[[periods]]", "uploads = 7\n[[periods]]"), "uploads: expected [[uploads]]"),
        (("[[periods]]", "[[period]]"), "expected at least one of [[periods]], [[uploads]]"),
        (("days = 100", "days ="), "Invalid value"),
    ],
)
def test_a_declaration_with_a_mistake_is_refused_with_its_place(change: tuple[str, str], named: str) -> None:
    text = PERIOD.format(confidence="high").replace(*change)
    with pytest.raises(ConfigError) as refused:
        retention.read(text, Path("retention.toml"))
    assert named in str(refused.value)


@pytest.mark.usefixtures("commands_run_here")
class TestCommand:
    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(
            main, ["node", "purge-files", "--config", os.environ[CONFIG_VARIABLE], *arguments]
        )

    def test_a_dry_run_shows_what_is_due_and_purges_nothing(self, here: Attachments) -> None:
        sha256 = kept(here, b"%PDF-old", 101)
        done = self.run("--dry-run")
        assert done.exit_code == 0
        assert f"due: {sha256}" in done.output
        assert here.is_whole(sha256)

    def test_it_purges_by_a_verified_period(self, here: Attachments) -> None:
        sha256 = kept(here, b"%PDF-old", 101)
        done = self.run()
        assert (done.exit_code, f"purged: {sha256}" in done.output) == (0, True)
        assert not here.is_whole(sha256)

    def test_by_one_that_is_not_verified_it_purges_only_when_told_so_and_the_log_says_it(
        self, here: Attachments, declared: Callable[[str], None]
    ) -> None:
        declared("low")
        sha256 = kept(here, b"%PDF-old", 101)
        refused = self.run()
        assert (refused.exit_code, here.is_whole(sha256)) == (1, True)
        assert "files that crossed: nothing was purged" in refused.stderr
        assert "--by-unverified-rule" in refused.stderr
        assert self.run("--by-unverified-rule").exit_code == 0
        assert not here.is_whole(sha256)
        assert "not verified" in verified().notes[0]
