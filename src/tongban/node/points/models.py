"""What the node keeps of points of service: who they are, and which case each of their bills became.

Promises: a bill's number is one bill of its point; nothing here shows an ID number.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongban.node.casework.models import Case


class Point(models.Model):
    """A hospital or pharmacy whose own system submits bills of one service (定点机构).

    `code` is also the OAuth client's id; every bill number of the point begins with `bills`.
    """

    code = models.CharField(max_length=40, primary_key=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    service = models.CharField(max_length=60)
    bills = models.CharField(max_length=20, unique=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("定点机构")

    def __str__(self) -> str:
        return self.code


class Bill(models.Model):
    """A bill that a point has submitted; `digest` is that of what was submitted.

    `told` is the revision of the case up to which the point was told of the person, each time recorded.
    """

    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="submitted")
    number = models.CharField(max_length=60)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="bill")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    told = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("定点机构的账单")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["point", "number"], name="bill_once_a_point")
        ]
        indexes: ClassVar = [models.Index(fields=["point", "at"], name="bill_point_at")]

    def __str__(self) -> str:
        return f"bill {self.pk}"
