"""What an operator types about points of service that cannot be done: one line, and the exit status."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.services.shipped import copy_shipped
from tongban.cli import main
from tongban.node.casework import catalogue
from tongban.node.config import CONFIG_VARIABLE

NAMED = ("--name-zh", "渝中医院", "--name-en", "Yuzhong Hospital")


@pytest.mark.usefixtures("commands_run_here")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("open", "Yu Zhong", *NAMED, "--bills", "CQ-A-"), "Yu Zhong: expected 2 to 40 small letters"),
        (("open", "a-b", *NAMED, "--bills", "x y"), "--bills: expected 2 to 20"),
        (
            ("open", "a-b", *NAMED, "--bills", "CQ-A-", "--service", "none"),
            "--service: none is not published",
        ),
        (
            ("open", "a-b", *NAMED, "--bills", "CQ-A-", "--service", "hotline-handover"),
            "--service: hotline-handover settles no bills",
        ),
        (("close", "nobody"), "nobody: no point of service has this code"),
    ],
)
def test_wrong_use_is_told_in_one_line(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    catalogue.publish(copy_shipped(tmp_path, ("chronic_disease", "hotline_handover")))
    told = CliRunner().invoke(main, ["node", "point", *arguments, "--config", os.environ[CONFIG_VARIABLE]])
    assert told.exit_code == 2
    assert told.stderr.startswith(sentence)
    assert told.output == told.stderr
    assert told.stderr.count("\n") == 1
