"""What the portal remembers of its own: failed sign-ins, so that guessing passwords is slow."""

from typing import ClassVar

from django.db import models


class FailedSignIn(models.Model):
    """One failed attempt (登录失败记录), under a keyed digest; neither a name nor an address is stored."""

    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["digest", "at"], name="failed_sign_in_digest_at")]

    def __str__(self) -> str:
        return f"failed sign-in {self.pk}"
