"""What the two founding plans call for: plans, items, and the catalogue of services that carry them out.

Promises: read from plans.toml and catalogue.toml once, with every agency known; says nothing about progress.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from tongban.places import Text
from tongban.places.agencies import Agency, agency

ELSEWHERE = Text(zh="其他事项", en="Other services")
"""The area of services that the catalogue does not list."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan: `D` dual-core plan of 2024, `P` plan for 2025–2027. `until` is the last day of its target."""

    code: str
    name: Text
    sides: Text
    issued: date
    until: date
    until_text: Text
    source: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that an item sets; `least` and `most` are equal for a single number, `unit` is a code."""

    text: Text
    least: int
    most: int
    unit: str


@dataclass(frozen=True, slots=True)
class Development:
    """What has changed since the plan, with its source; `on` is a year if the day was not verified."""

    on: date | int
    text: Text
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One item of a plan (任务). `besides` names leads that the plan gives only in general, or says none."""

    number: str
    plan: Plan
    title: Text
    aim: Text
    chongqing: tuple[Agency, ...]
    sichuan: tuple[Agency, ...]
    besides: Text | None
    figures: tuple[Figure, ...]
    developments: tuple[Development, ...]


@dataclass(frozen=True, slots=True)
class CatalogueService:
    """One service (事项) that the plans call for, whether built or not.

    `rulesets` decide or compute for it; unless the catalogue says otherwise, one of the service's own name.
    """

    code: str
    name: Text
    area: Text
    kinds: tuple[str, ...]
    items: tuple[str, ...]
    rulesets: tuple[str, ...]


def _document(name: str) -> Mapping[str, Any]:
    return tomllib.loads(resources.files("tongban.node.programme").joinpath(name).read_text(encoding="utf-8"))


def _text(row: Mapping[str, Any], prefix: str = "") -> Text:
    return Text(zh=row[f"{prefix}zh"], en=row[f"{prefix}en"])


@cache
def plans() -> Mapping[str, Plan]:
    """Both plans by their code, the older one first."""
    return {
        row["code"]: Plan(
            code=row["code"],
            name=_text(row),
            sides=_text(row, "sides_"),
            issued=row["issued"],
            until=row["until"],
            until_text=_text(row, "until_"),
            source=row["source"],
        )
        for row in _document("plans.toml")["plans"]
    }


@cache
def plan_items() -> Mapping[str, PlanItem]:
    """Every item of both plans by its number, in the plans' order."""
    return {row["number"]: _item(row) for row in _document("plans.toml")["items"]}


def _item(row: Mapping[str, Any]) -> PlanItem:
    return PlanItem(
        number=row["number"],
        plan=plans()[row["number"][0]],
        title=_text(row),
        aim=_text(row, "aim_"),
        chongqing=tuple(agency(code) for code in row["chongqing"]),
        sichuan=tuple(agency(code) for code in row["sichuan"]),
        besides=_text(row, "besides_") if "besides_zh" in row else None,
        figures=tuple(
            Figure(_text(figure), figure["least"], figure.get("most", figure["least"]), figure["unit"])
            for figure in row.get("figures", ())
        ),
        developments=tuple(
            Development(change["on"], _text(change), change["source"], change["confidence"])
            for change in row.get("since", ())
        ),
    )


@cache
def catalogue() -> Mapping[str, CatalogueService]:
    """Every service that the plans call for, by its code, field by field."""
    document = _document("catalogue.toml")
    areas = {row["code"]: _text(row) for row in document["areas"]}
    return {
        row["code"]: CatalogueService(
            code=row["code"],
            name=_text(row),
            area=areas[row["area"]],
            kinds=tuple(row["kinds"]),
            items=tuple(row["items"]),
            rulesets=tuple(row.get("rulesets", (row["code"],))),
        )
        for row in document["services"]
    }
