"""Every planted mistake is found by the simulator; the seeds are those of the page on the simulator."""

import re
from pathlib import Path

import pytest

from tongban.federation.simulation.command import (
    SEEDS_FOR_A_MUTATION,
    SEEDS_WITH_AN_AIM,
    plan_for_mutation,
)
from tongban.federation.simulation.mutations import MUTATIONS
from tongban.federation.simulation.plan import ANYTHING, Plan
from tongban.federation.simulation.planting import Mutation, planted
from tongban.federation.simulation.world import SimulatedWorld

PAGE = Path(__file__).parents[2] / "docs" / "simulation.md"
FOUND_BY = {
    name: (says, int(seed), int(aimed) if aimed.isdigit() else None)
    for name, says, seed, aimed in re.findall(
        r"^\| `([a-z-]+)` \| (.+?) \| (\d+) \| (\d+|—) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
}
AIMED = [mutation for mutation in MUTATIONS if mutation.aim != ANYTHING]


def test_the_page_lists_all_mistakes_as_they_are() -> None:
    assert {name: says for name, (says, *_) in FOUND_BY.items()} == {m.name: m.says for m in MUTATIONS}
    assert {name for name, (*_, aimed) in FOUND_BY.items() if aimed is not None} == {m.name for m in AIMED}
    assert all(seed < SEEDS_FOR_A_MUTATION for _, seed, _ in FOUND_BY.values())
    assert len(MUTATIONS) >= 15


@pytest.mark.parametrize("mutation", MUTATIONS, ids=[mutation.name for mutation in MUTATIONS])
def test_the_mistake_is_found_and_only_the_mistake(mutation: Mutation) -> None:
    assert_found_by(mutation, plan_for_mutation(FOUND_BY[mutation.name][1]))


@pytest.mark.parametrize("mutation", AIMED, ids=[mutation.name for mutation in AIMED])
def test_it_is_found_sooner_where_runs_are_about_what_it_concerns(mutation: Mutation) -> None:
    seed = FOUND_BY[mutation.name][2]
    assert seed is not None
    assert seed < SEEDS_WITH_AN_AIM
    assert_found_by(mutation, plan_for_mutation(seed, mutation.aim))


def assert_found_by(mutation: Mutation, plan: Plan) -> None:
    with planted(mutation):
        assert SimulatedWorld(plan).run().violations
    assert not SimulatedWorld(plan).run().violations
