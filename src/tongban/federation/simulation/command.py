"""`tongban simulate`: runs a federation under faults and says whether the invariants held."""

import sys
import time

import click

from tongban.federation.simulation.mutations import MUTATIONS
from tongban.federation.simulation.outcome import Outcome
from tongban.federation.simulation.plan import ANYTHING, Aim, Plan, draw
from tongban.federation.simulation.planting import Mutation, planted
from tongban.federation.simulation.shrinking import shrink
from tongban.federation.simulation.world import SimulatedWorld
from tongban.plain_commands import PlainCommand

INVARIANTS = (
    "every conversation ends, and ends the same on both sides",
    "everything said is heard, and nothing else",
    "each effect takes place exactly once",
    "a person's register entry and a case are at one place",
    "money is neither made nor lost, and only what was stated moves",
    "a bill is owed once and paid once, and both sides' books agree",
    "each access is in the log, once",
    "each delivery counts once",
    "each log is one history, cosigned; whoever changes one is found out",
)
LAST_OF_TRACE = 60
SEEDS_FOR_A_MUTATION = 400
"""Plain runs, of everything that may happen, among which a planted mistake has to show."""
SEEDS_WITH_AN_AIM = 100
"""Runs that are about what the mistake concerns, among which it has to show."""


@click.command(cls=PlainCommand)
@click.option("--nodes", type=click.IntRange(2, 59), default=3, show_default=True, help="How many nodes.")
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="What the run follows from."
)
@click.option(
    "--steps", type=click.IntRange(1), default=2000, show_default=True, help="Events before all faults end."
)
@click.option(
    "--seeds", type=click.IntRange(1), default=1, show_default=True, help="Run so many seeds in a row."
)
@click.option("--fast", "is_fast", is_flag=True, help="A keyed hash in the place of Ed25519 signatures.")
@click.option("--mutation", "mutation_name", default=None, help="Plant one of the known mistakes.")
@click.option("--mutations", "all_mutations", is_flag=True, help="Plant each known mistake and find it.")
@click.option("--trace", "is_traced", is_flag=True, help="Print everything that happens.")
def simulate(
    *,
    nodes: int,
    seed: int,
    steps: int,
    seeds: int,
    is_fast: bool,
    mutation_name: str | None,
    all_mutations: bool,
    is_traced: bool,
) -> None:
    """Run a whole federation under faults, deterministic in the seed; exit 1 when an invariant breaks."""
    if all_mutations:
        sys.exit(find_all())
    mutation = _named(mutation_name)
    for one in range(seed, seed + seeds):
        plan = draw(nodes, one, steps, is_fast=is_fast)
        with planted(mutation):
            began = time.monotonic()
            outcome = SimulatedWorld(plan, is_traced=is_traced).run()
            _tell(outcome, time.monotonic() - began)
            if is_traced:
                click.echo("\n".join(outcome.trace))
            if outcome.violations:
                _tell_failure(plan, outcome, mutation)
                sys.exit(1)


def find_all() -> int:
    """Plant each mistake in turn and look for seeds that show it; the exit status."""
    missed = 0
    click.echo("| mutation | what is wrong | found by seed | aimed, by seed | what breaks |")
    click.echo("| --- | --- | --- | --- | --- |")
    for mutation in MUTATIONS:
        found = first_failure(mutation, SEEDS_FOR_A_MUTATION)
        missed += found is None
        why = found.violations[0] if found else "**nothing**"
        aimed = "—"
        if mutation.aim != ANYTHING:
            sooner = first_failure(mutation, SEEDS_WITH_AN_AIM, mutation.aim)
            missed += sooner is None
            aimed = _seed_of(sooner)
        cells = (f"`{mutation.name}`", mutation.says, _seed_of(found), aimed, why)
        click.echo(f"| {' | '.join(cells)} |")
    return 1 if missed else 0


def _seed_of(found: Outcome | None) -> str:
    return str(found.plan.seed) if found else "none"


def first_failure(mutation: Mutation, seeds: int, aim: Aim = ANYTHING) -> Outcome | None:
    """The first of so many runs that breaks with the mistake planted."""
    for seed in range(seeds):
        with planted(mutation):
            outcome = SimulatedWorld(plan_for_mutation(seed, aim)).run()
        if outcome.violations:
            return outcome
    return None


def plan_for_mutation(seed: int, aim: Aim = ANYTHING) -> Plan:
    """The run in which mistakes are looked for: 3 or 4 nodes, 200 to 500 events."""
    return draw(3 + seed % 2, seed, 200 + 100 * (seed % 4), aim=aim)


def _named(name: str | None) -> Mutation | None:
    if name is None:
        return None
    found = next((mutation for mutation in MUTATIONS if mutation.name == name), None)
    if found is None:
        names = ", ".join(mutation.name for mutation in MUTATIONS)
        click.echo(f"--mutation: {name} is not known; expected one of: {names}", err=True)
        sys.exit(2)
    return found


def _tell(outcome: Outcome, seconds: float) -> None:
    plan = outcome.plan
    click.echo(
        f"seed {plan.seed}: {plan.nodes} nodes, {len(plan.faults)} faults, "
        f"{outcome.conversations} conversations, {outcome.messages} messages, {outcome.events} events in "
        f"{outcome.seconds:.0f} virtual seconds; {seconds:.1f} s, "
        f"{outcome.messages / max(seconds, 0.001):.0f} messages a second"
    )
    for invariant in INVARIANTS if not outcome.violations else ():
        click.echo(f"  held: {invariant}")


def _tell_failure(plan: Plan, outcome: Outcome, mutation: Mutation | None) -> None:
    for violation in outcome.violations:
        click.echo(f"  BROKEN: {violation}")
    small, runs = shrink(plan)
    repeated = SimulatedWorld(small, is_traced=True).run()
    size = f"{len(small.faults)} faults, {len(small.errands)} errands"
    click.echo(f"\nThe same with less, found in {runs} runs: {size}")
    for line in (*small.faults, *small.errands):
        click.echo(f"  {line}")
    click.echo("\nWhat happens then:")
    for line in repeated.trace[-LAST_OF_TRACE:]:
        click.echo(f"  {line}")
    for violation in repeated.violations:
        click.echo(f"  BROKEN: {violation}")
    again = f"--nodes {plan.nodes} --seed {plan.seed} --steps {plan.steps}{' --fast' * plan.is_fast}"
    planted_again = f" --mutation {mutation.name}" if mutation else ""
    click.echo(f"\nAgain: tongban simulate {again}{planted_again}")
