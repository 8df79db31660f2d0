"""What an account may be used for."""

from django.contrib.auth.models import AnonymousUser

from tongban.node.people.models import Account, Officer, Person


def person_of(user: Account | AnonymousUser) -> Person | None:
    """The person whose account it is, if it is a citizen's."""
    return user.person if isinstance(user, Account) else None


def officer_of(user: Account | AnonymousUser) -> Officer | None:
    """The post that the account holds, if its holder is in office."""
    if not isinstance(user, Account):
        return None
    return Officer.objects.filter(account=user, is_active=True).select_related("account").first()
