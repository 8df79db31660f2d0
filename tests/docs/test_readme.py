"""What the two READMEs say of progress is what the plan register finds."""

from pathlib import Path

from tongban.node.programme.register import Progress, register

ROOT = Path(__file__).parents[2]


NAMED = ("medical-retirement", "unemployment-transfer", "hotline-handover", "professional-title")
"""The services that both READMEs tell of."""


def test_what_is_said_of_services_is_true() -> None:
    found = register()
    progress = {state.service.code: state.progress for state in found.services}
    assert len(progress.keys() - {"contribution-certificate"}) == 60
    assert {progress[code] for code in NAMED} == {Progress.WORKS}
    assert "Of the 60 services that the plans call for" in (ROOT / "README.md").read_text("utf-8")
    assert "共需60个事项" in (ROOT / "README.zh-CN.md").read_text("utf-8")


def test_both_name_the_two_commands() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text("utf-8")
        assert "make demo " in text
        assert "make test " in text
