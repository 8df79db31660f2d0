"""Money of another fund that has arrived, as casework stores it."""

from typing import ClassVar

from django.db import models

from tongban.node.people.models import Officer


class Receipt(models.Model):
    """Money of another fund that has arrived for a month set off (到账登记); added, never changed.

    `amount` is whole fen, `month` the first day of the month that was set off, `reference` what the treasury
    writes on it; one reference is one receipt.
    """

    agency = models.CharField(max_length=60)
    peer = models.CharField(max_length=60)
    month = models.DateField()
    reference = models.CharField(max_length=64)
    amount = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="receipt_amount_positive"),
            models.UniqueConstraint(fields=["agency", "peer", "reference"], name="receipt_once"),
        ]

    def __str__(self) -> str:
        return f"receipt {self.pk}"
