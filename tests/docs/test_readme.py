"""What the two READMEs say of progress is what the plan register finds."""

from pathlib import Path

from tongban.node.programme.register import Progress, register

ROOT = Path(__file__).parents[2]


def test_the_numbers_of_services_are_true() -> None:
    found = register()
    assert (len(found.services), found.count(Progress.WORKS)) == (60, 4)
    assert "Of the 60 services that the plans call for, four work" in (ROOT / "README.md").read_text("utf-8")
    assert "共需60个事项，目前全程可办的有四个" in (ROOT / "README.zh-CN.md").read_text("utf-8")


def test_both_name_the_two_commands() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text("utf-8")
        assert "make demo " in text
        assert "make test " in text
