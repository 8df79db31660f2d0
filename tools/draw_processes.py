"""Draws the kinds of procedures for docs/casework.md: one SVG and one BPMN 2.0 file each.

`python tools/draw_processes.py` writes them to docs/pictures; a test compares them with the definitions.
"""

from collections.abc import Iterator
from pathlib import Path

from tongban.node.casework import reading
from tongban.node.pictures.bpmn import bpmn
from tongban.node.pictures.process import process_svg
from tongban.services import Text

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
STYLE = (
    "svg{background:#fff}text{font:13px sans-serif;fill:#15202b}.process__lane{fill:none;stroke:#c8ced3}"
    ".process__party{fill:#4a5560}.process__way{fill:none;stroke:#4a5560;stroke-opacity:.5}"
    ".process__head{fill:#4a5560}.process__state rect{fill:#f4f6f5;stroke:#4a5560}"
    ".process__state--task rect{stroke:#15202b;stroke-width:1.5}"
    ".process__state--wait rect{stroke-dasharray:5 4}"
)


def in_english(text: Text) -> str:
    """The English words of a text."""
    return text.en


def drawn() -> Iterator[tuple[Path, str]]:
    """Every file with its content."""
    for kind, procedure in reading.shipped().items():
        picture = process_svg(procedure, "", in_english, style=STYLE)
        yield FOLDER / f"process-{kind}.svg", f"{picture}\n"
        yield FOLDER / f"process-{kind}.bpmn", bpmn(procedure, in_english)


if __name__ == "__main__":
    for path, content in drawn():
        path.write_text(content, encoding="utf-8")
