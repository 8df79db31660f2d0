"""What operators see and may do: accounts are closed, posts and grants kept; what happened is only read.

Promises: no page here changes or removes a case, an event, an access record or anything published; opening
what shows a person is recorded before it is shown.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from tongban.node.admin import columns, entering
from tongban.node.admin.site import operator_of
from tongban.node.casework.models import Case, Event, Notice, PublishedService, Rating, Task, Timer
from tongban.node.clock import now, today
from tongban.node.exchange.models import Inbox, Outbox, TakenDirectory
from tongban.node.people import access, mandates
from tongban.node.people.models import (
    AccessRecord,
    Account,
    Enterprise,
    Grant,
    Mandate,
    Officer,
    Person,
    Representative,
)
from tongban.node.portal.names import agency_name
from tongban.node.sign_in import sessions
from tongban.node.translog.models import LogCheckpoint
from tongban.places import resident_id
from tongban.services import Text

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
    _StackedInline = admin.StackedInline[Any, Any]
else:
    _ModelAdmin = admin.ModelAdmin
    _StackedInline = admin.StackedInline

_PURPOSE = Text(zh="节点管理：查看记录", en="Operating the node: looking at a record")
_BASIS = Text(zh="管理员依职责维护节点", en="The administrator keeps the node in order")


class Kept(_ModelAdmin):
    """Rows that operators may read, and in the fields of `may_change` correct; never remove."""

    may_add: ClassVar[bool] = False
    may_change: ClassVar[tuple[str, ...]] = ()
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The site has let the operator in already."""
        return operator_of(request) is not None

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Every operator may read."""
        return operator_of(request) is not None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only where rows are not the trace of something that happened."""
        return self.may_add and operator_of(request) is not None

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Only the fields of `may_change`."""
        return bool(self.may_change) and operator_of(request) is not None

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: what is over gets an end, it does not vanish."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Everything but `may_change` and what is not for operators, once the row is there."""
        if obj is None:
            return []
        left_out = {*self.may_change, *(self.exclude or ())}
        return [field.name for field in self.opts.fields if field.name not in left_out]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The columns of the list; codes that have a name stand under it."""
        return [columns.NAMED.get(str(one), one) for one in self.list_display]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """The field in which an operator gives it."""
        return entering.field_for(db_field) or super().formfield_for_dbfield(db_field, request, **kwargs)

    def person_shown(self, row: Model | None) -> Person | None:
        """Whom the row shows, if anybody."""
        return None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The list, under the name of what it lists."""
        named = {"title": self.opts.verbose_name_plural}
        return super().changelist_view(request, named | (extra_context or {}))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Record the look before a row that shows a person is shown."""
        row, officer = self.get_object(request, object_id), operator_of(request)
        person = self.person_shown(row)
        if person is not None and officer is not None:
            access.record_reading(
                person=person,
                officer=officer,
                service="",
                case_ref=row.number if isinstance(row, Case) else "",
                basis=_BASIS,
                purpose=_PURPOSE,
                fields=["name"],
            )
        named = {"title": self._title(object_id), "subtitle": None}
        return super().change_view(request, object_id, form_url, named | (extra_context or {}))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What operators changed in the row, under its name."""
        named = {"title": f"{_('修改记录')} · {self._title(object_id)}"}
        return super().history_view(request, object_id, named | (extra_context or {}))

    def _title(self, object_id: str) -> str:
        return f"{self.opts.verbose_name} {object_id}"


@admin.register(Account)
class AccountAdmin(Kept):
    """Accounts can be closed and opened again; closing ends their sessions."""

    list_display = ("username", "is_active", "created_at")
    list_filter = ("is_active",)
    search_fields = ("username",)
    fields = ("username", "is_active", "created_at", "last_login")
    may_change = ("is_active",)

    def save_model(self, request: HttpRequest, obj: Account, form: object, change: bool) -> None:
        """Store it; a closed account is signed out everywhere."""
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            sessions.end_all(obj)


class GrantInline(_StackedInline):
    """An officer's grants: new ones, and the end of old ones."""

    model = Grant
    extra = 1
    can_delete = False
    fields = (("act", "service", "place"), ("valid_from", "valid_until"))

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """The field in which an operator gives it."""
        return entering.field_for(db_field) or super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Operators give rights."""
        return operator_of(request) is not None

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Operators end rights."""
        return operator_of(request) is not None

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Operators read rights."""
        return operator_of(request) is not None

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody: a right that is over has a last day."""
        return False


@admin.register(Officer)
class OfficerAdmin(Kept):
    """Posts: their titles, whether their holder is in office, and what they may do."""

    list_display = ("name", "agency", "post_zh", "is_active")
    list_filter = ("is_active", ("agency", columns.ByName))
    search_fields = ("name", "account__username")
    may_change = ("post_zh", "post_en", "is_active")
    fields = ("name", "username", "agency_in_words", *may_change)
    inlines = (GrantInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Whose post it is, and where."""
        return ["name", "username", "agency_in_words"]

    @admin.display(description=_("用户名"))
    def username(self, officer: Officer) -> str:
        """What the holder signs in with."""
        return officer.account.username

    @admin.display(description=_("部门"))
    def agency_in_words(self, officer: Officer) -> str:
        """The agency by name."""
        return agency_name(officer.agency)


@admin.register(Enterprise)
class EnterpriseAdmin(Kept):
    """Enterprises by their unified social credit code."""

    list_display = ("code", "name")
    search_fields = ("code", "name")
    may_add = True
    may_change = ("name",)


@admin.register(Representative)
class RepresentativeAdmin(Kept):
    """Who heads an enterprise and acts for it by office, until when."""

    list_display = ("enterprise", "valid_from", "valid_until")
    may_add = True
    may_change = ("valid_until",)


@admin.register(Mandate)
class MandateAdmin(Kept):
    """Mandates: those shown on paper at a counter are entered here, and any can be ended."""

    list_display = ("giver", "agent", "valid_from", "valid_until", "proof", "ended_at")
    list_select_related = ("person", "enterprise", "agent")
    may_add = True
    actions = ("end_mandates",)

    @admin.display(description=_("委托人"))
    def giver(self, mandate: Mandate) -> str:
        """The person or the enterprise, without a number of a person."""
        return str(mandate.enterprise or mandate.person)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """What a clerk reads off the paper; everything once it is kept."""
        entered = ["person", "enterprise", "agent", "services", "valid_from", "valid_until", "reference"]
        told = ["proof", "given_at", "given_by", "registered_by", "ended_at", "ended_by"]
        return entered if obj is None else entered + told

    def save_model(self, request: HttpRequest, obj: Mandate, form: object, change: bool) -> None:
        """Keep what was shown at the counter, with who registered it."""
        obj.proof, obj.given_at = Mandate.Proof.COUNTER, now()
        obj.registered_by = operator_of(request)
        mandates.keep(obj)

    @admin.action(description=_("结束选中的委托"))
    def end_mandates(self, request: HttpRequest, chosen: QuerySet[Mandate]) -> None:
        """End those that have not ended."""
        with transaction.atomic():
            for mandate in chosen.order_by().select_for_update(of=("self",)).filter(ended_at=None):
                mandates.close(mandate, Mandate.EndedBy.AGENCY)


@admin.register(Person)
class PersonAdmin(Kept):
    """People, their ID number masked; looking one up by the whole number is possible, by a part is not."""

    list_display = ("name", "number")
    search_fields = ("=resident_id", "=name")
    search_help_text = _("完整的姓名或者身份证号码")
    fields = ("name", "number")
    readonly_fields = ("number",)

    def person_shown(self, row: Model | None) -> Person | None:
        """The person."""
        return row if isinstance(row, Person) else None

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Name and masked number."""
        return ["name", "number"]

    @admin.display(description=_("身份证号码"))
    def number(self, person: Person) -> str:
        """The number as it may be shown."""
        return resident_id.parse(person.resident_id, today()).masked


@admin.register(Case)
class CaseAdmin(Kept):
    """Cases, to read."""

    list_display = ("number", "agency", "status", "opened_at", "due_on")
    list_filter = (("status", columns.ByName), ("agency", columns.ByName))
    search_fields = ("=number",)
    list_select_related = ("service",)
    exclude = ("person", "snapshot", "draft")

    def person_shown(self, row: Model | None) -> Person | None:
        """The applicant."""
        return row.person if isinstance(row, Case) else None


@admin.register(Event)
class EventAdmin(Kept):
    """What happened to cases, to read; what was said about a person is on the case page of its officers."""

    list_display = ("case", "revision", "kind", "status", "at")
    list_filter = ("kind",)
    search_fields = ("=case__number",)
    list_select_related = ("case",)
    exclude = ("data",)


@admin.register(AccessRecord)
class AccessRecordAdmin(Kept):
    """Looks at people's data, under pseudonyms."""

    list_display = ("at", "direction", "agency", "service", "case_ref")
    list_filter = ("direction", ("agency", columns.ByName))
    exclude = ("question_sha256", "reply_sha256")


def _plain(model: type[Model], *shown: str, hides: tuple[str, ...] = ()) -> None:
    admin.site.register(
        model, type(f"{model.__name__}Admin", (Kept,), {"list_display": shown, "exclude": hides})
    )


_plain(PublishedService, "code", "version", "published_at", hides=("bundle",))
_plain(Task, "case", "kind", "opened_at", "due_on", "closed_at")
_plain(Timer, "case", "kind", "due_at", "fired_at")
_plain(Notice, "account", "event", "at", "read_at", hides=("text_zh", "text_en"))
_plain(Rating, "service", "grade", "rated_on")
_plain(Outbox, "receiver", "state", "created", "attempts", "problem", hides=("body", "outcome"))
_plain(Inbox, "sender", "message", "received_at", hides=("body_sha256", "reply"))
_plain(TakenDirectory, "version", "taken_at")
_plain(LogCheckpoint, "size", "made_at", hides=("root", "note", "timestamp"))
