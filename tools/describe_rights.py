"""Writes docs/reference/who-may-do-what.md from a node's addresses and the definitions of its procedures.

Promises: every page that Tongban itself answers and every action of every kind has its row; nothing is listed
by hand but the roles.
"""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import django
from django.urls import URLPattern, URLResolver, get_resolver

REFERENCE = Path(__file__).parents[1] / "docs" / "reference" / "who-may-do-what.md"
ROOTS: Final = "tongban.node.urls"
ROLES: Final[Mapping[str, str]] = {
    "nobody": "nobody signed in",
    "owner": "the citizen whose thing it is",
    "agent": "a citizen who acts by the owner's mandate",
    "other": "another citizen",
    "officer": "an officer in charge, who handles",
    "supervisor": "an officer in charge, who also assigns and supervises",
    "elsewhere": "an officer of another agency, with the same rights there",
}
SIGN_IN, REFUSED, NOT_FOUND, YES = "sign-in", "refused", "not found", "yes"
THINGS: Final = frozenset(
    {
        "number",
        "draft_id",
        "upload_id",
        "access_id",
        "batch",
        "key",
        "complaint",
        "position",
        "absence",
        "case",
    }
)
"""Names in addresses that stand for a thing of somebody's."""
OF_BOTH: Final = frozenset({"end-mandate"})
"""Pages of a thing that is the owner's and the agent's."""
OF_ONE_OFFICER: Final = frozenset({"come-back"})
"""Pages of a thing that is one officer's own, not their agency's."""
_ELSEWHERE: Final = ("admin/", "log/", "points/")
_SIGNED_IN = re.compile(r"^security/")
_INTRODUCTION = """# Who may do what

This page is written by `tools/describe_rights.py` from the addresses of a node and from the definitions
of its procedures. Tests try every cell: `tests/pages/test_rights.py` and (for credentials)
`tests/credentials_node/test_rights.py` each page as each role, `tests/casework/test_every_kind.py` each
action in each state.

*yes*: the page opens and shows the reader's own things; *sign-in*: leads to signing in and back; *refused*:
403, the wrong kind of account or a right that was not granted; *not found*: 404, a thing that is not the
reader's looks as if it did not exist. Not in the table are the pages that allauth brings (under
`/security/` and `/sign-in/`), the operator's pages (`/admin/`, for officers with the act `administer`),
the log's files (`/log/`, for everybody), and the door of points of service (`/points/`), which
takes their systems' tokens and no session (`tests/casework/test_points.py`).
"""


@dataclass(frozen=True)
class Page:
    """One address: its pattern, its name, whose door it has, and the acts of which an officer needs one."""

    pattern: str
    name: str
    opens_for: str
    acts: tuple[str, ...]
    names: frozenset[str]
    module: str

    @property
    def is_of_somebody(self) -> bool:
        """Whether the address names a thing that belongs to somebody."""
        return bool(self.names & THINGS)


def pages() -> list[Page]:
    """Every page that Tongban answers, in the order of the addresses."""
    return sorted(_pages(get_resolver(ROOTS).url_patterns, ""), key=lambda page: page.pattern)


def cell(page: Page, role: str) -> str:
    """What this role gets from this page."""
    if page.opens_for == "everybody":
        return YES
    if role == "nobody":
        return SIGN_IN
    theirs = YES if not page.is_of_somebody else NOT_FOUND
    is_officer = role in {"officer", "supervisor", "elsewhere"}
    match page.opens_for:
        case "account":
            return YES if role == "owner" else theirs
        case "citizens":
            has = role == "owner" or (role == "agent" and page.name in OF_BOTH)
            return REFUSED if is_officer else YES if has else theirs
        case "applicants":
            return REFUSED if is_officer else theirs if role == "other" else YES
        case "owners-and-officers":
            return NOT_FOUND if role in {"other", "elsewhere"} else YES
    lacks = page.acts and role == "officer" and "handle" not in page.acts
    if not is_officer or lacks:
        return REFUSED
    is_strange = role == "elsewhere" or (role == "supervisor" and page.name in OF_ONE_OFFICER)
    return theirs if is_strange else YES


def described() -> str:
    """The whole page."""
    return "\n".join((_INTRODUCTION, *_roles(), *_page_table(), *_action_tables()))


def _pages(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[Page]:
    from tongban.node.portal.doors import door_of  # noqa: PLC0415 - needs Django to be set up

    for one in patterns:
        address = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _pages(one.url_patterns, address)
        elif one.callback.__module__.startswith("tongban.") and not address.startswith(_ELSEWHERE):
            door = door_of(one.callback)
            opens_for = door.opens_for if door else "account" if _SIGNED_IN.match(address) else "everybody"
            acts = tuple(str(act) for act in door.acts) if door else ()
            names = frozenset(one.pattern.regex.groupindex)
            yield Page(f"/{address}", one.name or "", opens_for, acts, names, one.callback.__module__)


def _roles() -> Iterator[str]:
    yield "| role | who |\n| --- | --- |"
    yield from (f"| {role} | {who} |" for role, who in ROLES.items())


def _page_table() -> Iterator[str]:
    yield "\n## Pages\n"
    yield f"| address | {' | '.join(ROLES)} |\n| --- |{' --- |' * len(ROLES)}"
    for page in pages():
        yield f"| `{page.pattern}` | {' | '.join(cell(page, role) for role in ROLES)} |"


def _action_tables() -> Iterator[str]:
    from tongban.node.casework import reading  # noqa: PLC0415 - needs Django to be set up

    yield "\n## Actions\n"
    yield (
        "What a case offers, by the kind of its procedure. An action is offered to its role alone, in its "
        "states alone, and only with what it needs; anything else is the refusal `not-available`, and a case "
        "that is not the reader's is `not-found`. An agent has the citizen's actions on the "
        "services of the mandate. Officers need the act `handle`."
    )
    for kind, procedure in sorted(reading.shipped().items()):
        yield f"\n### {kind}\n"
        yield "| action | by | in the states | needs | not after |\n| --- | --- | --- | --- | --- |"
        for action in procedure.actions.values():
            happening = procedure.happenings[action.records]
            by = "consulted officer" if action.consulted else action.by
            needs, unless = action.needs | happening.needs, action.unless | happening.unless
            guards = [f"`{name}`" for name in sorted(needs)]
            if action.within:
                guards.append(f"{action.within.days} days of `{action.within.mark}`")
            if action.not_by:
                guards.append(f"another officer than `{action.not_by}`")
            states = ", ".join(f"`{state}`" for state in sorted(action.during))
            after = ", ".join(f"`{name}`" for name in sorted(unless))
            yield f"| `{action.code}` {action.label.en} | {by} | {states} | {', '.join(guards)} | {after} |"


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.typing_settings")
    django.setup()
    REFERENCE.write_text(described() + "\n", encoding="utf-8")
