"""The network's state: which faults are going on, and what they do to messages from one node to another."""

from collections.abc import Sequence
from random import Random

from tongban.federation.simulation.faults import Fault, FaultKind


class Network:
    """Each direction between two nodes has a chance of its own, so that one does not depend on the others."""

    def __init__(self, seed: int, names: Sequence[str]) -> None:
        self.faults: list[Fault] = []
        self._seed = seed
        self._names = names
        self._links: dict[tuple[str, str], Random] = {}

    def delays(self, sender: str, receiver: str, link: Random) -> list[float]:
        """After how long the copies of a message arrive; none if it is lost."""
        first, second, third = link.random(), link.random(), link.random()
        if self._is_parted(sender, receiver) or first < self.amount(FaultKind.LOSS):
            return []
        longest = self.amount(FaultKind.DELAY) or 0.2
        delays = [0.005 + second * second * longest]
        if third < self.amount(FaultKind.DOUBLING):
            delays.append(delays[0] + 0.001 + third * 40.0)
        return delays

    def _is_parted(self, one: str, other: str) -> bool:
        for fault in self.faults:
            if fault.kind is FaultKind.PARTITION:
                side = set(self._names[: int(fault.amount)])
                if (one in side) != (other in side):
                    return True
        return False

    def amount(self, kind: FaultKind) -> float:
        """How strong the strongest fault of this kind is now; 0 without one."""
        return max((fault.amount for fault in self.faults if fault.kind is kind), default=0.0)

    def link(self, sender: str, receiver: str) -> Random:
        """The chance of messages from one node to another."""
        link = self._links.get((sender, receiver))
        if link is None:
            link = Random(f"{self._seed} {sender} {receiver}")  # noqa: S311 - repeatable
            self._links[sender, receiver] = link
        return link
