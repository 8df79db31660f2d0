"""What a citizen was told, and where else to be told: in the portal always, by e-mail or SMS as chosen."""

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tongban.node.casework import cases, catalogue, notifying
from tongban.node.casework.models import Notice, Reach
from tongban.node.paging import page_asked
from tongban.node.people.models import Account, Person
from tongban.node.portal.doors import for_citizens
from tongban.services import Text

_UNUSABLE = _("请输入能收短信的手机号码，例如 13800000000")


class ReachForm(forms.Form):
    """In which language, and where besides the portal; an empty address means not there."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)
    email = forms.EmailField(
        required=False,
        max_length=254,
        error_messages={"invalid": _("请按 name@example.com 这样填写电子邮箱，或者留空")},
    )
    phone = forms.RegexField(
        r"^\+?[0-9][0-9 -]{6,17}$", required=False, error_messages={"invalid": _UNUSABLE}
    )


@require_http_methods(["GET", "POST"])
@never_cache
@for_citizens
def notices(request: HttpRequest, person: Person) -> HttpResponse:
    """The notices, the latest first, which are read from then on; and the choice of channels."""
    account = request.user
    assert isinstance(account, Account)
    form = ReachForm(request.POST) if request.method == "POST" else _form(account)
    if form.is_bound and form.is_valid():
        notifying.choose(
            account.pk,
            language=str(form.cleaned_data["language"]),
            email=str(form.cleaned_data["email"]),
            phone=str(form.cleaned_data["phone"]),
        )
        return redirect("notices")
    page = cases.notices(account, page_asked(request))
    told = [_told(one) for one in page.lines]
    cases.mark_read(account)
    context = {"told": told, "page": page, "form": form, "languages": settings.LANGUAGES}
    return render(request, "portal/notices.html", context, status=422 if form.is_bound else 200)


def _told(notice: Notice) -> dict[str, object]:
    """A notice as its line shows it, with the case and its service where it is about one."""
    case = notice.event.case if notice.event else None
    return {
        "at": notice.at,
        "path": notice.path,
        "text": Text(zh=notice.text_zh, en=notice.text_en),
        "is_new": notice.read_at is None,
        "service": catalogue.of(case).definition.name if case else None,
        "number": case.number if case else "",
    }


def _form(account: Account) -> ReachForm:
    chosen = Reach.objects.filter(account=account).first()
    language = get_language() or "zh-hans"
    return ReachForm(
        initial={
            "language": chosen.language if chosen else language,
            "email": chosen.email if chosen else "",
            "phone": chosen.phone if chosen else "",
        }
    )
