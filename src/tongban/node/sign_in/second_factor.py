"""Whether an account still owes its second factor: officers need one wherever the node asks for it."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator

from tongban.node.config import this_node
from tongban.node.people.models import Account

STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_set_up(account: Account) -> bool:
    """Whether the account has one-time codes or a passkey; recovery codes alone do not count."""
    return Authenticator.objects.filter(user=account, type__in=STRONG).exists()


def is_owed(account: Account) -> bool:
    """Whether an officer has to set one up before opening anything."""
    return this_node().officers_second_factor == "required" and not is_set_up(account)


@dataclass(frozen=True)
class Passkey:
    """One passkey: its number for links, and the name that its owner gave it."""

    key: int
    name: str


@dataclass(frozen=True)
class Factors:
    """What the account has: a code app, passkeys, and how many recovery codes are left."""

    has_codes: bool
    passkeys: tuple[Passkey, ...]
    recovery_codes_left: int | None


def factors_of(account: Account) -> Factors:
    """The account's second factors; `recovery_codes_left` is None where none were made."""
    rows = list(Authenticator.objects.filter(user=account))
    recovery = next((row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES), None)
    return Factors(
        has_codes=any(row.type == Authenticator.Type.TOTP for row in rows),
        passkeys=tuple(
            Passkey(row.pk, row.wrap().name) for row in rows if row.type == Authenticator.Type.WEBAUTHN
        ),
        recovery_codes_left=len(recovery.wrap().get_unused_codes()) if recovery else None,
    )
