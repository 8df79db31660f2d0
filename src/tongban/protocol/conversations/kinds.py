"""The kinds of conversation as tables: who may say what in which state, and what the other side makes of it.

One place decides in each race: the partner, in whose hands the matter is. What crosses its decision on
the way changes nothing. A test walks through every pair of states that two sides can reach.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class Role(StrEnum):
    """Which side of a conversation a node is on."""

    OPENER = "opener"
    PARTNER = "partner"

    __hash__ = str.__hash__

    @property
    def other(self) -> "Role":
        """The other side."""
        return Role.PARTNER if self is Role.OPENER else Role.OPENER


class Cause(StrEnum):
    """What makes a side say something."""

    DECISION = "decision"
    AUTOMATIC = "automatic"
    DUE = "due"
    INADMISSIBLE = "inadmissible"

    __hash__ = str.__hash__


@dataclass(frozen=True, slots=True)
class Move:
    """One kind of message: who says it, in which states, and the states both sides are in afterwards.

    `said` maps the speaker's state before to the one after, `heard` the listener's; the empty state is
    that of a conversation that is not open yet. A listener's state that stays as it is in `heard` means
    that the message came too late: it is taken in and has no effect.
    `renews` tells that the message brings a new time limit.
    """

    says: str
    by: Role
    said: Mapping[str, str]
    heard: Mapping[str, str]
    cause: Cause = Cause.DECISION
    renews: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind of conversation: its moves, its final states."""

    name: str
    moves: tuple[Move, ...]
    final: frozenset[str]

    @property
    def opening(self) -> Move:
        """The move that opens it."""
        return self.moves[0]

    def move(self, says: str) -> Move | None:
        """The move of that message."""
        return self._by_message.get(says)

    def possible(self, state: str, by: Role, cause: Cause) -> tuple[Move, ...]:
        """What a side may say in a state for that cause."""
        return self._by_state.get((state, by, cause), ())

    @cached_property
    def _by_message(self) -> dict[str, Move]:
        return {move.says: move for move in self.moves}

    @cached_property
    def _by_state(self) -> dict[tuple[str, Role, Cause], tuple[Move, ...]]:
        found: dict[tuple[str, Role, Cause], tuple[Move, ...]] = {}
        for move in self.moves:
            for state in move.said:
                key = state, move.by, move.cause
                found[key] = (*found.get(key, ()), move)
        return found


NOT_OPEN = ""
_A, _B = Role.OPENER, Role.PARTNER


def _stays(*states: str) -> dict[str, str]:
    return {state: state for state in states}


def _all(to: str, *states: str) -> dict[str, str]:
    return dict.fromkeys(states, to)


HANDOVER = Kind(
    "handover",
    (
        Move("handover-offered", _A, {NOT_OPEN: "offered"}, {NOT_OPEN: "offered"}, renews=True),
        Move(
            "handover-accepted",
            _B,
            _all("accepted", "offered", "offered-again"),
            _all("accepted", "offered", "offered-again", "withdrawing"),
        ),
        Move(
            "handover-returned",
            _B,
            {"offered": "returned"},
            {"offered": "returned", "withdrawing": "withdrawn"},
        ),
        Move(
            "handover-offered-again",
            _A,
            {"returned": "offered-again"},
            {"returned": "offered-again"},
            renews=True,
        ),
        Move(
            "handover-withdrawn",
            _A,
            {"offered": "withdrawing", "offered-again": "withdrawing", "returned": "withdrawn"},
            _all("letting-go", "offered", "offered-again")
            | {"returned": "withdrawn"}
            | _stays("accepted", "answered", "lapsed", "declined"),
        ),
        Move(
            "handover-let-go",
            _B,
            {"letting-go": "withdrawn"},
            {"withdrawing": "withdrawn"},
            Cause.AUTOMATIC,
        ),
        Move("handover-answered", _B, {"accepted": "answered"}, {"accepted": "answered"}),
        Move(
            "handover-lapsed",
            _B,
            _all("lapsed", "offered", "offered-again"),
            _all("lapsed", "offered", "offered-again", "withdrawing"),
            Cause.DUE,
        ),
        Move(
            "handover-declined",
            _B,
            _all("declined", "offered", "offered-again"),
            _all("declined", "offered", "offered-again", "withdrawing"),
            Cause.INADMISSIBLE,
        ),
    ),
    frozenset({"answered", "withdrawn", "lapsed", "declined"}),
)
"""A case is offered to the other side, taken or once returned with a reason, and answered back."""

_BEFORE_MONEY = ("asked", "stated", "agreed")

TRANSFER = Kind(
    "transfer",
    (
        Move("transfer-asked", _A, {NOT_OPEN: "asked"}, {NOT_OPEN: "asked"}, renews=True),
        Move(
            "transfer-stated",
            _B,
            {"asked": "stated"},
            {"asked": "stated"} | _stays("withdrawing"),
        ),
        Move(
            "transfer-asked-again",
            _A,
            {"stated": "asked"},
            {"stated": "asked"} | _stays("declined", "lapsed"),
        ),
        Move(
            "transfer-agreed",
            _A,
            {"stated": "agreed"},
            {"stated": "agreed"} | _stays("declined", "lapsed"),
        ),
        Move(
            "transfer-instructed",
            _B,
            {"agreed": "moved"},
            _all("moved", "agreed", "withdrawing"),
        ),
        Move("transfer-confirmed", _A, {"moved": "confirmed"}, {"moved": "confirmed"}),
        Move(
            "transfer-declined",
            _B,
            _all("declined", *_BEFORE_MONEY),
            _all("declined", *_BEFORE_MONEY, "withdrawing"),
        ),
        Move(
            "transfer-withdrawn",
            _A,
            _all("withdrawing", *_BEFORE_MONEY),
            _all("letting-go", *_BEFORE_MONEY) | _stays("moved", "declined", "lapsed", "inadmissible"),
        ),
        Move(
            "transfer-let-go",
            _B,
            {"letting-go": "withdrawn"},
            {"withdrawing": "withdrawn"},
            Cause.AUTOMATIC,
        ),
        Move(
            "transfer-lapsed",
            _B,
            _all("lapsed", *_BEFORE_MONEY),
            _all("lapsed", *_BEFORE_MONEY, "withdrawing"),
            Cause.DUE,
        ),
        Move(
            "transfer-inadmissible",
            _B,
            {"asked": "inadmissible"},
            _all("inadmissible", "asked", "withdrawing"),
            Cause.INADMISSIBLE,
        ),
    ),
    frozenset({"confirmed", "declined", "withdrawn", "lapsed", "inadmissible"}),
)
"""A relation and its money move: contact letter, statement of account, agreement, money instruction,
confirmation. What does not fit may be stated anew as often as the opener asks; the last statement counts.

The instruction is the point of no return; before it either side may step back.
"""

NOTICE = Kind(
    "notice",
    (
        Move("notice-given", _A, {NOT_OPEN: "given"}, {NOT_OPEN: "given"}, renews=True),
        Move("notice-taken", _B, {"given": "taken"}, {"given": "taken"}, Cause.AUTOMATIC),
        Move("notice-declined", _B, {"given": "declined"}, {"given": "declined"}, Cause.INADMISSIBLE),
    ),
    frozenset({"taken", "declined"}),
)
"""One side tells the other something that needs no decision."""

SUBSCRIPTION = Kind(
    "subscription",
    (
        Move("subscription-asked", _A, {NOT_OPEN: "asked"}, {NOT_OPEN: "asked"}, renews=True),
        Move(
            "subscription-accepted",
            _B,
            {"asked": "active"},
            {"asked": "active"} | _stays("withdrawing"),
        ),
        Move(
            "subscription-told",
            _B,
            {"active": "active"},
            {"active": "active"} | _stays("withdrawing"),
        ),
        Move(
            "subscription-refused",
            _B,
            {"asked": "refused"},
            _all("refused", "asked", "withdrawing"),
        ),
        Move(
            "subscription-withdrawn",
            _A,
            _all("withdrawing", "asked", "active"),
            _all("letting-go", "asked", "active") | _stays("refused", "lapsed", "declined"),
        ),
        Move(
            "subscription-let-go",
            _B,
            {"letting-go": "withdrawn"},
            {"withdrawing": "withdrawn"},
            Cause.AUTOMATIC,
        ),
        Move(
            "subscription-lapsed",
            _B,
            _all("lapsed", "asked", "active"),
            _all("lapsed", "asked", "active", "withdrawing"),
            Cause.DUE,
        ),
        Move(
            "subscription-declined",
            _B,
            {"asked": "declined"},
            _all("declined", "asked", "withdrawing"),
            Cause.INADMISSIBLE,
        ),
    ),
    frozenset({"refused", "withdrawn", "lapsed", "declined"}),
)
"""One side is told of every change to something, until it no longer wants to be or the time is over."""

EVIDENCE = Kind(
    "evidence",
    (
        Move("evidence-asked", _A, {NOT_OPEN: "asked"}, {NOT_OPEN: "asked"}, renews=True),
        Move("evidence-given", _B, {"asked": "given"}, _all("given", "asked", "withdrawing")),
        Move("evidence-refused", _B, {"asked": "refused"}, _all("refused", "asked", "withdrawing")),
        Move(
            "evidence-withdrawn",
            _A,
            {"asked": "withdrawing"},
            {"asked": "letting-go"} | _stays("given", "refused", "lapsed", "declined"),
        ),
        Move(
            "evidence-let-go",
            _B,
            {"letting-go": "withdrawn"},
            {"withdrawing": "withdrawn"},
            Cause.AUTOMATIC,
        ),
        Move("evidence-lapsed", _B, {"asked": "lapsed"}, _all("lapsed", "asked", "withdrawing"), Cause.DUE),
        Move(
            "evidence-declined",
            _B,
            {"asked": "declined"},
            _all("declined", "asked", "withdrawing"),
            Cause.INADMISSIBLE,
        ),
    ),
    frozenset({"given", "refused", "withdrawn", "lapsed", "declined"}),
)
"""A question for evidence that somebody has to look into; `evidence-request` is answered at once."""

SETTLEMENT = Kind(
    "settlement",
    (
        Move("settlement-claimed", _A, {NOT_OPEN: "claimed"}, {NOT_OPEN: "claimed"}, renews=True),
        Move(
            "settlement-adjudicated",
            _B,
            {"claimed": "adjudicated"},
            _all("adjudicated", "claimed", "withdrawing"),
        ),
        Move("settlement-refused", _B, {"claimed": "refused"}, _all("refused", "claimed", "withdrawing")),
        Move("settlement-cleared", _B, {"adjudicated": "cleared"}, {"adjudicated": "cleared"}),
        Move(
            "settlement-withdrawn",
            _A,
            {"claimed": "withdrawing"},
            {"claimed": "letting-go"} | _stays("adjudicated", "refused", "cleared", "lapsed", "declined"),
        ),
        Move(
            "settlement-let-go",
            _B,
            {"letting-go": "withdrawn"},
            {"withdrawing": "withdrawn"},
            Cause.AUTOMATIC,
        ),
        Move(
            "settlement-lapsed",
            _B,
            {"claimed": "lapsed"},
            _all("lapsed", "claimed", "withdrawing"),
            Cause.DUE,
        ),
        Move(
            "settlement-declined",
            _B,
            {"claimed": "declined"},
            _all("declined", "claimed", "withdrawing"),
            Cause.INADMISSIBLE,
        ),
    ),
    frozenset({"cleared", "refused", "withdrawn", "lapsed", "declined"}),
)
"""A point of service charges the home scheme: a claim, what the home rules give, and the clearing later.

From the adjudication on the amount is owed and the claim cannot be taken back.
"""

KINDS: Mapping[str, Kind] = {
    kind.name: kind for kind in (HANDOVER, TRANSFER, NOTICE, SUBSCRIPTION, EVIDENCE, SETTLEMENT)
}
KIND_OF_MESSAGE: Mapping[str, Kind] = {move.says: kind for kind in KINDS.values() for move in kind.moves}
