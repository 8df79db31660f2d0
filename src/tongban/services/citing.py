"""English for what the rule sets cite, from the table of acts that comes with the services."""

from functools import cache
from pathlib import Path

from tongban.law.citations import CITATIONS, Citations


def english_citation(citation: str) -> str | None:
    """Give a citation in English; None where some part of it has none."""
    return _table().english(citation)


@cache
def _table() -> Citations:
    path = Path(__file__).with_name(CITATIONS)
    return Citations.from_toml(path.read_text(encoding="utf-8"), str(path))
