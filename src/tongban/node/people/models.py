"""People, accounts, officers, and the record of every look at a person's data.

Promises: nothing here shows an ID number in its text; access records are never changed or removed.
"""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class Person(models.Model):
    """A natural person known to this node (自然人)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    resident_id = models.CharField(max_length=18, unique=True)
    pseudonym = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80)
    phone = models.CharField(max_length=20, blank=True)

    @property
    def birth_month(self) -> str:
        """The month of birth, `YYYY-MM`, as the resident ID number says."""
        return f"{self.resident_id[6:10]}-{self.resident_id[10:12]}"

    @property
    def sex(self) -> str:
        """`male` or `female`, as the resident ID number says (GB 11643: odd sequence numbers are men's)."""
        return "male" if int(self.resident_id[16]) % 2 else "female"

    class Meta:
        verbose_name = verbose_name_plural = _("自然人")

    def __str__(self) -> str:
        return f"person {self.id}"


class Accounts(BaseUserManager["Account"]):
    """Finds accounts by user name."""


class Account(AbstractBaseUser):
    """A way to sign in (账号): a citizen's, an officer's, or both."""

    username = models.CharField(max_length=60, unique=True)
    person = models.OneToOneField(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="account"
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects: ClassVar[Accounts] = Accounts()

    USERNAME_FIELD = "username"

    class Meta:
        verbose_name = verbose_name_plural = _("登录账号")

    def __str__(self) -> str:
        return f"account {self.pk}"


class Officer(models.Model):
    """A post (岗位) in one agency, held by the owner of an account."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="officer")
    agency = models.CharField(max_length=60)
    name = models.CharField(max_length=80)
    post_zh = models.CharField(max_length=80)
    post_en = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("岗位")

    def __str__(self) -> str:
        return f"officer {self.pk}"


class Grant(models.Model):
    """What an officer may do (权限): an act, for one service or all, at one place or all, for a time.

    An empty `service` or `place` means every one that the officer's agency is in charge of; to oversee, every
    one of the node's agencies.
    """

    class Act(models.TextChoices):
        """Kinds of acts; opening a case is part of handling and of supervising it."""

        HANDLE = "handle", _("办理")
        ASSIGN = "assign", _("分派任务")
        SUPERVISE = "supervise", _("督办和统计")
        ADMINISTER = "administer", _("管理账号和岗位")
        OVERSEE = "oversee", _("查看多个部门的统计")
        INVESTIGATE = "investigate", _("依法暂缓公开查询记录")

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="grants")
    act = models.CharField(max_length=20, choices=Act)
    service = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=6, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("权限")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["officer", "act", "service", "place", "valid_from"], name="grant_once"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("valid_from")),
                name="grant_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_act_display())


class Enterprise(models.Model):
    """A legal person or other organisation (企业), known by its unified social credit code (GB 32100)."""

    code = models.CharField(max_length=18, primary_key=True)
    name = models.CharField(max_length=160)

    class Meta:
        verbose_name = verbose_name_plural = _("企业")

    def __str__(self) -> str:
        return self.code


class Representative(models.Model):
    """The person who acts for an enterprise by office (法定代表人), from a day until a day."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="representatives")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="represents")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("法定代表人")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enterprise", "person", "valid_from"], name="representative_once"
            ),
        ]

    def __str__(self) -> str:
        return f"representative {self.pk}"


class Mandate(models.Model):
    """That `agent` may act for a person or an enterprise (委托代办), for services, from a day until a day.

    Exactly one of `person` and `enterprise` is represented; no `services` means every one. Nothing of it
    changes but its end, which comes once.
    """

    class Proof(models.TextChoices):
        """How it was proved: given while signed in, or shown on paper at a counter."""

        ONLINE = "online", _("登录后在线委托")
        COUNTER = "counter", _("窗口核验委托书")

    class EndedBy(models.TextChoices):
        """Who ended it before its last day."""

        GIVER = "giver", _("委托人")
        AGENT = "agent", _("代办人")
        AGENCY = "agency", _("部门")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="mandates_given"
    )
    enterprise = models.ForeignKey(
        Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="mandates_given"
    )
    agent = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="mandates_held")
    services = models.JSONField(default=list, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField()
    proof = models.CharField(max_length=10, choices=Proof)
    reference = models.CharField(max_length=80, blank=True)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="mandates_signed"
    )
    registered_by = models.ForeignKey(Officer, null=True, blank=True, on_delete=models.PROTECT)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=10, choices=EndedBy, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("委托")
        ordering: ClassVar = ["-given_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(person=None, enterprise__isnull=False)
                | models.Q(person__isnull=False, enterprise=None),
                name="mandate_for_one",
                violation_error_message=_("委托人是一个人或者一个企业，填一个"),
            ),
            models.CheckConstraint(
                condition=~models.Q(person=models.F("agent")),
                name="mandate_for_another",
                violation_error_message=_("代办人不能是委托人自己"),
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("valid_from")),
                name="mandate_ends_after_it_begins",
                violation_error_message=_("止日不能早于起日"),
            ),
        ]

    def __str__(self) -> str:
        return f"mandate {self.id}"


class CounterEntry(models.Model):
    """A mandate shown on paper that another officer has to check before it holds (窗口登记待复核).

    `giver` is who lets the other act, for themselves or for the `enterprise` that they head. Kept, it became
    the mandate of the same id.
    """

    class Outcome(models.TextChoices):
        """What the other officer did with it."""

        KEPT = "kept"
        DECLINED = "declined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    giver = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    enterprise = models.ForeignKey(
        Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    agent = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    services = models.JSONField(default=list)
    valid_from = models.DateField()
    valid_until = models.DateField()
    reference = models.CharField(max_length=80)
    entered_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    checked_by = models.ForeignKey(Officer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(checked_by=models.F("entered_by")), name="counter_entry_of_two"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["entered_by"], condition=models.Q(outcome=""), name="counter_entry_waiting")
        ]

    def __str__(self) -> str:
        return f"counter entry {self.id}"


class AccessRecord(models.Model):
    """One look at one person's data (数据访问记录): who, when, why, on what basis, which fields.

    `agent` is the person who looked by a mandate, or who had applied by one where an officer looked. Of a
    question that another node asked, SHA-256 digests say what was asked and what was replied, byte for byte.
    """

    class Direction(models.TextChoices):
        """Which way: read by an officer or an agent, out to another node, from the own department, in.

        What a message of a conversation carried, such as a case handed over, was sent or was taken; what a
        point of service was told went to the point.
        """

        READ = "read", _("工作人员查看")
        OUT = "out", _("提供给另一节点")
        OWN = "own", _("本地部门提供")
        IN = "in", _("从另一节点取得")
        AGENT = "agent", _("代办人查看")
        SENT = "sent", _("随办件送往另一节点")
        TAKEN = "taken", _("随办件从另一节点收到")
        POINT = "point", _("告知定点机构")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pseudonym = models.CharField(max_length=64)
    at = models.DateTimeField()
    direction = models.CharField(max_length=10, choices=Direction)
    agency = models.CharField(max_length=80)
    officer = models.ForeignKey(Officer, null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    agent = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="looks_as_agent",
        db_index=False,
    )
    asking_node = models.CharField(max_length=80)
    service = models.CharField(max_length=80)
    case_ref = models.CharField(max_length=40)
    basis = models.JSONField()
    purpose = models.JSONField()
    fields = models.JSONField(default=list)
    message_id = models.UUIDField(null=True, blank=True, unique=True)
    question_sha256 = models.BinaryField(null=True)
    reply_sha256 = models.BinaryField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("数据访问记录")
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [
            models.Index(fields=["pseudonym", "-at"], name="access_person_at"),
            models.Index(
                fields=["officer"], condition=models.Q(officer__isnull=False), name="access_officer"
            ),
            models.Index(fields=["agent"], condition=models.Q(agent__isnull=False), name="access_agent"),
        ]

    def __str__(self) -> str:
        return f"access {self.id}"


class Withholding(models.Model):
    """Looks of one agency for one case that the person is shown only from a day on (暂缓公开).

    Only looks made after it count. It is never changed or removed; a later one can prolong it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case_ref = models.CharField(max_length=40)
    agency = models.CharField(max_length=60)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    basis = models.JSONField()
    since = models.DateTimeField()
    until = models.DateField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case_ref", "agency"], name="withheld_case")]

    def __str__(self) -> str:
        return f"withholding {self.id}"
