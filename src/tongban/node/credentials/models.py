"""What the node stores of credentials: status lists, what it issued, what citizens hold and have shown.

A credential issued is a fact and stays; its status changes, each change with officer, reason and time. Keys
and credentials in the wallet are stored encrypted under a key derived from the node's secret.
"""

import uuid
from typing import ClassVar

from django.db import models

from tongban.node.casework.models import Case
from tongban.node.credentials.wallets.models import (
    Access,
    Asked,
    Authorisation,
    Awaited,
    Deferral,
    Handover,
    Offer,
    Renewal,
    Spent,
)
from tongban.node.people.models import Officer, Person

__all__ = [
    "Access",
    "Asked",
    "Authorisation",
    "Awaited",
    "Counted",
    "Deferral",
    "Entry",
    "Handover",
    "Holding",
    "Issued",
    "Judged",
    "ListCopy",
    "Offer",
    "OnlineCode",
    "Portrait",
    "Presented",
    "Renewal",
    "Showing",
    "Spent",
    "StatusChange",
    "StatusList",
]


class StatusList(models.Model):
    """One of the node's status lists (状态列表): packed entries, and how many were given out."""

    number = models.PositiveIntegerField(primary_key=True)
    uri = models.URLField(unique=True)
    size = models.PositiveIntegerField()
    secret = models.BinaryField()
    given = models.PositiveIntegerField(default=0)
    packed = models.BinaryField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.uri


class Issued(models.Model):
    """One credential that this node issued (已签发证照); copies differ in holder's key and status entry."""

    class State(models.TextChoices):
        """Whether it counts."""

        VALID = "valid"
        SUSPENDED = "suspended"
        REVOKED = "revoked"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    vct = models.CharField(max_length=120)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="credentials")
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="credentials"
    )
    agency = models.CharField(max_length=60)
    claims = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.VALID)
    issued_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT)
    issued_at = models.DateTimeField()
    expires = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person", "-issued_at"], name="issued_person"),
            models.Index(fields=["agency", "-issued_at", "id"], name="issued_agency"),
        ]

    def __str__(self) -> str:
        return f"credential {self.id}"


class Entry(models.Model):
    """One entry of a status list that was given out: to which credential."""

    credential = models.ForeignKey(Issued, on_delete=models.PROTECT, related_name="entries")
    list = models.ForeignKey(StatusList, on_delete=models.PROTECT)
    index = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["list", "index"], name="entry_once")]

    def __str__(self) -> str:
        return f"entry {self.index}"


class StatusChange(models.Model):
    """A credential was suspended, restored or revoked: by whom, when, why; appended, never changed."""

    credential = models.ForeignKey(Issued, on_delete=models.PROTECT, related_name="changes")
    state = models.CharField(max_length=10, choices=Issued.State)
    reason = models.TextField(blank=True)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.state} {self.credential_id}"


class Holding(models.Model):
    """One copy of a credential in a citizen's wallet on this node (卡包), with the key it is bound to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="holdings")
    batch = models.UUIDField(db_index=True)
    vct = models.CharField(max_length=120)
    issuer = models.URLField()
    compact = models.TextField()
    key = models.TextField()
    received_at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True, default=None)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "-received_at"], name="holding_person")]

    def __str__(self) -> str:
        return f"holding {self.id}"


class Portrait(models.Model):
    """A person's photo (相片), small, to compare with whoever shows a credential; its SHA-256 in hex."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="portrait")
    jpeg = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"portrait {self.pk}"


class Showing(models.Model):
    """The holder showed something (出示记录): when, to whom as far as known, how, which claims, for what."""

    class How(models.TextChoices):
        """By a code for a minute or a purpose, to a verifier that asked, in a case; copied to a wallet."""

        ONLINE = "online"
        OFFLINE = "offline"
        REQUEST = "request"
        CASE = "case"
        COPY = "copy"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="showings")
    batch = models.UUIDField()
    vct = models.CharField(max_length=120)
    how = models.CharField(max_length=10, choices=How)
    to = models.CharField(max_length=200, blank=True)
    purpose = models.TextField(blank=True)
    claims = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return f"showing {self.pk}"


class OnlineCode(models.Model):
    """What a code for a minute stands for (亮码), until it is redeemed, once."""

    name = models.BinaryField(primary_key=True, max_length=16)
    holding = models.ForeignKey(Holding, on_delete=models.CASCADE)
    chosen = models.JSONField()
    expires = models.DateTimeField(db_index=True)
    redeemed_at = models.DateTimeField(null=True, default=None)

    def __str__(self) -> str:
        return "online code"


class ListCopy(models.Model):
    """Another issuer's status list as this node last fetched it."""

    uri = models.URLField(primary_key=True)
    issuer = models.URLField()
    token = models.BinaryField()
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.uri


class Presented(models.Model):
    """A credential that was shown as evidence in a case: the claims shown and the verdict of that moment.

    `proof` is the presentation itself, with the signatures of issuer and holder, stored encrypted.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="presented")
    vct = models.CharField(max_length=120)
    issuer = models.URLField()
    verdict = models.CharField(max_length=30)
    claims = models.JSONField()
    status_as_of = models.DateTimeField(null=True)
    proof = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"presented {self.pk}"


class Judged(models.Model):
    """The verdict on a credential shown in a case when that was to be decided; appended, never changed."""

    presented = models.ForeignKey(Presented, on_delete=models.PROTECT, related_name="judged")
    verdict = models.CharField(max_length=30)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"judged {self.pk}"


class Counted(models.Model):
    """What one address has spent of its budget for one minute, under a digest of both."""

    name = models.BinaryField(primary_key=True, max_length=32)
    until = models.DateTimeField(db_index=True)
    spent = models.PositiveIntegerField()

    def __str__(self) -> str:
        return "counted"
