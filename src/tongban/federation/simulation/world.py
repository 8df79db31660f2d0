"""The world of a simulation: virtual time, the network, faults that begin and end, and the run of a plan.

Everything that happens is an event at a moment; which comes next follows from the plan alone.
"""

import heapq
from collections.abc import Callable
from functools import partial
from random import Random
from typing import TypeVar
from uuid import UUID

from tongban.federation.simulation import invariants, papers
from tongban.federation.simulation.disk import Disk, Table
from tongban.federation.simulation.faults import Fault, FaultKind
from tongban.federation.simulation.garbage import without_garbage_collection
from tongban.federation.simulation.lies import Liar, altered, forged_reply
from tongban.federation.simulation.members import Members, members
from tongban.federation.simulation.naming import named
from tongban.federation.simulation.network import Network, Parcel
from tongban.federation.simulation.node import Node, PowerCut
from tongban.federation.simulation.outcome import Outcome
from tongban.federation.simulation.people import (
    Decision,
    Errand,
    as_books_allow,
    decision,
    opening,
    renewed,
)
from tongban.federation.simulation.plan import Plan
from tongban.federation.simulation.tampering import TAMPERING, seen_by_others, tamper
from tongban.protocol import HttpRequest, HttpResponse, Refused
from tongban.protocol import conversations as talk
from tongban.protocol.conversations import CONVERSATIONS_PATH, Conversation
from tongban.protocol.signature import REQUEST_COVER
from tongban.protocol.signature_input import read_claim
from tongban.protocol.tlog.witnessing import ADD_CHECKPOINT_PATH

Work = Callable[[], object]
Done = TypeVar("Done")
LONGEST_HEALING = 3 * 3600.0
"""Virtual seconds within which everything has ended once all faults are over and the last errand is open."""
SECONDS_BETWEEN_LOOKS = 600.0
MOST_EVENTS = 3_000
"""Events, besides 5 a step, after which a run counts as one that does not end."""


class SimulatedWorld:
    """Nodes, network and people of one run."""

    def __init__(self, plan: Plan, *, is_traced: bool = False) -> None:
        self.plan = plan
        self.now = 0.0
        self.outcome = Outcome(plan)
        self.members: Members = members(plan.nodes, is_fast=plan.is_fast)
        self.holders: dict[str, set[str]] = {}
        self.touched: set[str] = set()
        self.receipted: set[tuple[str, str, str]] = set()
        self.restored: set[str] = set()
        self.nodes = {name: self._node(name) for name in self.members.names}
        self.liars: dict[str, Liar] = {}
        self.tampered: dict[str, FaultKind] = {}
        self.network = Network(plan.seed, self.members.names)
        self._is_traced = is_traced
        self._events: list[tuple[float, int, Work]] = []
        self._order = 0
        self._ids = 0
        self._lives = dict.fromkeys(self.members.names, 0)
        self._random = Random(plan.seed)  # noqa: S311 - repeatable, nothing secret

    def run(self) -> Outcome:
        """Let the plan happen, then everything heal, then look at the invariants."""
        with without_garbage_collection():
            return self._run()

    def _run(self) -> Outcome:
        self._prepare()
        while self._events and self.outcome.events < self.plan.steps and not self.outcome.violations:
            self._next()
        if not self.outcome.violations:
            self._heal()
        self.outcome.seconds = self.now
        self.outcome.conversations = sum(len(n.disk.table("conversations")) for n in self.nodes.values()) // 2
        return self.outcome

    # what nodes use

    def new_id(self) -> UUID:
        """An id never used before."""
        self._ids += 1
        return UUID(int=self._ids)

    def new_nonce(self) -> str:
        """What a delivery is told apart by, never used before."""
        self._ids += 1
        return f"{self._ids:032x}"

    def chance(self) -> float:
        """A number from 0 to 1."""
        return self._random.random()

    def later(self, node: str, seconds: float, work: Work) -> None:
        """Do a node's work later, unless it stops before."""
        self._at(self.now + seconds, partial(self._if_still_alive, node, self._lives[node], work))

    def _if_still_alive(self, node: str, life: int, work: Work) -> None:
        if self._lives[node] == life and self.nodes[node].is_up:
            self._by(node, work)

    def changed(self, node: str, conversation: Conversation) -> None:
        """Let people decide about a conversation, and the node look at its time limit."""
        if conversation.has_ended:
            return
        chosen = decision(self.plan.seed, conversation)
        if chosen is not None:
            self.later(node, chosen.after, partial(self._decide, node, conversation, chosen))
        self.nodes[node].watch_time_limit(conversation)
        self.nodes[node].treasury.watch(conversation)

    def send(self, sender: str, receiver: str, request: HttpRequest, nonce: str) -> None:
        """Put a delivery on the network, with what liars and forgers make of it."""
        link = self.network.link(sender, receiver)
        self._carry(Parcel(sender, receiver, request, nonce), link)
        if self.network.amount(FaultKind.FORGER) > link.random() and request.path != ADD_CHECKPOINT_PATH:
            forged = altered(request, with_digest=link.random() < 0.5)
            self._carry(Parcel(sender, receiver, forged), link)
        liar = self.liars.get(sender)
        if liar is not None and link.random() < 0.3:
            for to, lie in liar.lies(receiver, request, self.nodes[sender].moment, self.new_id()):
                self._carry(Parcel(sender, to, lie), self.network.link(sender, to))

    # the network

    def _carry(self, parcel: Parcel, link: Random) -> None:
        for delay in self.network.delays(parcel.sender, parcel.receiver, link):
            self._at(self.now + delay, partial(self._arrive, parcel))

    def _arrive(self, parcel: Parcel) -> None:
        node = self.nodes[parcel.receiver]
        if not node.is_up:
            return
        if parcel.receiver in self.liars:
            self.liars[parcel.receiver].see(parcel.request)
        self.outcome.count(parcel.request)
        response = self._by(parcel.receiver, partial(node.door, parcel.request))
        if response is None:
            return
        if self._is_traced:
            says = f"answers {parcel.sender} with status {response.status}"
            self._tell(parcel.receiver, says, parcel.request)
        self._check_once(parcel, response)
        self._carry_back(parcel, response)

    def _carry_back(self, parcel: Parcel, response: HttpResponse) -> None:
        sender, receiver = parcel.sender, parcel.receiver
        link = self.network.link(receiver, sender)
        is_forged = self.network.amount(FaultKind.FORGER) > link.random() and (
            parcel.request.path == CONVERSATIONS_PATH or parcel.request.method == "PUT"
        )
        reply = forged_reply(parcel.request) if is_forged and parcel.nonce else response
        for delay in self.network.delays(receiver, sender, link):
            self._at(self.now + delay, partial(self._come_back, parcel, reply, self._lives[sender]))

    def _come_back(self, parcel: Parcel, reply: HttpResponse, life: int) -> None:
        node = self.nodes[parcel.sender]
        if self._lives[parcel.sender] == life and node.is_up and parcel.nonce:
            self.outcome.count(parcel.request)
            self._by(parcel.sender, partial(node.hear_reply, parcel.nonce, reply))

    def _check_once(self, parcel: Parcel, response: HttpResponse) -> None:
        receiver, request = parcel.receiver, parcel.request
        if response.status != 200 or request.path != CONVERSATIONS_PATH or receiver in self.restored:
            return
        keyid, nonce = self.members.keys[parcel.sender].keyid, parcel.nonce
        if not nonce:
            claim = read_claim(request.headers, REQUEST_COVER)
            keyid, nonce = claim.keyid, claim.nonce or ""
        delivery = receiver, keyid, nonce
        if delivery in self.receipted:
            self._violate(f"{receiver} took the same delivery twice")
        self.receipted.add(delivery)

    # people

    def _open(self, number: int, errand: Errand) -> None:
        node = self.nodes[errand.opener]
        if node.disk.get("errands", number):
            return
        self._at(self.now + 60.0, lambda: self._open(number, errand))
        if not node.is_up or errand.partner in node.recovery.peers:
            return

        def step() -> talk.Step:
            node.disk.put("errands", number, True)
            says, body, matter = opening(errand, node.moment)
            thread = node.disk.get("threads", (errand.partner, errand.case_ref)) or talk.Thread(
                errand.partner, errand.case_ref
            )
            return talk.open_conversation(thread, matter, says, body, node.here)

        self._tell(errand.opener, f"opens a {errand.kind} with {errand.partner} about {errand.case_ref}")
        self._by(errand.opener, lambda: node.act(step))

    def _decide(self, name: str, seen: Conversation, foreseen: Decision) -> None:
        node = self.nodes[name]
        current: Conversation | None = node.disk.get("conversations", seen.id.int)
        if current is None or (current.state, current.told) != (seen.state, seen.told):
            return
        chosen = foreseen if current is seen else decision(self.plan.seed, current)
        if chosen is None or current.peer in node.recovery.peers:
            return
        says, body = as_books_allow(node.disk, current, chosen)
        again = renewed(current, node.moment) if chosen.renews else None

        def step() -> talk.Step:
            thread = node.disk.get("threads", (current.peer, current.case_ref))
            return talk.decide(thread, current, says, body, node.here, again=again)

        self._tell(name, f"decides {says} in {current.kind_name} {current.case_ref} with {current.peer}")
        if getattr(body, "files", ()):
            node.papers.keep_own(papers.paper(current.id))
        try:
            if not node.act(step):
                self.later(name, 45.0, partial(self._decide, name, seen, foreseen))
        except Refused:
            self._tell(name, "is told that this is not possible now")

    # events

    def _prepare(self) -> None:
        for number, errand in enumerate(self.plan.errands):
            if errand.kind == "transfer":
                disk = self.nodes[errand.partner].disk
                with disk.transaction():
                    disk.put("register", errand.subject, True)
                disk.sync()
            self._at(errand.at, partial(self._open, number, errand))
        for fault in self.plan.faults:
            self._at(fault.at, partial(self._begin, fault))

    def _begin(self, fault: Fault) -> None:
        self._tell(fault.node or "network", f"{fault.kind.value} begins")
        self.network.begin(fault)
        node = self.nodes.get(fault.node)
        if node is not None:
            self._begin_at(node, fault)
        if fault.kind not in {FaultKind.CUT, FaultKind.RESTORE}:
            self._at(fault.at + fault.lasts, lambda: self._end(fault))

    def _begin_at(self, node: Node, fault: Fault) -> None:
        match fault.kind:
            case FaultKind.CUT:
                node.cut_at.add(int(fault.amount))
            case FaultKind.STOP:
                self._stop(node, fault.lasts)
            case FaultKind.SKEW:
                node.skew = fault.amount
            case FaultKind.DISK_FULL:
                node.disk.is_full = True
            case FaultKind.LIAR:
                random = Random(f"{self.plan.seed} liar {node.name}")  # noqa: S311 - repeatable
                self.liars[node.name] = Liar(node.name, self.members, random)
            case kind if kind in TAMPERING:
                self._tamper(node, fault)
            case FaultKind.RESTORE:
                backup, taken_at = node.disk.backup(), self.now
                self._at(self.now + fault.amount, lambda: self._restore(node, fault, backup, taken_at))

    def _end(self, fault: Fault) -> None:
        if not self.network.end(fault):
            return
        self._tell(fault.node or "network", f"{fault.kind.value} is over")
        node = self.nodes.get(fault.node)
        if node is None:
            return
        if fault.kind is FaultKind.SKEW:
            node.skew = 0.0
        if fault.kind is FaultKind.DISK_FULL:
            node.disk.is_full = False

    def _tamper(self, node: Node, fault: Fault) -> None:
        """Let an operator change the node's log, as soon as there is something that others have seen."""
        if fault not in self.network.faults:
            return
        seen = seen_by_others(
            node, [self.nodes[name] for name in node.ledger.witnesses if name not in self.liars]
        )
        if seen is None:
            self._at(self.now + 30.0, partial(self._tamper, node, fault))
            return
        self._tell(node.name, f"{fault.kind.value} where {seen} records are cosigned")
        self.tampered[node.name] = fault.kind
        tamper(node, fault.kind, seen)

    def _restore(self, node: Node, fault: Fault, backup: dict[str, Table], taken_at: float) -> None:
        if not self.network.end(fault):
            return  # everything healed before
        self._tell(node.name, f"the backup of {taken_at:.1f} s is restored")
        self.restored.add(node.name)
        self._stop(node, fault.lasts)
        node.disk.restore(backup)
        node.disk.is_full = False
        node.ledger.resume()
        node.recovery.begin(taken_at)

    def _stop(self, node: Node, lasts: float) -> None:
        """Stop a node as a power cut does, and start it again."""
        self._tell(node.name, f"stops for {lasts:.1f} s")
        self._lives[node.name] += 1
        node.disk.crash()
        node.papers.shelf.crash()
        node.is_up = False
        life = self._lives[node.name]
        self._at(self.now + lasts, lambda: self._start(node, life))

    def _start(self, node: Node, life: int) -> None:
        if node.is_up or self._lives[node.name] != life:
            return
        self._tell(node.name, "starts")
        node.forget()
        self._by(node.name, node.start)

    def _heal(self) -> None:
        self._tell("network", "everything heals")
        for fault in self.network.faults:
            if fault.kind is not FaultKind.RESTORE:
                self._end(fault)
        for node in self.nodes.values():
            node.cut_at.clear()
            self._start(node, self._lives[node.name])
        last = max((errand.at for errand in self.plan.errands), default=0.0)
        until = max(self.now, last) + LONGEST_HEALING
        looks_at = self.now
        most = MOST_EVENTS + 5 * self.plan.steps
        while self._events and self.now < until and not self.outcome.violations:
            self._next()
            if self.outcome.events > most:
                break
            if self.now > looks_at:
                if invariants.is_quiet(self):
                    break
                looks_at = self.now + SECONDS_BETWEEN_LOOKS
        if not self.outcome.violations:
            self.outcome.violations += invariants.at_the_end(self)

    def _by(self, name: str, work: Callable[[], Done]) -> Done | None:
        """Let a node work; the power may be cut in the middle."""
        node = self.nodes[name]
        try:
            return work()
        except PowerCut:
            self._stop(node, self.network.lasts_of_cut(name, node.points))
        except Exception as error:  # a node's code must not fail: what it raises is a finding
            self._violate(f"{name} failed with {type(error).__name__}: {error}")
        return None

    def _at(self, moment: float, work: Work) -> None:
        self._order += 1
        heapq.heappush(self._events, (moment, self._order, work))

    def _next(self) -> None:
        moment, _, work = heapq.heappop(self._events)
        self.now = max(self.now, moment)
        self.outcome.events += 1
        work()
        if self.touched:
            self._check_register()

    def _node(self, name: str) -> Node:
        def watch(table: str, key: object, before: object, after: object) -> None:
            holders = self.holders.setdefault(str(key), set())
            holders.discard(name)
            if after is not None:
                holders.add(name)
            self.touched.add(str(key))

        return Node(name, self.members, self, Disk(watch, frozenset({"register"})))

    def _check_register(self) -> None:
        """A person's register entry is at one place at most, at any time, where nodes know their own past."""
        for person in self.touched:
            places = {name for name in self.holders.get(person, ()) if not self.nodes[name].recovery.peers}
            if len(places - set(self.liars)) > 1:
                self._violate(f"the register entry of one person is at {' and '.join(sorted(places))}")
        self.touched.clear()

    def _violate(self, what: str) -> None:
        self._tell("invariant", what)
        self.outcome.violations.append(f"{what} at {self.now:.1f} s")

    def _tell(self, who: str, what: str, request: HttpRequest | None = None) -> None:
        if not self._is_traced:
            return
        about = named(request) if request is not None else ""
        self.outcome.trace.append(f"{self.now:8.1f} s  {who}  {what}{about}")
