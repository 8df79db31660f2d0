"""How other nodes are: one that cannot be reached rests for a while, and what waits for it rests too."""

import random
import threading
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from tongban.node.exchange.conversing.models import Peer
from tongban.protocol.conversations import pause

_lock = threading.Lock()
_good: set[str] = set()
"""Peers that this process knows to be reachable, so that not every delivery stores it again."""


def note_unreachable(name: str) -> None:
    """Let a peer rest, the longer the more often it could not be reached in a row.

    What failed while it rests already was on its way before and counts no more.
    """
    with _lock:
        _good.discard(name)
    with transaction.atomic():
        Peer.objects.get_or_create(name=name)
        known = Peer.objects.select_for_update().annotate(rests=Q(rests_until__gt=Now()))
        peer = known.get(name=name)
        if peer.rests:
            return
        peer.failures += 1
        wait: timedelta = pause(peer.failures, random.random())  # noqa: S311 - jitter, not a secret
        Peer.objects.filter(name=name).update(failures=peer.failures, rests_until=Now() + wait)


def note_reached(name: str) -> None:
    """A peer has answered: nothing for it rests any more."""
    with _lock:
        if name in _good:
            return
    Peer.objects.filter(name=name).exclude(failures=0).update(failures=0, rests_until=None)
    with _lock:
        _good.add(name)


def note_ahead(name: str) -> None:
    """A peer remembers more of this node than the node itself does."""
    Peer.objects.get_or_create(name=name)
    Peer.objects.filter(name=name).update(is_ahead_of_us=True)
