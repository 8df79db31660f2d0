"""The node's own status lists: giving out entries, setting them, signing the list for whoever asks.

Promises: an entry is given out once; a change is in the list that the next request gets.
"""

import secrets
from datetime import timedelta

from django.db import transaction

from tongban.credentials.status import PackedStatuses, Status, StatusReference, StatusRegister, publish
from tongban.credentials.status.cwt import publish_cwt
from tongban.credentials.status.indices import IndexOrder
from tongban.node.clock import true_now
from tongban.node.credentials import issuers
from tongban.node.credentials.models import Entry, Issued, StatusList
from tongban.node.credentials.wallets import certifying

SIZE = 131_072
BITS = 2
LIFETIME = timedelta(hours=24)
FETCH_AGAIN = timedelta(minutes=5)

_STATUS = {
    Issued.State.VALID: Status.VALID,
    Issued.State.SUSPENDED: Status.SUSPENDED,
    Issued.State.REVOKED: Status.INVALID,
}


class ListFull(Exception):
    """Every entry of the last list was given out; the directory has to list another."""

    def __init__(self) -> None:
        super().__init__("every status list of this node is full; have the federation list another address")


def take_entries(credential: Issued, count: int) -> list[tuple[Entry, StatusReference]]:
    """Give the credential `count` fresh entries. Inside a transaction; raises ListFull."""
    for number, uri in enumerate(issuers.own().lists):
        row = _locked(number, uri)
        if row.given + count > row.size:
            continue
        order = IndexOrder(row.size, bytes(row.secret))
        indices = [order.index(row.given + offset) for offset in range(count)]
        row.given += count
        row.save(update_fields=["given"])
        entries = Entry.objects.bulk_create(
            Entry(credential=credential, list=row, index=index) for index in indices
        )
        return [(entry, StatusReference(uri, entry.index)) for entry in entries]
    raise ListFull


def apply(credential: Issued) -> None:
    """Write the credential's state into all its entries. Inside a transaction."""
    by_list: dict[int, list[int]] = {}
    for entry in credential.entries.order_by("list_id"):
        by_list.setdefault(entry.list_id, []).append(entry.index)
    for number, indices in by_list.items():
        row = StatusList.objects.select_for_update().get(pk=number)
        register = StatusRegister.from_packed(PackedStatuses(BITS, bytes(row.packed)))
        for index in indices:
            register.set(index, _STATUS[Issued.State(credential.state)])
        row.packed, row.changed_at = register.packed().data, true_now()
        row.save(update_fields=["packed", "changed_at"])


def signed(number: int) -> str | None:
    """The list of that number as a signed token of this moment (JWT); None when there is none."""
    found = _register(number)
    if found is None:
        return None
    uri, register = found
    own = issuers.own()
    return publish(
        register,
        uri,
        own.key,
        now=true_now(),
        lifetime=LIFETIME,
        ttl=FETCH_AGAIN,
        header=certifying.header(own),
    )


def signed_cwt(number: int) -> bytes | None:
    """The same list as CWT."""
    found = _register(number)
    if found is None:
        return None
    uri, register = found
    return publish_cwt(register, uri, issuers.own().key, now=true_now(), lifetime=LIFETIME, ttl=FETCH_AGAIN)


def _register(number: int) -> tuple[str, StatusRegister] | None:
    own = issuers.own()
    if not 0 <= number < len(own.lists):
        return None
    with transaction.atomic():
        row = _locked(number, own.lists[number])
    return row.uri, StatusRegister.from_packed(PackedStatuses(BITS, bytes(row.packed)))


def _locked(number: int, uri: str) -> StatusList:
    empty = StatusRegister(SIZE, BITS).packed().data
    StatusList.objects.get_or_create(
        pk=number,
        defaults={
            "uri": uri,
            "size": SIZE,
            "secret": secrets.token_bytes(32),
            "packed": empty,
            "changed_at": true_now(),
        },
    )
    return StatusList.objects.select_for_update().get(pk=number)
