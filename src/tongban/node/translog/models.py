"""What the log stores: records with their leaves, tiles, checkpoints, and what was witnessed of other logs.

Promises: a record gets its place in the log once and is never changed otherwise (the database refuses it).
Times are the database's, so that no process' clock matters.
"""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class LogRecord(models.Model):
    """One record (存证记录): its leaf, the opening that only this node has, and its place once it has one.

    `about` is the id of what was recorded: an access record, a message, a case. Salt and content are empty
    where a restored node took over a leaf of its own whose opening was lost.
    """

    kind = models.CharField(max_length=40)
    about = models.UUIDField(null=True)
    salt = models.BinaryField()
    content = models.BinaryField()
    leaf = models.BinaryField()
    recorded_at = models.DateTimeField(db_default=Now())
    index = models.BigIntegerField(null=True, default=None)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["index"], condition=models.Q(index__isnull=False), name="log_place_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="log_unplaced", condition=models.Q(index=None)),
            models.Index(fields=["about"], name="log_about", condition=models.Q(index__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"log record {self.pk}"


class LogTile(models.Model):
    """The hashes of one tile; the last tile of a level grows until it is full."""

    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["level", "number"], name="log_tile")]

    def __str__(self) -> str:
        return f"tile {self.level}/{self.number}"


class LogCheckpoint(models.Model):
    """One signed head of the log; `note` gathers the cosignatures of the other nodes."""

    number = models.BigIntegerField(primary_key=True)
    size = models.BigIntegerField(unique=True)
    root = models.BinaryField()
    note = models.BinaryField()
    made_at = models.DateTimeField(db_default=Now())
    timestamp = models.BinaryField(null=True, default=None)

    class Meta:
        verbose_name = verbose_name_plural = _("日志的签名")

    def __str__(self) -> str:
        return f"checkpoint {self.size}"


class LogState(models.Model):
    """The one row that whoever places records locks first, so that the log has one sequencer at a time.

    `halted` holds the reason for which nothing is recorded any more until an operator acknowledges it.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    halted = models.CharField(max_length=40, blank=True, default="")
    detail = models.TextField(blank=True, default="")
    halted_at = models.DateTimeField(null=True, default=None)

    def __str__(self) -> str:
        return f"log {self.halted or 'open'}"


class WitnessedLog(models.Model):
    """The last checkpoint of another log that this node cosigned, with its own cosignature."""

    origin = models.CharField(max_length=120, primary_key=True)
    size = models.BigIntegerField(default=0)
    note = models.BinaryField(default=b"")
    seen_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.origin} {self.size}"


class WitnessedConflict(models.Model):
    """Two heads of another log, both signed by it, that cannot belong to one log: proof of a split view."""

    origin = models.CharField(max_length=120)
    held = models.BinaryField()
    offered = models.BinaryField()
    why = models.TextField()
    seen_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"conflict in {self.origin}"
