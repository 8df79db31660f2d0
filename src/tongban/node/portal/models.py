"""What the portal remembers of its own: failed sign-ins, so that guessing passwords is slow."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.node.casework.models import Case, Draft
from tongban.node.people.models import Officer, Person


class FailedSignIn(models.Model):
    """One failed attempt (登录失败记录), under a keyed digest; neither a name nor an address is stored."""

    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["digest", "at"], name="failed_sign_in_digest_at")]

    def __str__(self) -> str:
        return f"failed sign-in {self.pk}"


class Upload(models.Model):
    """A file of an application (上传的材料); `stored` is its random name in the folder."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="uploads")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    stored = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"upload {self.pk}"


class PurgedUpload(models.Model):
    """That the bytes of an upload were purged (已清除的上传材料); `told` is what the log says of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, related_name="purge")
    told = models.JSONField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"purged upload {self.pk}"


class Complaint(models.Model):
    """A complaint about a service or a case (投诉), a task of the agency in charge until it is answered.

    `token` comes with the form, so that a form sent twice is one complaint. `due_on` is the last day of the
    time limit for the answer; None for one that came before there was a limit. The limit is extended once at
    most, with a reason that the citizen is told; an assignee is optional.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.UUIDField(unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="complaints")
    service = models.CharField(max_length=60)
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="complaints")
    agency = models.CharField(max_length=60)
    words = models.TextField()
    at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)
    due_is_provisional = models.BooleanField(default=False)
    assignee = models.ForeignKey(
        Officer, null=True, blank=True, on_delete=models.PROTECT, related_name="complaints_assigned"
    )
    assigned_by = models.ForeignKey(
        Officer, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    assigned_at = models.DateTimeField(null=True, blank=True)
    extended_at = models.DateTimeField(null=True, blank=True)
    extended_by = models.ForeignKey(
        Officer, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    extension_reason = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Officer, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["agency", "answered_at", "at"], name="complaint_agency_open"),
            models.Index(
                fields=["agency", "due_on"],
                condition=models.Q(answered_at=None),
                name="complaint_open_by_due",
            ),
            models.Index(fields=["person", "-at"], name="complaint_person_at"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(extended_at=None) | ~models.Q(extension_reason=""),
                name="complaint_extended_with_reason",
            )
        ]

    def __str__(self) -> str:
        return f"complaint {self.pk}"


class ComplaintChange(models.Model):
    """One step of who answers a complaint and by when (投诉的经过); appended, never changed.

    A complaint's row is the fold of its changes, kept so that lists are quick. `by` is who did it, `to` who
    got it; `due_on` is the last day of the limit from then on.
    """

    class Kind(models.TextChoices):
        """Given to a colleague, taken, its limit extended, answered."""

        ASSIGNED = "assigned", _("分派给")
        TAKEN = "taken", _("由自己答复")
        EXTENDED = "extended", _("延长了答复期限")
        ANSWERED = "answered", _("作出了答复")

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(Officer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
