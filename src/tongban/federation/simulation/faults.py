"""Faults as data: what goes wrong, where, when, for how long. A run's faults are drawn from its seed."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from tongban.federation.simulation.members import name_of


class FaultKind(StrEnum):
    """What can go wrong."""

    LOSS = "loss"
    DOUBLING = "doubling"
    DELAY = "delay"
    PARTITION = "partition"
    CUT = "power cut between two durable steps"
    STOP = "stop"
    SKEW = "clock skew"
    DISK_FULL = "disk full"
    RESTORE = "old backup restored"
    LIAR = "lying node"
    LOG_ROLLED_BACK = "own log rolled back"
    REWRITTEN = "record of the own log rewritten"
    TRUNCATED = "own log truncated"
    SPLIT_VIEW = "two views of the own log"
    FORGER = "forged and altered messages on the network"

    __hash__ = str.__hash__


@dataclass(frozen=True)
class Fault:
    """One fault: from `at` for `lasts` virtual seconds, at a node ("" for the whole network).

    `amount`: of loss, doubling and forging the share of messages; of delay the longest in seconds; of skew
    seconds; of a power cut the how-manieth point of the node; of a restore how old the backup is, in seconds;
    of a partition the number of nodes on the one side.
    """

    kind: FaultKind
    at: float
    lasts: float
    node: str = ""
    amount: float = 0.0

    def __str__(self) -> str:
        where = f" at {self.node}" if self.node else ""
        return f"{self.at:8.1f} s  {self.kind.value}{where} for {self.lasts:.1f} s (amount {self.amount:g})"


_TAMPERING = (FaultKind.LOG_ROLLED_BACK, FaultKind.REWRITTEN, FaultKind.TRUNCATED, FaultKind.SPLIT_VIEW)


def draw_faults(
    random: Random, nodes: int, horizon: float, certain: FaultKind | None = None
) -> tuple[Fault, ...]:
    """Faults of a run that lasts about `horizon` seconds; one of them is of the kind that is `certain`."""
    drawn = [Fault(FaultKind.LOSS, 0.0, horizon, amount=random.choice((0.0, 0.02, 0.1)))]
    for _ in range(random.randint(2, 5)):
        drawn.append(_network_fault(random, nodes, horizon))
    for _ in range(random.randint(2, 4 + nodes // 4)):
        drawn.append(_node_fault(random, nodes, horizon))
    if random.random() < 0.25 or certain is FaultKind.RESTORE:
        node, at = name_of(random.randrange(nodes)), random.uniform(0.3, 0.8) * horizon
        drawn.append(
            Fault(FaultKind.RESTORE, at, random.uniform(5, 120), node, random.uniform(10, 0.25 * horizon))
        )
    if nodes > 2 and (random.random() < 0.2 or certain is FaultKind.LIAR):
        drawn.append(Fault(FaultKind.LIAR, 0.0, horizon, name_of(random.randrange(nodes)), 0.3))
    if nodes > 2 and (random.random() < 0.25 or certain in _TAMPERING):
        kind = random.choice(_TAMPERING)
        kind = certain if certain in _TAMPERING else kind
        drawn.append(
            Fault(kind, random.uniform(0.3, 0.8) * horizon, horizon, name_of(random.randrange(nodes)))
        )
    if certain is FaultKind.FORGER:
        drawn.append(Fault(certain, 0.0, horizon, amount=0.4))
    return tuple(sorted(drawn, key=lambda fault: (fault.at, fault.kind, fault.node)))


def _network_fault(random: Random, nodes: int, horizon: float) -> Fault:
    at, lasts = random.uniform(0, 0.9) * horizon, random.uniform(10, 0.3 * horizon + 10)
    kind = random.choice(
        (FaultKind.LOSS, FaultKind.DOUBLING, FaultKind.DELAY, FaultKind.PARTITION, FaultKind.FORGER)
    )
    amount = {
        FaultKind.LOSS: random.choice((0.1, 0.3, 0.6)),
        FaultKind.DOUBLING: random.choice((0.1, 0.5)),
        FaultKind.DELAY: random.choice((5.0, 20.0, 120.0)),
        FaultKind.PARTITION: float(random.randint(1, max(1, nodes // 2))),
        FaultKind.FORGER: random.choice((0.1, 0.4)),
    }[kind]
    return Fault(kind, at, lasts, amount=amount)


def _node_fault(random: Random, nodes: int, horizon: float) -> Fault:
    at, lasts = random.uniform(0, 0.9) * horizon, random.uniform(5, 0.15 * horizon + 10)
    node = name_of(random.randrange(nodes))
    kind = random.choice(
        (FaultKind.CUT, FaultKind.CUT, FaultKind.CUT, FaultKind.STOP, FaultKind.SKEW, FaultKind.DISK_FULL)
    )
    amount = {
        FaultKind.CUT: float(random.randint(1, int(horizon * 0.4) + 20)),
        FaultKind.SKEW: random.choice((-50.0, -20.0, 20.0, 50.0, 900.0)),
    }.get(kind, 0.0)
    return Fault(kind, 0.0 if kind is FaultKind.CUT else at, lasts, node, amount)
