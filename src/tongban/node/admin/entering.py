"""What operators type and choose: people and enterprises by number, services and places from lists, days.

Promises: every field is the browser's own, so that it works without scripts and says its name to a screen
reader; who is not known is refused with what to do.
"""

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.db.models import DateField, Field, ForeignKey
from django.utils.translation import gettext_lazy as _

from tongban.node.casework import catalogue
from tongban.node.clock import today
from tongban.node.people.models import Enterprise, Grant, Mandate, Person
from tongban.node.portal.names import service_name
from tongban.node.portal.regions import places_by_region
from tongban.node.theme.wording import spoken
from tongban.places import SICHUAN, place
from tongban.places.credit_code import CreditCodeRefused
from tongban.places.credit_code import parse as parse_code
from tongban.places.resident_id import ResidentIdRefused
from tongban.places.resident_id import parse as parse_number

if TYPE_CHECKING:
    _Column = Field[Any, Any]
else:
    _Column = Field

_LONGEST: Final = 18


class PersonOfNumber(forms.CharField):
    """A person whom the node knows, by the whole ID number."""

    def clean(self, value: Any) -> Any:
        """The person; nobody for nothing."""
        text = super().clean(value)
        if not text:
            return None
        try:
            number = parse_number(text, today()).number
        except ResidentIdRefused as refused:
            raise forms.ValidationError(spoken(refused.text)) from refused
        person = Person.objects.filter(resident_id=number).first()
        if person is None:
            raise forms.ValidationError(_("本节点没有这个人。请核对号码，或者请本人先在这里登录一次。"))
        return person


class EnterpriseOfCode(forms.CharField):
    """An enterprise that was entered, by its unified social credit code."""

    def clean(self, value: Any) -> Any:
        """The enterprise; none for nothing."""
        text = super().clean(value)
        if not text:
            return None
        try:
            code = parse_code(text)
        except CreditCodeRefused as refused:
            raise forms.ValidationError(spoken(refused.text)) from refused
        enterprise = Enterprise.objects.filter(pk=code).first()
        if enterprise is None:
            raise forms.ValidationError(_("还没有登记这家企业。请核对代码，或者先在“企业”里增加它。"))
        return enterprise


def field_for(column: _Column) -> forms.Field | None:
    """The field in which an operator gives this column; None where Django's own will do."""
    about: dict[str, Any] = {"label": column.verbose_name, "required": not column.blank}
    if isinstance(column, DateField):
        return forms.DateField(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **about)
    if isinstance(column, ForeignKey) and column.related_model is Person:
        return PersonOfNumber(help_text=_("填公民身份号码"), max_length=_LONGEST, **about)
    if isinstance(column, ForeignKey) and column.related_model is Enterprise:
        return EnterpriseOfCode(help_text=_("填统一社会信用代码"), max_length=_LONGEST, **about)
    match (column.model, column.name):
        case (model, "services") if model is Mandate:
            return forms.MultipleChoiceField(
                choices=_offered,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("一个都不选，就是所有事项"),
                **about,
            )
        case (model, "service") if model is Grant:
            return forms.ChoiceField(choices=_services, **about)
        case (model, "place") if model is Grant:
            return forms.ChoiceField(choices=_places, **about)
    return None


def _offered() -> list[tuple[str, str]]:
    return [(one.code, spoken(one.definition.name)) for one in catalogue.offered()]


def _services() -> list[tuple[str, Any]]:
    """Every service that is offered, and those that were granted while they were."""
    offered = _offered()
    former = set(Grant.objects.values_list("service", flat=True)) - {code for code, _name in offered} - {""}
    return [("", _("所有事项")), *offered, *((code, service_name(code)) for code in sorted(former))]


def _places() -> list[tuple[str, Any]]:
    """Every place in force, by region, and those that were granted while they were."""
    now_there = _regions()
    known = {code for _name, places in now_there for code, _place in places}
    former = set(Grant.objects.values_list("place", flat=True)) - known - {""}
    return [("", _("所有地方")), *now_there, *((code, code) for code in sorted(former))]


def _regions() -> list[tuple[str, list[tuple[str, str]]]]:
    province = spoken(place(SICHUAN, today()).name)
    return [(province, [(SICHUAN, province)]), *places_by_region(today())]
