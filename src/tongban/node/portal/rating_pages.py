"""Rating a case that has ended, and the figures of all services, which everybody may see."""

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.node.casework import cases, catalogue, ratings
from tongban.node.casework.refusals import Refused
from tongban.node.people.applicants import Applicant
from tongban.node.portal.doors import for_applicants
from tongban.node.theme.wording import spoken
from tongban.services import Text

_REFUSED = 409
_INVALID = 422


class RatingForm(forms.Form):
    """One of five grades, and words if there is something to say."""

    grade = forms.TypedChoiceField(coerce=int, required=True)
    words = forms.CharField(required=False, max_length=ratings.LONGEST_WORDS)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        grade, words = self.fields["grade"], self.fields["words"]
        assert isinstance(grade, forms.TypedChoiceField)
        grade.choices = [(value, spoken(label)) for value, label in ratings.GRADES.items()]
        grade.error_messages |= dict.fromkeys(("required", "invalid_choice"), _("请选择五个等级中的一个"))
        words.error_messages["max_length"] = _("最多 500 字")


@dataclass(frozen=True)
class Row:
    """The figures of one service; `shares` are grade, number, and percent of all ratings."""

    name: Text
    figures: ratings.Figures
    shares: tuple[tuple[Text, int, int], ...]

    @property
    def average(self) -> str:
        """The average grade with one decimal, empty while it is not shown."""
        tenths = self.figures.average_tenths
        return "" if tenths is None else f"{tenths // 10}.{tenths % 10}"


@require_http_methods(["GET", "HEAD", "POST"])
@for_applicants
def rate(request: HttpRequest, applicant: Applicant, number: str) -> HttpResponse:
    """Rate a case once; sent twice, the first one counts and the page says so."""
    view = cases.for_citizen(applicant, number)
    form = RatingForm(request.POST if request.method == "POST" else None)
    refused, status = None, 200
    if request.method == "POST" and form.is_valid():
        try:
            ratings.rate(applicant, number, form.cleaned_data["grade"], form.cleaned_data["words"])
        except Refused as refusal:
            refused, status = refusal.text, _REFUSED
        else:
            return redirect("rate", number)
    elif form.errors:
        status = _INVALID
    context = {
        "case": view,
        "form": form,
        "refused": refused,
        "given": ratings.grade_given(applicant, number),
        "may_rate": ratings.may_rate(applicant, number),
        "grades": ratings.GRADES.items(),
        "most": ratings.LONGEST_WORDS,
    }
    return render(request, "portal/rate.html", context, status=status)


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """How people rated each service; grades only where nobody can tell whose they are."""
    known = ratings.figures()
    rows = [row_of(one.definition.name, known.get(one.code)) for one in catalogue.offered()]
    unrated = [row.name for row in rows if not row.figures.count]
    context = {"rows": rows, "unrated": unrated, "fewest": ratings.FEWEST_SHOWN}
    return render(request, "portal/ratings.html", context)


def row_of(name: Text, found: ratings.Figures | None) -> Row:
    """The figures of one service as the page shows them."""
    figures = found or ratings.Figures(0, {})
    shares = tuple(
        (ratings.GRADES[grade], count, 100 * count // figures.count)
        for grade, count in figures.of_grade.items()
    )
    return Row(name, figures, shares)
