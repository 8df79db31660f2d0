"""What the node stores of its talks with wallets and verifiers: offers, tokens, copies handed over, requests.

Of codes, tokens and nonces only digests are stored; keys and what was shown are encrypted.
"""

import uuid
from typing import ClassVar

from django.db import models

from tongban.node.casework.models import Case
from tongban.node.people.models import Person


class Offer(models.Model):
    """An offer (领取邀请) to a wallet of the holder's choice, taken up once: of a credential or of a case's.

    Stored are digests of its name, of its code and of the state of a sign-in, and the number to type in.
    """

    name = models.BinaryField(primary_key=True, max_length=32)
    code = models.BinaryField(unique=True, max_length=32)
    state = models.BinaryField(unique=True, max_length=32)
    number = models.CharField(max_length=64)
    credential = models.ForeignKey("credentials.Issued", null=True, default=None, on_delete=models.CASCADE)
    case = models.ForeignKey(Case, null=True, default=None, on_delete=models.CASCADE)
    tries = models.PositiveSmallIntegerField(default=0)
    expires = models.DateTimeField(db_index=True)
    redeemed_at = models.DateTimeField(null=True, default=None)

    def __str__(self) -> str:
        return "offer"


class Authorisation(models.Model):
    """A wallet's pushed request, and the code that it got when the citizen agreed.

    `maker` is who vouched for the wallet, as its certificate names it; empty when nobody did. The citizen
    agrees to one credential, or to what an open `case` will bring.
    """

    request = models.BinaryField(primary_key=True, max_length=32)
    fields = models.JSONField()
    thumbprint = models.CharField(max_length=64, blank=True)
    maker = models.CharField(max_length=200, blank=True)
    offer = models.ForeignKey(Offer, null=True, on_delete=models.CASCADE)
    credential = models.ForeignKey("credentials.Issued", null=True, default=None, on_delete=models.CASCADE)
    case = models.ForeignKey(Case, null=True, default=None, on_delete=models.CASCADE)
    code = models.BinaryField(unique=True, null=True, default=None, max_length=32)
    expires = models.DateTimeField(db_index=True)
    decided_at = models.DateTimeField(null=True, default=None)
    redeemed_at = models.DateTimeField(null=True, default=None)

    def __str__(self) -> str:
        return "authorisation"


class Access(models.Model):
    """An access token, bound to a wallet's key: good for copies of one credential.

    Of a `case` that is not decided yet, `credential` is empty until copies of what it brought have left.
    """

    token = models.BinaryField(primary_key=True, max_length=32)
    credential = models.ForeignKey(
        "credentials.Issued", null=True, default=None, on_delete=models.PROTECT, related_name="accesses"
    )
    case = models.ForeignKey(Case, null=True, default=None, on_delete=models.PROTECT, related_name="+")
    thumbprint = models.CharField(max_length=64)
    copies = models.PositiveSmallIntegerField(default=0)
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return "access"


class Renewal(models.Model):
    """A wallet may come again for more copies of a credential, until its holder ends that: a refresh token.

    Bound to the wallet's key; `client` is its client identifier if its maker vouched for it, else empty. With
    a `case` and no credential the wallet, reached at `app`, waits for what the case will bring.
    """

    token = models.BinaryField(primary_key=True, max_length=32)
    credential = models.ForeignKey(
        "credentials.Issued", null=True, default=None, on_delete=models.PROTECT, related_name="renewals"
    )
    case = models.ForeignKey(Case, null=True, default=None, on_delete=models.PROTECT, related_name="+")
    app = models.CharField(max_length=200, blank=True)
    thumbprint = models.CharField(max_length=64)
    client = models.CharField(max_length=200, blank=True)
    expires = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, default=None)

    def __str__(self) -> str:
        return "renewal"


class Deferral(models.Model):
    """A wallet asked for what a case will bring, with the keys that copies are to be bound to (JWKs).

    `transaction` is the digest of what it comes back with, by the same key as before.
    """

    transaction = models.BinaryField(primary_key=True, max_length=32)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    thumbprint = models.CharField(max_length=64)
    keys = models.JSONField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "thumbprint"], name="deferral_once")]

    def __str__(self) -> str:
        return "deferral"


class Awaited(models.Model):
    """What the portal's wallet has asked for on another node and does not have yet.

    `secret` holds, encrypted, the wallet's key, the keys of the copies, its tokens and the transaction. It is
    looked after at `due`. `is_deferred` when the issuer said that it is not issued yet. `ended` is the stable
    code of why nothing will come, empty while it may.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="awaited")
    vct = models.CharField(max_length=200)
    issuer = models.CharField(max_length=200)
    secret = models.TextField()
    asked_at = models.DateTimeField()
    due = models.DateTimeField(db_index=True)
    expires = models.DateTimeField()
    is_deferred = models.BooleanField(default=False)
    ended = models.CharField(max_length=40, blank=True, default="")

    def __str__(self) -> str:
        return "awaited"


class Handover(models.Model):
    """Copies of a credential went to a wallet elsewhere, and what it said became of them.

    `answer` is what left, encrypted, for the wallet to ask for again by the same `keys`; empty once it has
    said what became of it, or when that is too long ago.
    """

    name = models.BinaryField(primary_key=True, max_length=32)
    access = models.ForeignKey(Access, on_delete=models.PROTECT, related_name="handovers")
    copies = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    event = models.CharField(max_length=30, blank=True)
    told_at = models.DateTimeField(null=True, default=None)
    keys = models.BinaryField(null=True, default=None, max_length=32)
    answer = models.TextField(blank=True, default="")

    class Meta:
        indexes = (models.Index(fields=["at"], condition=~models.Q(answer=""), name="handover_kept"),)

    def __str__(self) -> str:
        return "handover"


class Spent(models.Model):
    """Something that counts once and was used: a nonce or a proof, by its digest, until it ends anyway."""

    name = models.BinaryField(primary_key=True, max_length=32)
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return "spent"


class Asked(models.Model):
    """A verifier asks a wallet to show something, and what it showed, until the verifier has read it.

    `key` decrypts the answer; it and `shown` are stored encrypted. `way_back` is the digest of the secret
    with which a wallet on the same device leads back to the browser that asked. `statement` is what the
    holder has to agree to by showing it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    vct = models.CharField(max_length=120)
    query = models.JSONField()
    client_id = models.CharField(max_length=200)
    nonce = models.CharField(max_length=64)
    state = models.CharField(max_length=64)
    request = models.TextField()
    key = models.TextField()
    expires = models.DateTimeField(db_index=True)
    answered_at = models.DateTimeField(null=True, default=None)
    is_same_device = models.BooleanField(default=False)
    way_back = models.BinaryField(null=True, default=None, max_length=32)
    statement = models.CharField(max_length=500, blank=True, default="")
    problem = models.CharField(max_length=60, blank=True)
    shown = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"asked {self.id}"
