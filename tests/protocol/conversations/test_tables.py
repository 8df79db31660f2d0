"""The tables of all kinds, walked through: every pair of states two sides can reach with messages on the way.

Messages of each direction arrive in order, which the threads see to; how the directions interleave is free.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from tongban.protocol.conversations import KINDS, Cause, Kind, Move, Role
from tongban.protocol.conversations.messages import MODELS

BOTH = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
MOST_ON_THE_WAY = 3


@dataclass(frozen=True)
class Pair:
    """Both sides' states and what is on its way between them."""

    opener: str = ""
    partner: str = ""
    to_partner: tuple[str, ...] = ()
    to_opener: tuple[str, ...] = ()

    def state(self, role: Role) -> str:
        return self.opener if role is Role.OPENER else self.partner

    @property
    def is_quiet(self) -> bool:
        return not self.to_partner and not self.to_opener


def say(pair: Pair, move: Move) -> Pair:
    if move.by is Role.OPENER:
        return replace(pair, opener=move.said[pair.opener], to_partner=(*pair.to_partner, move.says))
    return replace(pair, partner=move.said[pair.partner], to_opener=(*pair.to_opener, move.says))


def hear(pair: Pair, kind: Kind, role: Role) -> Pair:
    waiting = pair.to_partner if role is Role.PARTNER else pair.to_opener
    move = kind.move(waiting[0])
    assert move is not None
    assert pair.state(role) in move.heard, f"{move.says} cannot be heard by the {role} in {pair}"
    state = move.heard[pair.state(role)]
    if role is Role.PARTNER:
        return replace(pair, partner=state, to_partner=waiting[1:])
    return replace(pair, opener=state, to_opener=waiting[1:])


def can_say(pair: Pair, kind: Kind, move: Move) -> bool:
    on_the_way = pair.to_partner if move.by is Role.OPENER else pair.to_opener
    return pair.state(move.by) in move.said and len(on_the_way) < MOST_ON_THE_WAY


def next_pairs(pair: Pair, kind: Kind) -> Iterator[Pair]:
    for move in kind.moves:
        if can_say(pair, kind, move):
            yield say(pair, move)
    if pair.to_partner:
        yield hear(pair, kind, Role.PARTNER)
    if pair.to_opener:
        yield hear(pair, kind, Role.OPENER)


def reachable(kind: Kind) -> set[Pair]:
    seen = {Pair()}
    waiting = deque(seen)
    while waiting:
        for pair in next_pairs(waiting.popleft(), kind):
            if pair not in seen:
                seen.add(pair)
                waiting.append(pair)
    return seen


@BOTH
def test_when_nothing_is_on_its_way_both_sides_say_the_same(kind: Kind) -> None:
    for pair in reachable(kind):
        if pair.is_quiet:
            is_being_let_go = (pair.opener, pair.partner) == ("withdrawing", "letting-go")
            assert pair.opener == pair.partner or is_being_let_go, pair


@BOTH
def test_an_ended_conversation_stays_as_it_ended(kind: Kind) -> None:
    for move in kind.moves:
        assert not kind.final & set(move.said)
        assert all(move.heard[state] == state for state in kind.final & set(move.heard))


@BOTH
def test_from_everywhere_there_is_a_way_to_the_end(kind: Kind) -> None:
    pairs = reachable(kind)
    ends = {pair for pair in pairs if pair.is_quiet and {pair.opener, pair.partner} <= kind.final}
    leads_to_end = set(ends)
    grows = True
    while grows:
        more = {
            pair for pair in pairs - leads_to_end if any(n in leads_to_end for n in next_pairs(pair, kind))
        }
        grows = bool(more)
        leads_to_end |= more
    assert leads_to_end == pairs


@BOTH
def test_whoever_waits_for_the_partner_is_freed_by_its_time_limit(kind: Kind) -> None:
    binding = {"handover": {"accepted"}, "transfer": {"moved"}, "settlement": {"adjudicated"}}
    for state in {state for move in kind.moves if move.by is Role.PARTNER for state in move.said}:
        if state in binding.get(kind.name, set()):
            continue
        causes = {m.cause for m in kind.moves if m.by is Role.PARTNER and state in m.said}
        assert causes & {Cause.DUE, Cause.AUTOMATIC}, state


@BOTH
def test_the_opener_may_step_back_until_the_partner_has_bound_itself(kind: Kind) -> None:
    step_back = kind.move(f"{kind.name}-withdrawn")
    if step_back is None:
        assert kind.name == "notice"
        return
    for state in ("offered", "returned", "offered-again", "asked", "stated", "agreed", "active", "claimed"):
        if any(state in move.said for move in kind.moves):
            assert state in step_back.said


def test_money_moves_by_one_message_only_and_never_after_a_step_back() -> None:
    pairs = reachable(KINDS["transfer"])
    for pair in pairs:
        if pair.opener == "withdrawn" or pair.partner == "withdrawn":
            assert "transfer-instructed" not in pair.to_opener
        assert pair.to_opener.count("transfer-instructed") <= 1


def test_a_case_is_returned_once_at_most() -> None:
    returned = KINDS["handover"].move("handover-returned")
    assert returned is not None
    assert set(returned.said) == {"offered"}
    again = KINDS["handover"].move("handover-offered-again")
    assert again is not None
    assert "offered" not in again.said.values()


def test_every_message_has_a_form_and_every_form_a_row() -> None:
    assert set(MODELS) == {move.says for kind in KINDS.values() for move in kind.moves}
