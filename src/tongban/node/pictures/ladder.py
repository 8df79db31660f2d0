"""The reasons ladder: the decision on top, under it the rules that led to it, each folding open.

Promises: every step of the law's explanation is on it once; a step that rests on an unverified parameter
says so before it is opened; it folds open without a script.
"""

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongban.node.pictures.articles import article_folds
from tongban.node.pictures.cited import cited
from tongban.node.pictures.explanation import Explanation, Parameter, Step
from tongban.node.pictures.markup import Child, element, together
from tongban.node.pictures.sides import unverified_mark
from tongban.node.theme.wording import amount_words, day_words, heading, is_english, iso_day, spoken


def shown_value(part: Step | Parameter, name: str = "") -> str:
    """The value of a step or a parameter as people write it; `name` tells what it counts (`…_months`)."""
    if part.shown:
        return spoken(part.shown)
    named = name or (part.rule if isinstance(part, Step) else part.name)
    return amount_words(named, part.value)


def _mark(step: Step, explanation: Explanation) -> SafeString:
    if step.is_unverified:
        return unverified_mark()
    if explanation.rests_on_unverified(step.rule):
        return element("span", _("据未核实数字"), class_="mark")
    if step.parameters:
        return element("span", _("依据可靠"), class_="mark mark--good")
    return together()


def _parameter(parameter: Parameter) -> SafeString:
    name = heading(parameter.title) if parameter.title else parameter.name
    if under := spoken(parameter.under):
        name += f" ({under})" if is_english() else f"（{under}）"
    since = _("自 %(day)s 起") % {"day": day_words(iso_day(parameter.since))} if parameter.since else ""
    confidence = {"high": _("原文已核对"), "medium": _("与多处资料一致，原文未再核对"), "low": _("未核实")}
    return element(
        "li",
        element("b", _("%(name)s：%(value)s") % {"name": name, "value": shown_value(parameter)}),
        element("span", since, class_="rung__since") if since else "",
        element("span", _("出处："), cited(parameter.source), class_="rung__source"),
        element(
            "span", confidence.get(parameter.confidence, parameter.confidence), class_="rung__confidence"
        ),
    )


def _inputs(step: Step, titles: dict[str, str]) -> list[Child]:
    named = [
        (name, titles.get(name) or spoken(step.labels.get(name)), value)
        for name, value in step.inputs.items()
    ]
    rows = [
        element("div", element("dt", label), element("dd", amount_words(name, value)))
        for name, label, value in named
        if label and not isinstance(value, list | dict)
    ]
    return [element("dl", *rows, class_="rung__inputs")] if rows else []


def _rung(explanation: Explanation, step: Step, titles: dict[str, str], is_open: bool) -> SafeString:
    body: list[Child] = []
    if step.reason:
        body.append(element("p", spoken(step.reason), class_="govuk-body rung__reason"))
    body += _inputs(step, titles)
    if step.parameters:
        body.append(element("ul", *map(_parameter, step.parameters), class_="rung__parameters"))
    if step.cites:
        body.append(element("p", _("依据："), cited(step.cites), class_="govuk-body-s rung__cites"))
        body.append(article_folds(step.cites))
    head = element(
        "summary", titles[step.rule], " ", element("b", shown_value(step)), " ", _mark(step, explanation)
    )
    return element("details", head, *body, class_="rung", open=is_open)


def reasons_ladder(explanation: Explanation, top: Sequence[str]) -> SafeString:
    """The ladder under the rules `top`; what they do not rest on stands apart, beneath."""
    titles = {step.rule: heading(step.title) for step in explanation.steps}
    leading = explanation.resting_on(top)
    rest = tuple(step for step in reversed(explanation.steps) if step not in leading)
    rungs = [_rung(explanation, step, titles, is_open=position < 2) for position, step in enumerate(leading)]
    ladder = element("div", *rungs, class_="ladder") if rungs else ""
    others = (
        element(
            "details",
            element("summary", _("另一地和其他的计算步骤")),
            element(
                "div", *(_rung(explanation, step, titles, is_open=False) for step in rest), class_="ladder"
            ),
            class_="fold",
        )
        if rest
        else ""
    )
    return together(ladder, others)
