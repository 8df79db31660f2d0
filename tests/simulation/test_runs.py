"""Federations under faults: fixed seeds, fresh seeds, and that the same seed is the same run."""

import secrets

import pytest

from tongban.federation.simulation.command import plan_for_mutation
from tongban.federation.simulation.faults import Fault, FaultKind
from tongban.federation.simulation.outcome import Outcome
from tongban.federation.simulation.plan import Aim, Plan, draw
from tongban.federation.simulation.world import SimulatedWorld


def run(plan: Plan, *, is_traced: bool = False) -> Outcome:
    return SimulatedWorld(plan, is_traced=is_traced).run()


def assert_held(plan: Plan) -> Outcome:
    outcome = run(plan)
    assert not outcome.violations, (
        f"tongban simulate --nodes {plan.nodes} --seed {plan.seed} --steps {plan.steps} --fast: "
        f"{outcome.violations}"
    )
    return outcome


@pytest.mark.parametrize("seed", range(12))
def test_the_invariants_hold_for_fixed_seeds(seed: int) -> None:
    assert_held(draw(2 + seed % 5, seed, 500))


@pytest.mark.parametrize("seed", [3, 11])
def test_they_hold_with_real_signatures(seed: int) -> None:
    assert_held(draw(3, seed, 300, is_fast=False))


def test_they_hold_for_fresh_seeds() -> None:
    for _ in range(3):
        assert_held(draw(4, secrets.randbelow(10**9), 500))


@pytest.mark.parametrize("seed", [30, 31])
def test_a_time_limit_is_kept_though_the_clock_was_wrong_when_the_node_started(seed: int) -> None:
    wrong = Fault(FaultKind.SKEW, 200.0, 300.0, "node-01", 900.0)
    away = Fault(FaultKind.STOP, 250.0, 20.0, "node-01")
    assert_held(Plan(3, seed, 400, (wrong, away), draw(3, seed, 400).errands))


def test_a_file_crosses_though_the_power_was_cut_between_its_last_bytes_and_their_check() -> None:
    assert_held(draw(5, 387288, 1500))


@pytest.mark.parametrize(("seed", "fault"), [(381486, FaultKind.FORGER), (655537, FaultKind.RESTORE)])
def test_a_restored_node_takes_up_what_was_on_its_way_and_leaves_what_a_liar_contradicts(
    seed: int, fault: FaultKind
) -> None:
    assert_held(draw(4, seed, 600, aim=Aim(fault=fault)))


def test_a_second_view_that_only_a_liar_was_shown_is_nobodys_to_notice() -> None:
    assert_held(plan_for_mutation(2149))


def test_they_hold_in_the_largest_federation() -> None:
    assert_held(draw(59, 1, 800))


def test_the_same_seed_is_the_same_run_to_the_last_event() -> None:
    first, second = (run(draw(4, 17, 400), is_traced=True) for _ in range(2))
    assert first.trace == second.trace
    assert first.messages == second.messages


def test_signatures_change_nothing_about_a_run() -> None:
    fast, real = (run(draw(3, 5, 300, is_fast=is_fast), is_traced=True) for is_fast in (True, False))
    assert fast.trace == real.trace


@pytest.mark.parametrize("kind", FaultKind)
def test_each_fault_alone_is_borne(kind: FaultKind) -> None:
    calm = draw(3, 23, 400)
    amount = {
        FaultKind.LOSS: 0.4,
        FaultKind.DOUBLING: 0.5,
        FaultKind.DELAY: 60.0,
        FaultKind.PARTITION: 1.0,
        FaultKind.CUT: 37.0,
        FaultKind.SKEW: 900.0,
        FaultKind.RESTORE: 300.0,
        FaultKind.LIAR: 0.3,
        FaultKind.FORGER: 0.3,
    }.get(kind, 0.0)
    on_the_network = {
        FaultKind.LOSS,
        FaultKind.DOUBLING,
        FaultKind.DELAY,
        FaultKind.PARTITION,
        FaultKind.FORGER,
    }
    node = "" if kind in on_the_network else "node-01"
    fault = Fault(kind, 200.0, 300.0, node, amount)
    outcome = assert_held(Plan(3, 23, 400, (fault,), calm.errands))
    assert outcome.conversations > 5


@pytest.mark.parametrize(
    ("kind", "amount", "mark"),
    [
        (FaultKind.LIAR, 0.3, "answers node-01 with status 4"),
        (FaultKind.FORGER, 0.3, "with status 4"),
        (FaultKind.DISK_FULL, 0.0, "node-01  answers node-00 with status 503"),
        (FaultKind.SKEW, 900.0, "answers node-01 with status 40"),
        (FaultKind.RESTORE, 300.0, "node-01  the backup of 200.0 s is restored"),
        (FaultKind.CUT, 37.0, "node-01  stops"),
    ],
)
def test_a_fault_leaves_its_mark_on_a_run(kind: FaultKind, amount: float, mark: str) -> None:
    node = "" if kind is FaultKind.FORGER else "node-01"
    fault = Fault(kind, 200.0, 300.0, node, amount)
    outcome = run(Plan(3, 23, 400, (fault,), draw(3, 23, 400).errands), is_traced=True)
    assert not outcome.violations
    assert any(mark in line for line in outcome.trace)
