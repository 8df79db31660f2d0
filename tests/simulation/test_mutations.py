"""Every planted mistake is found by the simulator; the seeds are those of the page on the simulator."""

import re
from pathlib import Path

import pytest

from tongban.federation.simulation.command import plan_for_mutation
from tongban.federation.simulation.mutations import MUTATIONS
from tongban.federation.simulation.planting import Mutation, planted
from tongban.federation.simulation.world import SimulatedWorld

PAGE = Path(__file__).parents[2] / "docs" / "simulation.md"
FOUND_BY = {
    name: (says, int(seed))
    for name, says, seed in re.findall(
        r"^\| `([a-z-]+)` \| (.+?) \| (\d+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
}


def test_the_page_lists_all_mistakes_as_they_are() -> None:
    assert {name: says for name, (says, _) in FOUND_BY.items()} == {m.name: m.says for m in MUTATIONS}
    assert len(MUTATIONS) >= 15


@pytest.mark.parametrize("mutation", MUTATIONS, ids=[mutation.name for mutation in MUTATIONS])
def test_the_mistake_is_found_and_only_the_mistake(mutation: Mutation) -> None:
    plan = plan_for_mutation(FOUND_BY[mutation.name][1])
    with planted(mutation):
        assert SimulatedWorld(plan).run().violations
    assert not SimulatedWorld(plan).run().violations
