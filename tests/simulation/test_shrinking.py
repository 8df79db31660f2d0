"""A failing run is made small and still fails; the command says so and exits with 1."""

import pytest
from click.testing import CliRunner

from tongban.cli import main
from tongban.federation.simulation.command import plan_for_mutation
from tongban.federation.simulation.mutations import MUTATIONS
from tongban.federation.simulation.planting import planted
from tongban.federation.simulation.shrinking import shrink
from tongban.federation.simulation.world import SimulatedWorld

NO_LOG = next(mutation for mutation in MUTATIONS if mutation.name == "no-access-record")


def test_a_failing_run_is_shrunk_to_one_errand_without_faults() -> None:
    with planted(NO_LOG):
        small, _ = shrink(plan_for_mutation(0))
        assert SimulatedWorld(small).run().violations
    assert len(small.errands) == 1
    assert not small.faults


def test_a_run_that_holds_is_left_as_it_is() -> None:
    plan = plan_for_mutation(2)
    assert shrink(plan) == (plan, 1)


def test_the_command_says_what_held() -> None:
    done = CliRunner().invoke(main, ["simulate", "--nodes", "2", "--seed", "1", "--steps", "100"])
    assert done.exit_code == 0
    assert "held: every conversation ends" in done.output


def test_the_command_exits_with_1_and_a_short_trace_when_an_invariant_breaks() -> None:
    arguments = ["simulate", "--seed", "1", "--steps", "200", "--fast", "--mutation", "no-access-record"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert "BROKEN" in done.output
    assert "1 errands" in done.output
    again = "Again: tongban simulate --nodes 3 --seed 1 --steps 200 --fast --mutation no-access-record"
    assert done.output.splitlines()[-1] == again


@pytest.mark.parametrize(
    "arguments", [("--nodes", "1"), ("--mutation", "unheard-of"), ("--sed", "1"), ("--seed", "x"), ("more",)]
)
def test_unusable_input_is_said_in_one_line(arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, ["simulate", *arguments])
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
