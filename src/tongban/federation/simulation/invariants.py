"""What must hold when everything has healed: once, nowhere twice, nothing lost, everything ended.

Between nodes that tell the truth; what a liar does to its own conversations is its own loss.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from tongban.federation.simulation import books, logs
from tongban.federation.simulation.settlements import OWED, PAID, Debt, home_pays
from tongban.federation.simulation.storage import Kept
from tongban.protocol.conversations import Conversation, Role

if TYPE_CHECKING:
    from tongban.federation.simulation.node import Node
    from tongban.federation.simulation.world import SimulatedWorld

MOST_TOLD = 5


def at_the_end(world: "SimulatedWorld") -> list[str]:
    """The violations, in words; empty when all invariants hold."""
    honest = [node for name, node in world.nodes.items() if name not in dishonest(world)]
    found: list[str] = []
    for check in (
        _ended,
        _arrived,
        _same_end,
        _once,
        _said_is_heard,
        _one_place,
        _money,
        _logged,
        logs.shown_and_cosigned,
        logs.found_out,
        _as_stated,
        _debts,
        _papers,
    ):
        found += list(check(world, honest))[:MOST_TOLD]
    return found


def dishonest(world: "SimulatedWorld") -> set[str]:
    """The nodes that lie to others or have changed their own log."""
    return {*world.liars, *world.tampered}


def is_quiet(world: "SimulatedWorld") -> bool:
    """Whether everything between nodes that tell the truth has ended and arrived.

    What somebody has made of the own log has been shown to the witnesses by then.
    """
    honest = set(world.nodes) - dishonest(world)
    for name in honest:
        node = world.nodes[name]
        if (
            not logs.is_shown(world, node)
            or node.recovery.peers
            or any(peer in honest for peer, _ in node.disk.table("first"))
            or any(peer in honest for peer, _ in node.disk.table("to_carry"))
        ):
            return False
        for conversation in node.disk.table("conversations").values():
            if conversation.peer in honest and not conversation.has_ended:
                return False
    return all(logs.is_judged(world, world.nodes[name]) for name in world.tampered) and all(
        world.nodes[errand.opener].disk.get("errands", number)
        for number, errand in enumerate(world.plan.errands)
        if errand.opener in honest
    )


def _pairs(honest: list["Node"]) -> Iterator[tuple[Conversation, Conversation | None, "Node", "Node"]]:
    """Each conversation as its opener sees it, and as its partner does."""
    by_name = {node.name: node for node in honest}
    for node in honest:
        for conversation in node.disk.table("conversations").values():
            peer = by_name.get(conversation.peer)
            if conversation.role is Role.OPENER and peer is not None:
                yield conversation, peer.disk.get("conversations", conversation.id.int), node, peer


def _ended(world: "SimulatedWorld", honest: list["Node"]) -> Iterator[str]:
    for ours, theirs, node, peer in _pairs(honest):
        for one, where in ((ours, node), (theirs, peer)):
            if one is None or not one.has_ended:
                state = one.state if one else "unknown"
                yield f"{ours.kind_name} {ours.case_ref} has not ended at {where.name}: {state}"


def _arrived(world: "SimulatedWorld", honest: list["Node"]) -> Iterator[str]:
    names = {node.name for node in honest}
    for node in honest:
        for (peer, case_ref), position in node.disk.table("first").items():
            if peer in names:
                yield f"{node.name} still waits for {peer} to take message {position} about {case_ref}"
        for peer, sha256 in node.disk.table("to_carry"):
            if peer in names:
                yield f"{node.name} still has a file for {peer}: {sha256[:6]}"
        if node.recovery.peers:
            yield f"{node.name} has not recalled what it said to {', '.join(sorted(node.recovery.peers))}"


def _same_end(world: "SimulatedWorld", honest: list["Node"]) -> Iterator[str]:
    for ours, theirs, node, peer in _pairs(honest):
        if theirs is not None and ours.state != theirs.state:
            yield (
                f"{ours.kind_name} {ours.case_ref} is {ours.state} at {node.name} "
                f"and {theirs.state} at {peer.name}"
            )


def _once(world: "SimulatedWorld", honest: list["Node"]) -> Iterator[str]:
    for node in honest:
        for done in node.disk.table("done").values():
            if done.times != 1:
                yield f"{done.kind} took effect {done.times} times at {node.name}"


def _said_is_heard(world: "SimulatedWorld", honest: list["Node"]) -> Iterator[str]:
    """What one side said is what the other heard, message by message, nothing besides."""
    by_name = {node.name: node for node in honest}
    for node in honest:
        for (peer, case_ref, position), kept in node.disk.table("own").items():
            other = by_name.get(peer)
            if other is not None:
                heard: Kept | None = other.disk.get("heard", (node.name, case_ref, position))
                if heard is None or heard.body != kept.body:
                    yield f"{kept.message.kind} of {node.name} about {case_ref} was not heard by {peer}"
        for (peer, case_ref, position), kept in node.disk.table("heard").items():
            other = by_name.get(peer)
            if other is not None and other.disk.get("own", (node.name, case_ref, position)) is None:
                yield f"{node.name} heard {kept.message.kind} about {case_ref}, which {peer} never said"
        for done in _effects_without_message(node):
            yield f"{done.kind} took effect at {node.name} without a message"


def _effects_without_message(node: "Node") -> Iterator[books.Done]:
    kept = {one.message.id.int for table in ("own", "heard") for one in node.disk.table(table).values()}
    for message, done in node.disk.table("done").items():
        if message not in kept:
            yield done


def _one_place(world: "SimulatedWorld", honest: list["Node"]) -> Iterator[str]:
    for person, places in world.holders.items():
        if len(places) != 1 and not dishonest(world):
            yield f"a register entry ({person[-6:]}) is at {len(places)} places: {sorted(places)}"
    for ours, theirs, node, peer in _pairs(honest):
        if ours.kind_name == "handover" and theirs is not None and ours.has_ended and theirs.has_ended:
            is_given = ours.state == "answered"
            held = (node.disk.get("case", ours.id) == "held", peer.disk.get("case", ours.id) == "held")
            if held != (not is_given, is_given):
                yield f"the case {ours.case_ref} is held at {sum(held)} places"


def _money(world: "SimulatedWorld", honest: list["Node"]) -> Iterator[str]:
    if dishonest(world):
        return
    total = sum(books.balance(node.disk) for node in honest)
    on_its_way = sum(sum(node.disk.table("instructed").values()) for node in honest)
    if total != books.FUNDS * len(honest) or on_its_way:
        yield f"money: {total - books.FUNDS * len(honest)} fen too many, {on_its_way} fen on their way"


def _debts(world: "SimulatedWorld", honest: list["Node"]) -> Iterator[str]:
    """A bill is owed once, by what was claimed, paid once, and both sides' books say the same of it."""
    names = {node.name for node in honest}
    by_side: dict[str, dict[str, Counter[Debt]]] = {}
    for node in honest:
        for table in (OWED, PAID):
            debts = Counter(debt for debt in node.disk.table(table).values() if {*debt[:2]} <= names)
            by_side.setdefault(table, {})[node.name] = debts
        yield from _not_as_claimed(node)
        bills = Counter(debt[:3] for debt in by_side[OWED][node.name].elements())
        for (debtor, creditor, bill), times in bills.items():
            if times > 1:
                yield f"{debtor} owes {creditor} for bill {bill} {times} times"
        if by_side[OWED][node.name] != by_side[PAID][node.name]:
            yield f"what {node.name} has owed or was owed is not what was paid"
    for books_of in by_side.values():
        for pair in combinations(sorted(names), 2):
            one, other = ({d: n for d, n in books_of[name].items() if {*d[:2]} == {*pair}} for name in pair)
            if one != other:
                yield f"the netting of {pair[0]} and {pair[1]} differs"


def _not_as_claimed(node: "Node") -> Iterator[str]:
    claimed = {
        kept.message.conversation: kept.message.body
        for table in ("own", "heard")
        for kept in node.disk.table(table).values()
        if kept.message.kind == "settlement-claimed"
    }
    for conversation, debt in node.disk.table(OWED).items():
        body = claimed.get(conversation)
        billed = sum(int(line["amount"]) for line in body.lines) if body else 0
        if debt.debtor == node.name and debt.amount != home_pays(billed):
            yield f"bill {debt.bill} is owed by {node.name} otherwise than it was claimed"


def _logged(world: "SimulatedWorld", honest: list["Node"]) -> Iterator[str]:
    """Each access is in the log, once."""
    for node in honest:
        entries = [entry for at, entry in node.disk.table("log").items() if at != "size"]
        if len(entries) != books.log_size(node.disk) or len(set(entries)) != len(entries):
            yield f"the log of {node.name} has gaps or doubles"
        known = set(entries)
        for table in ("own", "heard"):
            for kept in node.disk.table(table).values():
                done = node.disk.get("done", kept.message.id.int)
                if done is None or not books.carries_data(kept.message):
                    continue
                if not any(
                    books.access_entry(kept.message.id, done.digest, is_recalled=is_recalled) in known
                    for is_recalled in (False, True)
                ):
                    yield f"{kept.message.kind} is not in the log of {node.name}"


def _as_stated(world: "SimulatedWorld", honest: list["Node"]) -> Iterator[str]:
    """No side moves money that was not stated."""
    for node in honest:
        stated: dict[object, int] = {}
        for table in ("own", "heard"):
            for kept in node.disk.table(table).values():
                if kept.message.kind == "transfer-stated":
                    stated[kept.message.conversation] = kept.message.body.amount
        for table in ("own", "heard"):
            for kept in node.disk.table(table).values():
                body = kept.message.body
                is_money = kept.message.kind in {"transfer-instructed", "transfer-confirmed"}
                if is_money and stated.get(kept.message.conversation) != body.amount:
                    yield f"{kept.message.kind} at {node.name} is about another amount than stated"


def _papers(world: "SimulatedWorld", honest: list["Node"]) -> Iterator[str]:
    """Each file that evidence named is where the evidence was heard, and what lies there fits its name."""
    names = {node.name for node in honest}
    for node in honest:
        whole = node.papers.shelf.table("whole")
        for sha256, content in whole.items():
            if hashlib.sha256(content).hexdigest() != sha256:
                yield f"{node.name} has other bytes under the name {sha256[:6]}"
        for (peer, case_ref, _), kept in node.disk.table("heard").items():
            for file in getattr(kept.message.body, "files", ()):
                if peer in names and file.sha256 not in whole:
                    yield f"the file of the evidence of {peer} about {case_ref} is not at {node.name}"
