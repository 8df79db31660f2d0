"""Brings people, accounts and officers into the node.

Promises: a wrong ID number is refused before anything is stored; the same user name is the same account.
"""

from django.db import transaction

from tongban.node.clock import now, today
from tongban.node.people.models import Account, Officer, Person
from tongban.node.people.pseudonyms import pseudonym
from tongban.places import agencies, resident_id
from tongban.services import Text


class AlreadyRegistered(ValueError):
    """The person has an account under another user name."""

    def __init__(self) -> None:
        super().__init__("this person has an account already; sign in with it")
        self.text = Text(
            zh="您已经有账号了，请用原来的用户名登录",
            en="You have an account already; sign in with its user name",
        )


def create_citizen(username: str, password: str, resident_number: str, name: str, phone: str = "") -> Account:
    """A citizen's account; raises ResidentIdRefused for a number that cannot be one, AlreadyRegistered."""
    number = resident_id.parse(resident_number, today()).number
    with transaction.atomic():
        found = Account.objects.filter(username=username).first()
        if found is not None:
            return found
        person, _ = Person.objects.get_or_create(
            resident_id=number, defaults={"pseudonym": pseudonym(number), "name": name, "phone": phone}
        )
        if Account.objects.filter(person=person).exists():
            raise AlreadyRegistered
        return _account(username, password, person)


def create_officer(username: str, password: str, agency: str, name: str, post: Text) -> Account:
    """An officer's account at an agency; raises UnknownAgency."""
    agencies.agency(agency)
    with transaction.atomic():
        found = Account.objects.filter(username=username).first()
        if found is not None:
            return found
        account = _account(username, password, None)
        Officer.objects.create(account=account, agency=agency, name=name, post_zh=post.zh, post_en=post.en)
        return account


def _account(username: str, password: str, person: Person | None) -> Account:
    account = Account(username=username, person=person, created_at=now())
    account.set_password(password)
    account.save(force_insert=True)
    return account
