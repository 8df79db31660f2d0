"""Money of another fund that has arrived, as casework stores it."""

from typing import ClassVar

from django.db import models

from tongban.node.people.models import Officer


class Receipt(models.Model):
    """Money of another fund that has arrived for a month set off (到账登记); added, never changed.

    `agency` received it from `peer`; one of the two is of this node. `amount` is whole fen, `month` the first
    day of the month that was set off, `reference` what the treasury writes on it; one reference is one
    receipt. `by` is None for what the other side told, `arrived_on` for what is from before that was kept.
    """

    agency = models.CharField(max_length=60)
    peer = models.CharField(max_length=60)
    month = models.DateField()
    reference = models.CharField(max_length=64)
    amount = models.BigIntegerField()
    at = models.DateTimeField()
    arrived_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(Officer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="receipt_amount_positive"),
            models.UniqueConstraint(fields=["agency", "peer", "reference"], name="receipt_once"),
        ]

    def __str__(self) -> str:
        return f"receipt {self.pk}"


class Difference(models.Model):
    """A month of which other money arrived than was set off (到账差额): open until it fits or is explained.

    `agency` is this node's, `peer` the counterpart; `closed_by` is None where later receipts made it fit.
    """

    agency = models.CharField(max_length=60)
    peer = models.CharField(max_length=60)
    month = models.DateField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Officer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    finding = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agency", "peer", "month"],
                condition=models.Q(closed_at=None),
                name="difference_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"difference {self.pk}"
