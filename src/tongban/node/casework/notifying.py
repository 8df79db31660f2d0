"""Notices on their way to people outside the portal: by e-mail and text message, in their language.

Promises: what is to be sent is written in the transaction of its event; each is claimed under a lease, tried
with growing pauses, and marked sent once; nothing of a person stands in a log.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Q

from tongban.node.casework.models import Outgoing, Reach
from tongban.node.casework.senders import Letter, NotSent, sender
from tongban.node.catalogues import traditional
from tongban.node.clock import now
from tongban.node.statements import Value, Writes
from tongban.services import Text

logger = logging.getLogger(__name__)

MOST_TRIES = 8
MOST_AT_ONCE = 50
_LEASE = timedelta(minutes=2)
_SUBJECT = Text(zh="办件 {number} 有新进展", en="News of your case {number}")
_OTHER_SUBJECT = Text(zh="您有一条新通知", en="You have a notice")
_NOTICE = """
INSERT INTO casework_notice (account_id, event_id, path, at, text_zh, text_en)
SELECT account.id, {event}, %s, %s::timestamptz, %s, %s FROM {rows} WHERE person_id = %s
RETURNING id, account_id, at"""
_ACCOUNTS = "people_account AS account"
_OUTGOING = """
INSERT INTO casework_outgoing (notice_id, channel, language, state, tries, next_try, problem)
SELECT {notice}.id, chosen.channel, reach.language, 'waiting', 0, {notice}.at, ''
  FROM {notice} JOIN casework_reach AS reach USING (account_id),
       LATERAL (VALUES ('email', reach.by_email AND reach.email <> ''),
                       ('sms', reach.by_sms AND reach.phone <> '')) AS chosen(channel, is_wanted)
 WHERE chosen.is_wanted"""
"""By each channel that the person chose and gave an address for."""


def tell(person_id: UUID, text: Text, path: str, at: datetime) -> None:
    """Write a notice for the person, if they have an account, and put it on its way.

    `path` is the portal's page that tells more. For the caller's transaction.
    """
    writes = Writes()
    writes.add("notice", _NOTICE.format(event="NULL", rows=_ACCOUNTS), [*_told(text, path, at), person_id])
    writes.add("sent", _OUTGOING.format(notice="notice"), [])
    writes.run()


def tell_within(
    writes: Writes, person_id: UUID, text: Text, path: str, at: datetime, *, of_event: bool
) -> None:
    """The same by more parts of what the caller writes, if its part `event` is written.

    It is the notice of that event, or one besides it for somebody else.
    """
    name, event = ("notice", "event.id") if of_event else ("other_notice", "NULL")
    notice = _NOTICE.format(event=event, rows=f"{_ACCOUNTS}, event")
    writes.add(name, notice, [*_told(text, path, at), person_id])
    writes.add(f"{name}_sent", _OUTGOING.format(notice=name), [])


def _told(text: Text, path: str, at: datetime) -> list[Value]:
    return [path, at, text.zh, text.en]


def send_due() -> int:
    """Send what is due; how many were sent."""
    due = Outgoing.objects.filter(_claimable()).order_by("next_try").values_list("pk", flat=True)
    return sum(_send(pk) for pk in due[:MOST_AT_ONCE])


def _claimable() -> Q:
    at = now()
    free = Q(lease_until=None) | Q(lease_until__lt=at)
    return Q(state=Outgoing.State.WAITING, next_try__lte=at) & free


def _send(pk: int) -> bool:
    lease = uuid4()
    if not Outgoing.objects.filter(_claimable(), pk=pk).update(
        lease=lease, lease_until=now() + _LEASE, tries=F("tries") + 1
    ):
        return False
    outgoing = Outgoing.objects.select_related("notice__account__reach", "notice__event__case").get(pk=pk)
    try:
        send = sender(outgoing.channel)
        if send is None:
            raise NotSent("the node sends nothing by this channel", is_final=True)
        send(letter(outgoing))
    except NotSent as failed:
        _put_off(outgoing, lease, failed)
        return False
    return bool(_settle(outgoing, lease, state=Outgoing.State.SENT, sent_at=now()))


def letter(outgoing: Outgoing) -> Letter:
    """The notice as it is sent: in the person's language, without anything that the notice does not say."""
    notice = outgoing.notice
    reach = notice.account.reach
    event = notice.event
    subject = _SUBJECT.filled({"number": event.case.number}) if event else _OTHER_SUBJECT
    is_english = outgoing.language == "en"
    words = (subject.en, notice.text_en) if is_english else (subject.zh, notice.text_zh)
    if outgoing.language == "zh-hant":
        words = (traditional(words[0]), traditional(words[1]))
    to = reach.email if outgoing.channel == "email" else reach.phone
    return Letter(key=f"notice-{outgoing.pk}", to=to, subject=words[0], text=words[1])


def _put_off(outgoing: Outgoing, lease: UUID, failed: NotSent) -> None:
    logger.warning("notice %s was not sent: %s", outgoing.pk, failed)
    is_over = failed.is_final or outgoing.tries >= MOST_TRIES
    pause = timedelta(minutes=2 ** min(outgoing.tries, MOST_TRIES))
    state = Outgoing.State.GIVEN_UP if is_over else Outgoing.State.WAITING
    _settle(outgoing, lease, state=state, next_try=now() + pause, problem=str(failed)[:200])


def _settle(outgoing: Outgoing, lease: UUID, **changes: object) -> int:
    with transaction.atomic():
        mine = Outgoing.objects.filter(pk=outgoing.pk, lease=lease)
        return mine.update(lease=None, lease_until=None, **changes)


def choose(account_id: int, *, language: str, email: str = "", phone: str = "") -> Reach:
    """Note where and in which language a person wants to be told; an empty address means not there."""
    reach, _ = Reach.objects.update_or_create(
        account_id=account_id,
        defaults={
            "language": language,
            "email": email,
            "phone": phone,
            "by_email": bool(email),
            "by_sms": bool(phone),
        },
    )
    return reach
