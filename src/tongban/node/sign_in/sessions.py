"""Where an account is signed in, and ending that: the list a person sees, and what they end.

Promises: a session that was ended opens nothing any more, on its next request.
"""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from tongban.node.people.models import Account

_BROWSERS = (
    ("Edg/", "Edge"),
    ("MicroMessenger", "WeChat"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)


@dataclass(frozen=True)
class SignedIn:
    """One sign-in: since when, from which address, with which browser."""

    key: int
    since: datetime
    address: str
    browser: str
    is_current: bool


def sessions_of(account: Account, request: HttpRequest) -> tuple[SignedIn, ...]:
    """Where the account is signed in now, the latest first."""
    here = request.session.session_key
    rows = UserSession.objects.purge_and_list(account)
    return tuple(
        SignedIn(row.pk, row.created_at, row.ip, browser_name(row.user_agent), row.session_key == here)
        for row in sorted(rows, key=lambda row: row.created_at, reverse=True)
    )


def end(account: Account, key: int) -> bool:
    """End one of the account's own sessions; False when there is none of that number."""
    row = UserSession.objects.filter(user=account, pk=key).first()
    if row is None:
        return False
    row.end()
    return True


def end_others(account: Account, request: HttpRequest) -> int:
    """End all sessions but this one; tells how many."""
    others = UserSession.objects.filter(user=account).exclude(session_key=request.session.session_key)
    return sum(1 for row in others if row.end() is None)


def end_all(account: Account) -> int:
    """End every session of the account: when it is closed or its holder has left office."""
    return sum(1 for row in UserSession.objects.filter(user=account) if row.end() is None)


def browser_name(user_agent: str) -> str:
    """A browser's name as people know it; empty when it is none of the usual ones."""
    return next((name for sign, name in _BROWSERS if sign in user_agent), "")
