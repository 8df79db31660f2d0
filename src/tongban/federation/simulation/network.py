"""The network's state: which faults are going on, and what they do to messages from one node to another."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from tongban.federation.simulation.faults import Fault, FaultKind
from tongban.protocol import HttpRequest


class Parcel(NamedTuple):
    """A request on its way; `nonce` is that of the sender's own, to whom a reply comes back, else empty."""

    sender: str
    receiver: str
    request: HttpRequest
    nonce: str = ""


class Network:
    """Each direction between two nodes has a chance of its own, so that one does not depend on the others."""

    def __init__(self, seed: int, names: Sequence[str]) -> None:
        self._faults: list[Fault] = []
        self._amounts: dict[FaultKind, float] = {}
        self._parted: tuple[frozenset[str], ...] = ()
        self._seed = seed
        self._names = names
        self._links: dict[tuple[str, str], Random] = {}

    def delays(self, sender: str, receiver: str, link: Random) -> list[float]:
        """After how long the copies of a message arrive; none if it is lost."""
        first, second, third = link.random(), link.random(), link.random()
        amounts = self._amounts
        if first < amounts.get(FaultKind.LOSS, 0.0) or (self._parted and self._is_parted(sender, receiver)):
            return []
        longest = amounts.get(FaultKind.DELAY) or 0.2
        delays = [0.005 + second * second * longest]
        if third < amounts.get(FaultKind.DOUBLING, 0.0):
            delays.append(delays[0] + 0.001 + third * 40.0)
        return delays

    def _is_parted(self, one: str, other: str) -> bool:
        return any((one in side) != (other in side) for side in self._parted)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What goes wrong now, at nodes too."""
        return tuple(self._faults)

    def begin(self, fault: Fault) -> None:
        """Let a fault begin."""
        self._faults.append(fault)
        self._note_strength()

    def end(self, fault: Fault) -> bool:
        """Let a fault end; whether it was going on."""
        if fault not in self._faults:
            return False
        self._faults.remove(fault)
        self._note_strength()
        return True

    def _note_strength(self) -> None:
        self._amounts = {}
        for fault in self._faults:
            self._amounts[fault.kind] = max(self._amounts.get(fault.kind, 0.0), fault.amount)
        self._parted = tuple(
            frozenset(self._names[: int(fault.amount)])
            for fault in self._faults
            if fault.kind is FaultKind.PARTITION
        )

    def amount(self, kind: FaultKind) -> float:
        """How strong the strongest fault of this kind is now; 0 without one."""
        return self._amounts.get(kind, 0.0)

    def lasts_of_cut(self, node: str, point: int) -> float:
        """How long the power is off that is cut at this point of the node."""
        for fault in self._faults:
            if (fault.kind, fault.node, fault.amount) == (FaultKind.CUT, node, point):
                return fault.lasts
        return 1.0

    def link(self, sender: str, receiver: str) -> Random:
        """The chance of messages from one node to another."""
        link = self._links.get((sender, receiver))
        if link is None:
            link = Random(f"{self._seed} {sender} {receiver}")  # noqa: S311 - repeatable
            self._links[sender, receiver] = link
        return link
