"""What an operator types about officers' accounts that cannot be done: one line, and the exit status."""

import os

import pytest
from click.testing import CliRunner

from tongban.cli import main
from tongban.node.config import CONFIG_VARIABLE
from tongban.node.people.models import Officer

PASSWORD = "a long password for the first day"
WHO = ("--agency", "510100-yb", "--name", "王敏", "--post-zh", "医保经办", "--post-en", "Insurance officer")


@pytest.mark.usefixtures("commands_run_here")
@pytest.mark.parametrize(
    ("arguments", "typed", "sentence"),
    [
        (("add", "officer", *WHO), PASSWORD, "officer: there is an account of this name"),
        (("add", "li.na", "--agency", "510100-xx", *WHO[2:]), PASSWORD, "--agency: no agency has the code"),
        (("add", "li.na", *WHO), "123", "li.na: the password is too weak"),
        (("grant", "nobody", "assign"), "", "nobody: no officer has this account"),
        (("grant", "officer", "assign", "--place", "999999"), "", "--place: "),
        (("grant", "officer", "assign", "--until", "2020-01-01"), "", "--until: 2020-01-01 lies before"),
        (("close", "nobody"), "", "nobody: no officer has this account"),
    ],
)
def test_wrong_use_is_told_in_one_line(
    officer: Officer, arguments: tuple[str, ...], typed: str, sentence: str
) -> None:
    config = ("--config", os.environ[CONFIG_VARIABLE])
    told = CliRunner().invoke(main, ["node", "officer", *arguments, *config], input=f"{typed}\n")
    assert told.exit_code == 2
    assert told.stderr.startswith(sentence)
    assert told.output == told.stderr
    assert told.stderr.count("\n") == 1
