"""What the exchange stores: questions on their way, answers given, deliveries seen, consents.

A question and its answer are stored as the very bytes that travel; their times are the real time.
"""

import uuid
from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.node.exchange.conversing.models import Conversation, Letter, Peer, Thread

__all__ = [
    "Consent",
    "Conversation",
    "Enclosure",
    "Inbox",
    "Letter",
    "Outbox",
    "Peer",
    "PurgedFile",
    "SeenNonce",
    "TakenDirectory",
    "Thread",
]


class Consent(models.Model):
    """A person's signed consent (授权同意) to one question of one case."""

    id = models.UUIDField(primary_key=True, editable=False)
    case_ref = models.CharField(max_length=40)
    document = models.TextField()
    given_at = models.DateTimeField()
    expires = models.DateTimeField()

    def __str__(self) -> str:
        return f"consent {self.id}"


class Outbox(models.Model):
    """One question on its way (发件箱): waits, is delivered again and again, is settled once.

    `next_try` and `lease_until` are in the database's time, so that no process' clock matters.
    """

    class State(models.TextChoices):
        """Where the question is."""

        WAITING = "waiting", _("等待中")
        SETTLED = "settled", _("已有结果")
        STOPPED = "stopped", _("已停止")

    id = models.UUIDField(primary_key=True, editable=False)
    receiver = models.CharField(max_length=80)
    receiver_agency = models.CharField(max_length=80)
    case_ref = models.CharField(max_length=40)
    evidence_type = models.CharField(max_length=80)
    place = models.CharField(max_length=6)
    body = models.BinaryField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created = models.DateTimeField()
    expires = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_try = models.DateTimeField()
    lease = models.UUIDField(null=True, default=None)
    lease_until = models.DateTimeField(null=True, default=None)
    problem = models.CharField(max_length=40, blank=True)
    outcome = models.JSONField(null=True, default=None)
    settled_at = models.DateTimeField(null=True, default=None)

    class Meta:
        verbose_name = verbose_name_plural = _("发出的询问")
        indexes: ClassVar = [
            models.Index(
                fields=["receiver", "next_try"], name="outbox_due", condition=models.Q(state="waiting")
            ),
            models.Index(fields=["case_ref"], name="outbox_case"),
        ]

    def __str__(self) -> str:
        return f"question {self.id}"


class Inbox(models.Model):
    """One question of another node that took effect (收件箱), with the reply it got."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sender = models.CharField(max_length=80)
    message = models.UUIDField()
    body_sha256 = models.BinaryField()
    reply = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("收到的询问")
        constraints: ClassVar = [models.UniqueConstraint(fields=["sender", "message"], name="inbox_once")]

    def __str__(self) -> str:
        return f"received question {self.message}"


class TakenDirectory(models.Model):
    """A version of the federation's directory that this node has gone by; it never goes back."""

    version = models.PositiveIntegerField(primary_key=True)
    taken_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("采用过的目录")

    def __str__(self) -> str:
        return f"directory {self.version}"


class SeenNonce(models.Model):
    """A delivery that has arrived; kept until its signature has expired."""

    keyid = models.CharField(max_length=80)
    nonce = models.CharField(max_length=64)
    expires = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["keyid", "nonce"], name="nonce_once")]
        indexes: ClassVar = [BrinIndex(fields=["expires"], name="nonce_expires")]

    def __str__(self) -> str:
        return f"delivery by {self.keyid}"


class Enclosure(models.Model):
    """A file of a case on its way to another node (随件材料), until that holds all of it."""

    sha256 = models.CharField(max_length=64)
    peer = models.CharField(max_length=40)
    case_ref = models.CharField(max_length=40)
    next_try = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sha256", "peer"], name="enclosure_once_a_peer")
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_try"], condition=models.Q(sent_at=None), name="enclosure_due")
        ]

    def __str__(self) -> str:
        return f"enclosure {self.pk}"


class PurgedFile(models.Model):
    """A file that crossed, purged when nothing needed it any more (已清除的随件材料): what it was stays.

    `removed_at` is when its bytes were removed, after the decision was stored.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    case_ref = models.CharField(max_length=40, blank=True)
    peers = models.JSONField(default=list)
    rule = models.CharField(max_length=40)
    rule_since = models.DateField()
    days = models.PositiveIntegerField()
    is_verified = models.BooleanField()
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, default=None)

    class Meta:
        verbose_name = verbose_name_plural = _("已清除的随件材料")
        indexes: ClassVar = [
            models.Index(fields=["at"], condition=models.Q(removed_at=None), name="purged_file_unfinished")
        ]

    def __str__(self) -> str:
        return f"purged file {self.pk}"
