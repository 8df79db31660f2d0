"""TOML files that people write: read, and the line on which a key stands, so that a mistake names it."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator

from tongban.law.errors import Place, RuleSetError
from tongban.law.mistakes.catalogue import tell

# How the standard library begins its complaints, by what the author did.
_COMPLAINTS = {
    "bad-toml/twice": ("Cannot", "Duplicate"),
    "bad-toml/equals": ("Expected '='", "Invalid initial character", "Invalid statement"),
    "bad-toml/value": ("Invalid value", "Invalid date", "Expected newline"),
    "bad-toml/unclosed": ("Unclosed", "Unterminated", "Expected ']", "Illegal character '\\n'"),
}
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
Steps = tuple[str | int, ...]


def read_toml(text: str, file: str) -> dict[str, object]:
    """Read a TOML file; RuleSetError names the line that is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(text, file, str(error)) from None


def _not_toml(text: str, file: str, complaint: str) -> RuleSetError:
    said, _, at = complaint.partition(" (at ")
    line = re.match(r"line (\d+)", at)
    where = _at(text, file, int(line.group(1))) if line else Place(file)
    mistake = next(
        (name for name, begins in _COMPLAINTS.items() if said.startswith(begins)),
        "bad-toml",
    )
    return tell(mistake, where, {"said": said})


def place_of(text: str, file: str, path: str) -> Place:
    """Give the line of a key like `limit.values[0].rows[3]`, or of what is nearest above it."""
    wanted: Steps = tuple(int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path))
    lines = text.splitlines()
    sections = [(0, ()), *_sections(lines)]
    known = [(len(steps), line) for line, steps in sections if wanted[: len(steps)] == steps]
    depth, start = max(known, key=lambda one: (one[0], -one[1]))
    end = next((line for line, _ in sections if line > start), len(lines) + 1)
    return _at(text, file, _inside(lines[start : end - 1], wanted[depth:], start))


def _sections(lines: list[str]) -> Iterator[tuple[int, Steps]]:
    seen: Counter[str] = Counter()
    for number, line in enumerate(lines, 1):
        header = _HEADER.match(line)
        if header is None:
            continue
        name = header.group(2)
        steps: Steps = tuple(name.split("."))
        if header.group(1) == "[[":
            steps = (*steps, seen[name])
            seen[name] += 1
        yield number, steps


def _inside(section: list[str], wanted: Steps, start: int) -> int:
    """Give the number of the line in a section whose header is line `start`."""
    if not wanted:
        return start
    key = re.compile(rf"\s*\"?{re.escape(str(wanted[0]))}\"?\s*=")
    found = next((index for index, line in enumerate(section) if key.match(line)), None)
    if found is None:
        return start
    rows = [
        index for index, line in enumerate(section) if index > found and line.lstrip().startswith(("[", "{"))
    ]
    if len(wanted) > 1 and isinstance(wanted[1], int) and wanted[1] < len(rows):
        found = rows[wanted[1]]
    return start + found + 1


def _at(text: str, file: str, line: int) -> Place:
    lines = text.splitlines()
    return Place(file, line, lines[line - 1]) if 0 < line <= len(lines) else Place(file)
