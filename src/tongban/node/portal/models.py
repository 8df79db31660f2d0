"""What the portal remembers of its own: failed sign-ins, so that guessing passwords is slow."""

import uuid
from typing import ClassVar

from django.db import models

from tongban.node.casework.models import Draft


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
