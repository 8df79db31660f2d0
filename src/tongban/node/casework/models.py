"""What casework stores: published services, drafts, cases, their events, tasks, timers, notices, ratings.

Promises: published services and events are never changed or removed (the database refuses it);
a case's row is only the fold of its events, kept so that lists are quick.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.node.casework import received  # noqa: F401 - a model in a module of its own
from tongban.node.people.models import Account, Enterprise, Mandate, Officer, Person


class PublishedService(models.Model):
    """One immutable version of a service's folder (事项版本)."""

    code = models.CharField(max_length=60)
    version = models.CharField(max_length=30)
    sha256 = models.CharField(max_length=64)
    bundle = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("已发布的事项")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "version"], name="published_service_version")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class PublishedProcedure(models.Model):
    """One immutable version of one kind of procedure (办理流程版本)."""

    kind = models.CharField(max_length=30)
    version = models.CharField(max_length=30)
    sha256 = models.CharField(max_length=64)
    text = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "version"], name="published_procedure_version")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class Draft(models.Model):
    """An application that a citizen has begun and may come back to (草稿), perhaps an enterprise's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="drafts")
    enterprise = models.ForeignKey(
        Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="drafts"
    )
    service = models.ForeignKey(PublishedService, on_delete=models.PROTECT)
    answers = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft {self.id}"


class Case(models.Model):
    """One case on its way (办件), pinned to the versions of its service and procedure.

    `status`, `awaits`, `consulted` and `due_on` are what lists filter by; `snapshot` is the fold of all
    events up to `revision`. `draft` is None for a case that the other side handed over, `procedure` for one
    that was opened before procedures had versions. `place` is what the agency decides the case for,
    `consulted` the agency asked for its opinion now, `conversation` the one in which the case is talked
    about with the other side. With an `enterprise` the case is its, and `person` the one who applied for it;
    `mandate` is the one by which somebody applied.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=24, unique=True)
    draft = models.OneToOneField(Draft, null=True, blank=True, on_delete=models.PROTECT, related_name="case")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases", db_index=False)
    enterprise = models.ForeignKey(
        Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    mandate = models.ForeignKey(
        Mandate, null=True, blank=True, on_delete=models.PROTECT, related_name="cases", db_index=False
    )
    service = models.ForeignKey(PublishedService, on_delete=models.PROTECT)
    procedure = models.ForeignKey(
        PublishedProcedure, null=True, blank=True, on_delete=models.PROTECT, db_index=False
    )
    agency = models.CharField(max_length=60)
    place = models.CharField(max_length=6, blank=True)
    consulted = models.CharField(max_length=60, blank=True)
    conversation = models.UUIDField(null=True, blank=True, db_index=True)
    status = models.CharField(max_length=30)
    awaits = models.CharField(max_length=12, blank=True)
    revision = models.PositiveIntegerField()
    snapshot = models.JSONField()
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("办件")
        indexes: ClassVar = [
            models.Index(fields=["agency", "awaits", "due_on"], name="case_agency_awaits_due"),
            models.Index(fields=["consulted"], condition=~models.Q(consulted=""), name="case_consulted"),
            models.Index(fields=["person", "-opened_at"], name="case_person_opened"),
            models.Index(fields=["agency"], condition=models.Q(draft=None), name="case_from_there"),
        ]

    def __str__(self) -> str:
        return self.number


class Event(models.Model):
    """One thing that happened to a case (办理记录); appended, never changed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events", db_index=False)
    revision = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    status = models.CharField(max_length=30)
    at = models.DateTimeField()
    actor = models.JSONField()
    data = models.JSONField()

    class Meta:
        verbose_name = verbose_name_plural = _("办件的经过")
        ordering: ClassVar = ["revision"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "revision"], name="event_case_revision")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.revision}"


class Task(models.Model):
    """Something an officer has to do for a case (待办), with its time limit; an assignee is optional."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=30)
    agency = models.CharField(max_length=60)
    opened_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)
    due_is_provisional = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        Officer, null=True, blank=True, on_delete=models.PROTECT, related_name="closed_tasks"
    )
    assignee = models.ForeignKey(
        Officer, null=True, blank=True, on_delete=models.PROTECT, related_name="assigned_tasks"
    )
    assigned_by = models.ForeignKey(
        Officer, null=True, blank=True, on_delete=models.PROTECT, related_name="given_tasks", db_index=False
    )
    assigned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("待办")
        indexes: ClassVar = [
            models.Index(
                fields=["agency", "due_on", "id"], condition=models.Q(closed_at=None), name="task_open_by_due"
            ),
            models.Index(
                fields=["agency", "-closed_at", "-id"],
                condition=models.Q(closed_at__isnull=False),
                name="task_closed_latest",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=models.Q(closed_at=None), name="task_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Absence(models.Model):
    """Days on which an officer is away (请假), both included, and who stands in (代办)."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="absences")
    first = models.DateField()
    last = models.DateField()
    substitute = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="stands_in")
    cancelled = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="absence_in_order")
        ]
        indexes: ClassVar = [models.Index(fields=["officer", "last"], name="absence_officer_last")]

    def __str__(self) -> str:
        return f"absence {self.pk}"


class AbsenceChange(models.Model):
    """One change of an officer's absences (请假变更): noted, or ended early; appended, never changed.

    An absence's row is the fold of its changes, kept so that lists are quick.
    """

    class Kind(models.TextChoices):
        """Noted, or ended before its last day."""

        NOTED = "noted"
        ENDED = "ended"

    absence = models.ForeignKey(Absence, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    first = models.DateField()
    last = models.DateField()
    substitute = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Timer(models.Model):
    """A moment at which a case wants to be looked at (定时); fires once."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="timers", db_index=False)
    kind = models.CharField(max_length=30)
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("定时")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "kind", "due_at"], name="timer_once")
        ]
        indexes: ClassVar = [models.Index(fields=["fired_at", "due_at"], name="timer_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Notice(models.Model):
    """A sentence for the citizen in the portal (站内通知): one for each event of a case that calls for it.

    A notice without event is about something outside of cases; `path` is the page that tells more.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="notices")
    event = models.OneToOneField(
        Event, null=True, blank=True, on_delete=models.PROTECT, related_name="notice"
    )
    path = models.CharField(max_length=200)
    at = models.DateTimeField()
    text_zh = models.TextField()
    text_en = models.TextField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("站内通知")
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return f"notice {self.pk}"


class Reach(models.Model):
    """Where and in which language a person wants to be told outside the portal (通知方式)."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="reach")
    language = models.CharField(max_length=10, default="zh-hans")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    by_email = models.BooleanField(default=False)
    by_sms = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"reach {self.pk}"


class Outgoing(models.Model):
    """A notice on its way by one channel; sent once."""

    class State(models.TextChoices):
        """Waiting to be sent, sent, or given up after a final failure or too many tries."""

        WAITING = "waiting"
        SENT = "sent"
        GIVEN_UP = "given-up"

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="outgoing")
    channel = models.CharField(max_length=10)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField()
    lease = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "channel"], name="outgoing_once_a_channel")
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_try"], condition=models.Q(state="waiting"), name="outgoing_waiting")
        ]

    def __str__(self) -> str:
        return f"outgoing {self.pk}"


class Rating(models.Model):
    """One rating of a handled case (好差评); `token` keeps it single and names nobody."""

    token = models.CharField(max_length=64, unique=True)
    service = models.CharField(max_length=60)
    agency = models.CharField(max_length=60)
    grade = models.PositiveSmallIntegerField()
    words = models.TextField(blank=True)
    rated_on = models.DateField()

    class Meta:
        verbose_name = verbose_name_plural = _("评价")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(grade__range=(1, 5)), name="rating_of_five_grades")
        ]
        indexes: ClassVar = [models.Index(fields=["service", "grade"], name="rating_service_grade")]

    def __str__(self) -> str:
        return f"rating {self.pk}"


class LedgerEntry(models.Model):
    """What one agency's fund owes another's for a settlement, or has paid (清算台账); added, never changed.

    `amount` is whole fen, `month` the first day of the month in which it was booked; one entry an event.
    A reversed settlement keeps what it was booked with: `reversed` takes as much off what is owed for the
    month of the reversal, `set-off` says that the clearing of a month has taken that into account.
    `claim` is the bill's number at the creditor, which is owed once.
    """

    class Kind(models.TextChoices):
        """Owed since the case was adjudicated, paid when it was cleared; reversed, and that set off."""

        OWED = "owed"
        PAID = "paid"
        REVERSED = "reversed"
        SET_OFF = "set-off"

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="entry")
    kind = models.CharField(max_length=10, choices=Kind)
    debtor = models.CharField(max_length=60)
    creditor = models.CharField(max_length=60)
    amount = models.BigIntegerField()
    month = models.DateField()
    claim = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="ledger_amount_not_negative"),
            models.UniqueConstraint(
                fields=["creditor", "claim"],
                condition=models.Q(kind="owed") & ~models.Q(claim=""),
                name="ledger_claim_owed_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["debtor", "creditor", "month", "kind"], name="ledger_pair_month")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class FollowUp(models.Model):
    """A poor rating that the agency has to look into (差评回访整改)."""

    rating = models.OneToOneField(Rating, on_delete=models.PROTECT, related_name="follow_up")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Officer, null=True, blank=True, on_delete=models.PROTECT)
    finding = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"follow-up {self.pk}"
