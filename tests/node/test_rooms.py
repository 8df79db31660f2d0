"""`tongban --help` lists the rooms at once, without importing what they stand on."""

import subprocess
import sys

import pytest

from tongban.cli import PURPOSES, ROOMS, main


@pytest.mark.parametrize("room", [*ROOMS])
def test_a_room_is_listed_with_what_its_own_help_says(room: str) -> None:
    command = main.get_command(main.make_context("tongban", ["--help"], resilient_parsing=True), room)
    assert command is not None
    assert " ".join((command.help or "").split("\n\n")[0].split()) == PURPOSES[room]


def test_listing_the_rooms_imports_none_of_them() -> None:
    asked = "import sys; from click.testing import CliRunner; from tongban.cli import main, ROOMS; "
    asked += "told = CliRunner().invoke(main, ['--help']).output; "
    asked += "print(told, [module for module in ROOMS.values() if module in sys.modules])"
    listed = subprocess.run((sys.executable, "-c", asked), capture_output=True, text=True, check=True).stdout
    assert listed.endswith(" []\n")
    assert all(room in listed for room in ROOMS)
