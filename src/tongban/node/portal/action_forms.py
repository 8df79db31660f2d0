"""The forms of a case's actions, made from their definitions: what is asked, what was written, what is wrong.

Promises: a form shows exactly what the definition asks for; what was written survives a refusal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import QueryDict

from tongban.node.casework import suggesting
from tongban.node.casework.procedure import Action, Input
from tongban.node.casework.shown import CaseView
from tongban.node.config import this_node
from tongban.node.theme.wording import spoken
from tongban.places import agencies
from tongban.services import Text

OWN_PAGES = frozenset(
    {"withdraw", "confirm", "refuse", "ask-again", "correct-answer", "confirm-fact", "decline-fact"}
)
"""Actions that have a form of their own on the pages."""


TALK = frozenset({"write", "write-back"})
"""Actions by which both sides talk: their forms come first and stand open."""


GIVING_UP = frozenset({"break-off", "leave", "turn-away"})
"""Actions that end it without a result: their forms come last."""


@dataclass(frozen=True)
class Field:
    """One input of a form: its definition, what was written, what is wrong with it, what can be chosen."""

    asked: Input
    id: str
    value: str
    error: str
    options: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()

    @property
    def ticked(self) -> frozenset[str]:
        """Of options of which several may be chosen, those that were."""
        return frozenset(self.value.split())

    @property
    def described_by(self) -> str:
        """The ids of the help and of the error, as `aria-describedby` wants them."""
        parts = [f"{self.id}-help"] * bool(self.asked.help) + [f"{self.id}-error"] * bool(self.error)
        return " ".join(parts)


@dataclass(frozen=True)
class ActionForm:
    """One action with its fields; open when it was tried and refused, or one talks by it."""

    action: Action
    fields: tuple[Field, ...]
    is_open: bool


def errors_in(forms: Iterable[ActionForm]) -> list[tuple[str, str]]:
    """What is wrong in the forms, by the id of the field, in the order of the page."""
    return [(field.id, field.error) for form in forms for field in form.fields if field.error]


def written_in(sent: QueryDict) -> dict[str, str]:
    """What was written into a form; of several boxes with one name all that were ticked."""
    return {key: " ".join(str(one) for one in sent.getlist(key)) for key in sent}


def action_forms(
    view: CaseView,
    tried: str = "",
    written: Mapping[str, str] | None = None,
    wrong: Mapping[str, Text] | None = None,
) -> tuple[ActionForm, ...]:
    """The forms of the actions that are available: those one talks by, then those that bring the case on.

    Those that end it without a result are the last.

    `tried` keeps what was written and shows what is wrong.
    """
    offered = sorted(
        view.actions,
        key=lambda action: (action.code not in TALK, action.code in GIVING_UP, _is_aside(view, action)),
    )
    return tuple(
        _form(view, action, *((written or {}, wrong or {}) if action.code == tried else ({}, {})), tried)
        for action in offered
        if action.code not in OWN_PAGES
    )


def _is_aside(view: CaseView, action: Action) -> bool:
    """Whether the case stays where it is, or comes back there."""
    happening = view.procedure.happenings[action.records]
    return happening.stays or happening.leaves


def _form(
    view: CaseView, action: Action, written: Mapping[str, str], wrong: Mapping[str, Text], tried: str
) -> ActionForm:
    fields = tuple(
        Field(
            asked=asked,
            id=f"{action.code}-{asked.key}",
            value=written.get(asked.key, ""),
            error=spoken(wrong.get(asked.key)),
            options=_options(view, asked),
            groups=_questions(view) if asked.type == "question" else (),
        )
        for asked in action.asks
    )
    return ActionForm(action, fields, is_open=action.code in {tried, *TALK})


def _options(view: CaseView, asked: Input) -> tuple[tuple[str, str], ...]:
    match asked.type:
        case "choice":
            return tuple((option.value, spoken(option.label)) for option in asked.options)
        case "agency":
            return _agencies_of_this_side()
        case "evidence":
            return tuple(
                (piece.key, spoken(piece.title)) for piece in view.evidence if piece.status == "refused"
            )
        case "rows" if view.bill is not None:
            return tuple(
                (f"/lines/{at}", " · ".join(spoken(cell) for cell in row))
                for at, row in enumerate(view.bill.lines.rows)
            )
        case "rows":
            return tuple((row.path, f"{spoken(row.label)} · {spoken(row.shown)}") for row in view.rows)
        case "category":
            return tuple((one.code, spoken(one.name)) for one in view.service.definition.categories)
        case _:
            return ()


def _questions(view: CaseView) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The questions of the other services' forms, by service."""
    return tuple(
        (
            spoken(service.definition.name),
            tuple((f"{service.code}/{one.key}", spoken(one.label)) for one in asked),
        )
        for service, asked in suggesting.answerable(besides=view.service.code)
    )


def _agencies_of_this_side() -> tuple[tuple[str, str], ...]:
    side = this_node().jurisdiction
    return tuple((one.code, spoken(one.name)) for one in agencies.agencies().values() if one.side == side)
