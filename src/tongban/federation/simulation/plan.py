"""What a run is made of, as data: how many nodes, which faults and errands; drawn or cut down."""

from dataclasses import dataclass
from random import Random

from tongban.federation.simulation.faults import Fault, draw_faults
from tongban.federation.simulation.members import name_of
from tongban.federation.simulation.people import Errand

EVENTS_OF_AN_ERRAND = 30
SECONDS_BETWEEN = 40.0
SHARED_CASES = 3
"""Cases about which nodes talk again and again, so that many conversations are in one thread."""


@dataclass(frozen=True)
class Plan:
    """One run; the same plan always runs the same. `steps` are the events before all faults end."""

    nodes: int
    seed: int
    steps: int
    faults: tuple[Fault, ...]
    errands: tuple[Errand, ...]
    is_fast: bool = True


def draw(nodes: int, seed: int, steps: int, *, is_fast: bool = True) -> Plan:
    """The plan of a seed."""
    random = Random(f"{seed} {nodes} {steps}")  # noqa: S311 - repeatable, nothing secret
    count = max(2, steps // EVENTS_OF_AN_ERRAND)
    horizon = SECONDS_BETWEEN * count / max(1.0, nodes / 2) + 600.0
    errands = tuple(sorted((_errand(random, nodes, n, horizon) for n in range(count)), key=lambda e: e.at))
    return Plan(nodes, seed, steps, draw_faults(random, nodes, horizon), errands, is_fast)


def _errand(random: Random, nodes: int, number: int, horizon: float) -> Errand:
    opener, partner = random.sample(range(nodes), 2)
    kind = random.choices(
        ("handover", "transfer", "subscription", "evidence", "notice"), (30, 35, 15, 10, 10)
    )[0]
    case = number if random.random() < 0.5 else random.randrange(number + 1) % SHARED_CASES
    return Errand(
        at=random.uniform(0, 0.7) * horizon,
        kind=kind,
        opener=name_of(opener),
        partner=name_of(partner),
        case_ref=f"C-{case}",
        subject=f"{number + 1:017d}X",
        within=random.uniform(300, 3000),
    )
