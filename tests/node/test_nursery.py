"""Programs begin as forks of one process that has loaded what they have in common."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BEGIN = """
import os, sys
from tongban.node.lifeline import adopt_orphans
from tongban.node.nursery import Nursery, Program
adopt_orphans()
nursery = Nursery(os.environ, common=sys.argv[1].split())
begun = [nursery.begin(Program("program", "program", ("one", "two"))) for _ in range(2)]
print(*(process.wait(60) for process in begun))
nursery.close()
"""
COMMON = "import os; open(os.environ['NOTES'], 'a').write('loaded\\n')"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


def begin_two(notes: Path, program: str, common: str = "") -> str:
    """What two programs in turn ended with."""
    (notes.parent / "program.py").write_text(program)
    (notes.parent / "shared.py").write_text(COMMON)
    path = os.pathsep.join([str(notes.parent), *sys.path])
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-c", BEGIN, common],
        env=environment | {"NOTES": str(notes), "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_programs_have_in_common_is_loaded_once(notes: Path) -> None:
    assert begin_two(notes, "import shared", "shared") == "0 0"
    assert notes.read_text() == "loaded\n"


def test_a_program_is_told_its_arguments_and_that_it_is_the_main_one(notes: Path) -> None:
    program = "import sys; sys.exit(0 if (__name__, *sys.argv[1:]) == ('__main__', 'one', 'two') else 1)"
    assert begin_two(notes, program) == "0 0"


def test_a_programs_status_is_told_to_whoever_began_it(notes: Path) -> None:
    assert begin_two(notes, "raise SystemExit(3)") == "3 3"


def test_what_cannot_be_loaded_beforehand_is_left_to_the_programs(notes: Path) -> None:
    assert begin_two(notes, "import shared", "shared missing") == "0 0"
    assert notes.read_text() == "loaded\n" * 3


def test_a_program_is_known_by_its_name_among_the_machines_processes(notes: Path) -> None:
    begin_two(notes, "import os; open(os.environ['NOTES'], 'a').write(open('/proc/self/comm').read())")
    assert notes.read_text() == "tongban-program\n" * 2


def test_programs_draw_random_numbers_of_their_own(notes: Path) -> None:
    program = "import os, random; open(os.environ['NOTES'], 'a').write(f'{random.random()}\\n')"
    begin_two(notes, program, "random")
    first, second = notes.read_text().split()
    assert first != second
