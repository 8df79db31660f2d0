"""What is stored of conversations: threads, conversations, every message said and heard, how peers are.

A message is stored as the very bytes that travel, in the transaction of what it did.
"""

from typing import ClassVar

from django.db import models


class Thread(models.Model):
    """How much was said to a peer and heard from it about one case (往来)."""

    peer = models.CharField(max_length=80)
    case_ref = models.CharField(max_length=40)
    said = models.PositiveIntegerField(default=0)
    heard = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["peer", "case_ref"], name="thread_once")]

    def __str__(self) -> str:
        return f"thread {self.case_ref} with {self.peer}"


class Conversation(models.Model):
    """One conversation as this side sees it; `basis` and `purpose` are those of its opening.

    `is_emptied`: it ended long ago, and what was said in it, about whom and why, was removed.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="conversations")
    kind = models.CharField(max_length=20)
    role = models.CharField(max_length=10)
    own_agency = models.CharField(max_length=80)
    peer_agency = models.CharField(max_length=80)
    service = models.CharField(max_length=80)
    subject = models.CharField(max_length=18, blank=True)
    state = models.CharField(max_length=20)
    has_ended = models.BooleanField(default=False)
    expires = models.DateTimeField()
    amount = models.BigIntegerField(null=True, default=None)
    reference = models.CharField(max_length=64, blank=True)
    told = models.PositiveIntegerField(default=0)
    basis = models.JSONField()
    purpose = models.JSONField()
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, default=None)
    is_emptied = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["expires"], name="conversation_due", condition=models.Q(has_ended=False)),
            models.Index(
                fields=["ended_at"],
                name="conversation_ended",
                condition=models.Q(has_ended=True, is_emptied=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Letter(models.Model):
    """One message of a conversation, said by this node (`is_own`) or heard from the peer.

    An own one waits until the peer's receipt says that it is kept there; `kept_at` is when both had it.
    `proof` holds the signature's headers of the delivery in which the peer said a heard one. `next_try` and
    `lease_until` are in the database's time.
    """

    message = models.UUIDField()
    is_own = models.BooleanField()
    peer = models.CharField(max_length=80)
    case_ref = models.CharField(max_length=40)
    position = models.PositiveIntegerField()
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=40)
    body = models.BinaryField()
    body_sha256 = models.BinaryField()
    stored_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True, default=None)
    proof = models.JSONField(null=True, default=None)
    is_waiting = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)
    next_try = models.DateTimeField(null=True, default=None)
    lease = models.UUIDField(null=True, default=None)
    lease_until = models.DateTimeField(null=True, default=None)
    problem = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["is_own", "peer", "message"], name="letter_id_once"),
            models.UniqueConstraint(
                fields=["is_own", "peer", "case_ref", "position"], name="letter_position_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["peer", "next_try"], name="letter_due", condition=models.Q(is_waiting=True)),
            models.Index(
                fields=["peer", "case_ref", "position"],
                name="letter_first",
                condition=models.Q(is_waiting=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message}"


class Peer(models.Model):
    """Another node as this one finds it: how often it could not be reached in a row, and until when it rests.

    `is_ahead_of_us`: the peer has heard more from this node than the node remembers, so that an old backup
    must have been restored here.
    """

    name = models.CharField(max_length=80, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True, default=None)
    is_ahead_of_us = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name
