"""Selects claims by path (OpenID4VP 1.0, section 7; SD-JWT VC, claim paths)."""

from collections.abc import Mapping

from tongban.credentials.sdjwt import Path

Found = list[tuple[Path, object]]


def select(claims: Mapping[str, object], path: Path) -> Found:
    """Every value that the path leads to, each under its own path; none where it leads nowhere."""
    found: Found = [((), claims)]
    for step in path:
        found = [(place, value) for at, inside in found for place, value in _step(at, inside, step)]
    return found


def _step(at: Path, inside: object, step: str | int | None) -> Found:
    if isinstance(step, str):
        if isinstance(inside, Mapping) and step in inside:
            return [((*at, step), inside[step])]
    elif isinstance(inside, list):
        if step is None:
            return [((*at, index), value) for index, value in enumerate(inside)]
        if step < len(inside):
            return [((*at, step), inside[step])]
    return []
