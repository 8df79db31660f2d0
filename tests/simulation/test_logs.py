"""Logs under faults: whoever changes a log that others have cosigned is found out, nobody else is accused."""

import pytest

from tongban.federation.simulation import books
from tongban.federation.simulation.faults import Fault, FaultKind
from tongban.federation.simulation.logs import audited
from tongban.federation.simulation.plan import Plan, draw
from tongban.federation.simulation.tampering import TAMPERING
from tongban.federation.simulation.world import SimulatedWorld


def world_with(*faults: Fault, nodes: int = 3, seed: int = 23) -> SimulatedWorld:
    world = SimulatedWorld(Plan(nodes, seed, 600, faults, draw(nodes, seed, 600).errands))
    assert not world.run().violations
    return world


@pytest.mark.parametrize("kind", sorted(TAMPERING))
def test_a_changed_log_is_found_out_and_no_other_log_is_accused(kind: FaultKind) -> None:
    world = world_with(Fault(kind, 300.0, 3000.0, "node-01"))
    assert world.tampered == {"node-01": kind}


def test_a_log_that_nobody_changed_is_verified_whole_with_the_cosignatures_of_its_witnesses() -> None:
    world = world_with()
    for node in world.nodes.values():
        found = audited(world, node)
        assert not found.findings
        assert found.size == books.log_size(node.disk) > 0
        assert {size for size, _ in found.cosigned.values()} == {found.size}


def test_a_restored_log_goes_on_from_what_it_has_shown_and_says_what_the_backup_lacked() -> None:
    world = world_with(Fault(FaultKind.RESTORE, 300.0, 20.0, "node-01", 300.0))
    shown = world.nodes["node-01"].ledger.shelf
    lacking = [
        books.restored_entry(before, after) for after in range(len(shown.entries)) for before in range(after)
    ]
    assert len(set(shown.entries) & set(lacking)) == 1
