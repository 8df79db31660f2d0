"""Slows the guessing of passwords: after some failures an account or an address has to wait.

Promises: counts in the database, so that all processes of a node agree; a success clears the account's count.
"""

from datetime import timedelta

from django.utils.crypto import salted_hmac

from tongban.node.clock import now
from tongban.node.portal.models import FailedSignIn

WINDOW = timedelta(minutes=15)
MOST_PER_ACCOUNT = 8
MOST_PER_ADDRESS = 60


def _digest(kind: str, value: str) -> str:
    return salted_hmac("tongban.sign-in." + kind, value.casefold(), algorithm="sha256").hexdigest()


def _failures(digest: str) -> int:
    return FailedSignIn.objects.filter(digest=digest, at__gt=now() - WINDOW).count()


def must_wait(username: str, address: str) -> bool:
    """Whether this account or this address has failed too often within the window."""
    return (
        _failures(_digest("account", username)) >= MOST_PER_ACCOUNT
        or _failures(_digest("address", address)) >= MOST_PER_ADDRESS
    )


def failed(username: str, address: str) -> None:
    """Count a failure, and forget those that no longer matter."""
    at = now()
    FailedSignIn.objects.filter(at__lt=at - WINDOW).delete()
    FailedSignIn.objects.bulk_create(
        FailedSignIn(digest=digest, at=at)
        for digest in (_digest("account", username), _digest("address", address))
    )


def succeeded(username: str) -> None:
    """The account's owner is in: its failures count no more."""
    FailedSignIn.objects.filter(digest=_digest("account", username)).delete()
