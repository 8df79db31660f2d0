"""The documentation of places says what the code does."""

from pathlib import Path

from tongban.places.resident_id import REFUSALS

DOCS = Path(__file__).parents[2] / "docs" / "places.md"


def test_the_table_of_refused_id_numbers_is_complete() -> None:
    written = [
        line.split("`")[1] for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| `")
    ]
    assert written == list(REFUSALS)
