"""Brings people, accounts and officers into the node.

Promises: a wrong ID number is refused before anything is stored; the same user name is the same account.
"""

from collections.abc import Sequence

from django.db import transaction

from tongban.node.clock import now, today
from tongban.node.people import permissions
from tongban.node.people.models import Account, Enterprise, Grant, Officer, Person, Representative
from tongban.node.people.pseudonyms import pseudonym
from tongban.places import agencies, credit_code, resident_id
from tongban.services import Text


class AlreadyRegistered(ValueError):
    """The person has an account under another user name."""

    def __init__(self) -> None:
        super().__init__("this person has an account already; sign in with it")
        self.text = Text(
            zh="您已经有账号了，请用原来的用户名登录",
            en="You have an account already; sign in with its user name",
        )


def person_of_number(resident_number: str, name: str, phone: str = "") -> Person:
    """The person of an ID number, made known to this node if new; raises ResidentIdRefused."""
    number = resident_id.parse(resident_number, today()).number
    person, _ = Person.objects.get_or_create(
        resident_id=number, defaults={"pseudonym": pseudonym(number), "name": name, "phone": phone}
    )
    return person


def create_citizen(
    username: str, password: str | None, resident_number: str, name: str, phone: str = ""
) -> Account:
    """A citizen's account, which without a password nobody can sign in to.

    Raises ResidentIdRefused for a number that cannot be one, AlreadyRegistered.
    """
    resident_id.parse(resident_number, today())
    with transaction.atomic():
        found = Account.objects.filter(username=username).first()
        if found is not None:
            return found
        person = person_of_number(resident_number, name, phone)
        if Account.objects.filter(person=person).exists():
            raise AlreadyRegistered
        return _account(username, password, person)


def create_officer(
    username: str,
    password: str | None,
    agency: str,
    name: str,
    post: Text,
    *,
    acts: Sequence[Grant.Act] = (Grant.Act.HANDLE,),
) -> Account:
    """An officer's account at an agency, who may do these acts for all its services; raises UnknownAgency."""
    agencies.agency(agency)
    with transaction.atomic():
        found = Account.objects.filter(username=username).first()
        if found is not None:
            return found
        account = _account(username, password, None)
        officer = Officer.objects.create(
            account=account, agency=agency, name=name, post_zh=post.zh, post_en=post.en
        )
        for act in acts:
            permissions.grant(officer, act)
        return account


def account_of_partner(partner: str, subject: str, resident_number: str, name: str) -> Account:
    """The account of a person for whom a partner's sign-in vouches.

    Opened without a password if there is none. Raises ResidentIdRefused for a number that cannot be one.
    """
    number = resident_id.parse(resident_number, today()).number
    with transaction.atomic():
        person, _ = Person.objects.get_or_create(
            resident_id=number, defaults={"pseudonym": pseudonym(number), "name": name}
        )
        found = Account.objects.filter(person=person).first()
        return found or _account(f"{partner}.{subject[:16]}", None, person)


def register_enterprise(code: str, name: str, legal_representative: Person) -> Enterprise:
    """An enterprise and who acts for it by office; raises CreditCodeRefused for a code that cannot be one."""
    number = credit_code.parse(code)
    with transaction.atomic():
        enterprise, _ = Enterprise.objects.get_or_create(code=number, defaults={"name": name})
        Representative.objects.get_or_create(
            enterprise=enterprise,
            person=legal_representative,
            valid_until=None,
            defaults={"valid_from": today()},
        )
        return enterprise


def _account(username: str, password: str | None, person: Person | None) -> Account:
    account = Account(username=username, person=person, created_at=now())
    account.set_password(password)
    account.save(force_insert=True)
    return account
