"""What an operator types about the log and about withheld looks: the answer, and the exit status."""

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.translog.test_witnessing_nodes import rolled_back
from tests.translog.writing_log import ORIGIN, place, record
from tongban.cli import main
from tongban.node.clock import today
from tongban.node.config import CONFIG_VARIABLE, this_node
from tongban.node.exchange.identity import Identity
from tongban.node.people import permissions, withholding
from tongban.node.people.models import Grant, Officer, Withholding
from tongban.node.people.register import create_officer
from tongban.node.translog.halting import discrepancy, halt
from tongban.node.translog.publishing import publish
from tongban.protocol.tlog.notes import Note
from tongban.services import Text

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("sichuan", "commands_run_here"),
]

CASE = "SC-2026-000009"


@pytest.fixture
def run(tmp_path: Path, folder: Path) -> Callable[..., Result]:
    """Run a command of the node whose log's files are in `folder`."""
    config = tmp_path / "node.toml"
    config.write_text(f'log_path = "{folder}"\n{Path(os.environ[CONFIG_VARIABLE]).read_text()}')

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(main, [*arguments, "--config", str(config)])

    return invoke


@pytest.fixture
def restored(sichuan: Identity, folder: Path) -> None:
    """A log of 500 records whose database was brought back to 300."""
    for count in (300, 200):
        record(count)
        place()
    publish(folder)
    rolled_back(300)
    keys = [sichuan.key.verifying_key]
    found = discrepancy(Note.parse((folder / "checkpoint").read_bytes()), "the files", ORIGIN, keys)
    assert found is not None
    halt(found)


def test_status_counts_records_and_names_who_signed_the_newest_head(run: Callable[..., Result]) -> None:
    record(3)
    place()
    record(2)
    told = run("log", "status")
    assert (told.exit_code, told.stdout) == (
        0,
        f"3 records, 2 waiting for their place\nnewest head signed by {ORIGIN}\n",
    )


@pytest.mark.usefixtures("restored")
def test_status_of_a_halted_log_says_why_and_ends_with_1(run: Callable[..., Result]) -> None:
    told = run("log", "status")
    assert told.exit_code == 1
    assert "HALTED, log-rolled-back: the files has this log with 500 records" in told.stdout


@pytest.mark.usefixtures("restored")
def test_resume_goes_on_with_the_leaves_of_the_files(run: Callable[..., Result]) -> None:
    told = run("log", "resume", "--without", "chongqing")
    assert (told.exit_code, told.stderr) == (0, "")
    assert "goes on with 500 records; of 200 of them the content is lost" in told.stdout
    assert run("log", "status").exit_code == 0


@pytest.mark.usefixtures("restored")
def test_resume_without_the_logs_files_is_refused_in_one_line(
    run: Callable[..., Result], folder: Path
) -> None:
    shutil.rmtree(folder)
    told = run("log", "resume", "--without", "chongqing")
    assert (told.exit_code, told.stdout, len(told.stderr.splitlines())) == (1, "", 1)
    assert run("log", "status").exit_code == 1


def withhold(run: Callable[..., Result], officer: str) -> Result:
    until = (today() + timedelta(days=10)).isoformat()
    law = ("--basis-zh", "某法第三条", "--basis-en", "Some Act, article 3")
    return run("node", "withhold", officer, "--case", CASE, "--until", until, *law)


@pytest.fixture
def investigator(monkeypatch: pytest.MonkeyPatch) -> Officer:
    allowing = this_node().model_copy(update={"longest_withholding_days": 90})
    monkeypatch.setattr(withholding, "this_node", lambda: allowing)
    post = Text(zh="调查员", en="Investigator")
    return create_officer("investigator", "a-long-password", "510100-yb", "某某", post).officer


def test_a_granted_post_withholds_looks_and_is_told_until_when(
    run: Callable[..., Result], investigator: Officer
) -> None:
    permissions.grant(investigator, Grant.Act.INVESTIGATE)
    told = withhold(run, "investigator")
    made = Withholding.objects.get()
    assert (told.exit_code, told.stdout) == (
        0,
        f"looks of 510100-yb for {CASE} are shown from {made.until} on; recorded in the log\n",
    )


@pytest.mark.parametrize(
    ("officer", "status", "sentence"),
    [
        ("investigator", 1, "not-permitted: "),
        ("nobody", 2, "nobody: no officer has this user name"),
    ],
)
@pytest.mark.usefixtures("investigator")
def test_a_withholding_that_is_refused_says_why_and_makes_none(
    run: Callable[..., Result], officer: str, status: int, sentence: str
) -> None:
    told = withhold(run, officer)
    assert (told.exit_code, told.stdout, len(told.stderr.splitlines())) == (status, "", 1)
    assert told.stderr.startswith(sentence)
    assert not Withholding.objects.exists()
