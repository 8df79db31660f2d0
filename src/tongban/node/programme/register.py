"""The plan register: every item of both plans, the services that carry it out, and whether they work yet.

Promises: progress is never written down; it is found in the service folders each time a process starts.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from tongban import services
from tongban.law import LawError, RuleSet
from tongban.law.rule_sets import read_folder
from tongban.node.programme.plans import ELSEWHERE, CatalogueService, PlanItem, catalogue, plan_items
from tongban.places import Text

OWN_SERVICES = Path(services.__file__).parent


class Progress(StrEnum):
    """How far a service is: nothing yet, its rules compute, or people can use it."""

    PLANNED = "planned"
    RULES = "rules"
    WORKS = "works"

    @property
    def label(self) -> Text:
        """The state in words."""
        return _LABELS[self]


_LABELS = {
    Progress.PLANNED: Text(zh="尚未开通", en="Not yet available"),
    Progress.RULES: Text(zh="规则已可计算", en="Rules can be computed"),
    Progress.WORKS: Text(zh="可以办理", en="Works"),
}


@dataclass(frozen=True, slots=True)
class ServiceState:
    """A service of the catalogue and how far it is; `rulesets` are those of its rule sets that exist."""

    service: CatalogueService
    progress: Progress
    rulesets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemState:
    """A plan item with the services that carry it out."""

    item: PlanItem
    services: tuple[ServiceState, ...]

    @property
    def working(self) -> int:
        """How many of its services work."""
        return sum(state.progress is Progress.WORKS for state in self.services)

    @property
    def progress(self) -> Progress:
        """The furthest state that any of its services has reached; `working` says how many got to the end."""
        return max((state.progress for state in self.services), key=list(Progress).index)


@dataclass(frozen=True, slots=True)
class Register:
    """The whole register, in the order of the plans and of the catalogue."""

    items: tuple[ItemState, ...]
    services: tuple[ServiceState, ...]

    def of_plan(self, code: str) -> tuple[ItemState, ...]:
        """The items of one plan, `D` or `P`."""
        return tuple(state for state in self.items if state.item.plan.code == code)

    def count(self, progress: Progress) -> int:
        """How many services stand at exactly this state."""
        return sum(state.progress is progress for state in self.services)


@cache
def register(root: Path = OWN_SERVICES) -> Register:
    """The register for the service folders under `root`.

    A rule set counts if it loads, a service if its folder and the rule set that decides it, if any, load.
    Services of folders that the catalogue does not list come last.
    Raises `tongban.services.ServiceError` for a broken service folder, as the node's start does.
    """
    rulesets = _rulesets(root)
    runnable = {
        code: service.definition
        for code, service in services.load(root).items()
        if service.definition.ruleset is None or service.definition.ruleset in rulesets
    }
    besides = {code: _uncalled(one) for code, one in runnable.items() if code not in catalogue()}
    states = {
        code: _state(service, runnable, rulesets) for code, service in {**catalogue(), **besides}.items()
    }
    return Register(
        items=tuple(
            ItemState(item, tuple(state for state in states.values() if number in state.service.items))
            for number, item in plan_items().items()
        ),
        services=tuple(states.values()),
    )


def _uncalled(definition: services.Definition) -> CatalogueService:
    """A service that the catalogue does not list, as its folder describes it."""
    name = Text(zh=definition.name.zh, en=definition.name.en)
    rulesets = (definition.ruleset,) if definition.ruleset else ()
    return CatalogueService(
        definition.code, name, ELSEWHERE, (definition.kind,), definition.plan_items, rulesets
    )


def _rulesets(root: Path) -> set[str]:
    """The rule sets under `root` that load."""
    files = read_folder(root)
    found: set[str] = set()
    for path in root.glob("*/rules.py"):
        name = path.parent.name.replace("_", "-")
        try:
            RuleSet.from_files(files, name)
        except LawError:
            continue
        found.add(name)
    return found


def _state(service: CatalogueService, runnable: Collection[str], rulesets: Collection[str]) -> ServiceState:
    ready = tuple(name for name in service.rulesets if name in rulesets)
    if service.code in runnable:
        return ServiceState(service, Progress.WORKS, ready)
    return ServiceState(service, Progress.RULES if ready else Progress.PLANNED, ready)
