"""The reference of commands is what the commands say of themselves."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_reference_is_up_to_date() -> None:
    described = runpy.run_path(str(ROOT / "tools" / "describe_commands.py"))["described"]
    written = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    assert written == described(), "run: python tools/describe_commands.py"


def test_every_target_of_make_that_help_names_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {
        line.split('"')[1].split("  ")[0].strip() for line in makefile.splitlines() if '@echo "make ' in line
    }
    reference = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    assert named
    assert all(f"| `{target}` |" in reference for target in named)
