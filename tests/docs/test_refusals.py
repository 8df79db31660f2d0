"""The reference of refusals says what the code says, word for word."""

from pathlib import Path
from typing import get_args

from tongban import credentials
from tongban.node.casework.refusals import Code, Refused
from tongban.node.people import mandates
from tongban.node.points import refusals as points
from tongban.node.portal.uploads.refusals import TEXTS
from tongban.places import PlaceNotValid, UnknownPlace
from tongban.places.resident_id import REFUSALS
from tongban.protocol import MEANINGS

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference" / "refusals.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[str]:
    section = REFERENCE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("| `")]


def test_refusals_of_messages() -> None:
    assert rows("Messages between nodes") == [
        f"| `{code.value}` | {meaning.status} | {'yes' if meaning.retry else 'no'} "
        f"| {meaning.sentence.en} | {meaning.sentence.zh} |"
        for code, meaning in MEANINGS.items()
    ]


def test_refusals_of_cases() -> None:
    assert rows("Cases") == [
        f"| `{code}` | {Refused(code).text.en} | {Refused(code).text.zh} |" for code in get_args(Code)
    ]


def test_refusals_of_points_of_service() -> None:
    assert rows("Points of service") == [
        f"| `{code}` | {meaning.status} | {meaning.sentence.en} | {meaning.sentence.zh} |"
        for code, meaning in points.MEANINGS.items()
    ]


def test_refusals_of_files() -> None:
    assert rows("Files") == [f"| `{code}` | {text.en} | {text.zh} |" for code, text in TEXTS.items()]


def test_refusals_of_mandates() -> None:
    assert rows("Mandates") == [
        f"| `{fault.value}` | {text.en} | {text.zh} |" for fault, text in mandates.TEXTS.items()
    ]


def test_refusals_of_id_numbers() -> None:
    assert rows("Resident ID numbers") == [
        f"| `{code}` | {text.en} | {text.zh} |" for code, text in REFUSALS.items()
    ]


def test_refusals_of_places() -> None:
    assert [row.split("`")[1] for row in rows("Places")] == [UnknownPlace.reason, PlaceNotValid.reason]


def test_refusals_of_credentials() -> None:
    assert rows("Credentials") == [
        f"| `{code.value}` | {text.en} | {text.zh} |" for code, text in credentials.SENTENCES.items()
    ]
