"""A peer that is away for a whole day costs only time: one probe at a time, then everything is delivered."""

from tongban.federation.simulation.faults import Fault, FaultKind
from tongban.federation.simulation.people import Errand
from tongban.federation.simulation.plan import Plan
from tongban.federation.simulation.world import SimulatedWorld

DAY = 86_400.0
NOTICES = 120


def test_what_waited_for_a_day_is_delivered_and_the_wait_cost_one_attempt_at_a_time() -> None:
    errands = tuple(
        Errand(100.0 + n * 600, "notice", "node-00", "node-01", f"C-{n}", f"{n + 1:017d}X", 600.0)
        for n in range(NOTICES)
    )
    away = Fault(FaultKind.STOP, 50.0, DAY, "node-01")
    world = SimulatedWorld(Plan(2, 1, 10**6, (away,), errands))
    outcome = world.run()
    assert not outcome.violations
    assert outcome.conversations == NOTICES
    taken = world.nodes["node-01"].disk.table("conversations").values()
    assert {conversation.state for conversation in taken} == {"taken"}
    assert outcome.events < 3 * DAY / 30 + 60 * NOTICES
