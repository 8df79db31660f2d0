"""Whose a claim on what waits is: a worker's, which shows for as long as it lives that it does.

Promises: what a worker that has died had claimed is free again when the next one starts; what a living one
has claimed is its own until the lease ends.
"""

import os
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import connection, connections, transaction

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

SECONDS_BETWEEN_LOOKS = 10.0
"""How often a worker makes sure that it still shows that it lives."""

_lock = threading.Lock()
_workers: dict[int, UUID] = {}


def worker() -> UUID:
    """This process as the owner of claims: their `lease`."""
    with _lock:
        return _workers.setdefault(os.getpid(), uuid4())


class LifeSign:
    """That the worker of this process lives: a lock in the database, which ends with its connection."""

    def __init__(self) -> None:
        self._session: BaseDatabaseWrapper | None = None
        self._look_at = 0.0
        self._alone = threading.Lock()

    def show(self) -> None:
        """Take the lock, or take it again where the connection was lost; call it as often as you like."""
        with self._alone:
            if time.monotonic() < self._look_at:
                return
            if self._session is None or not self._session.is_usable():
                self._leave()
                self._session = _session_with_lock()
            self._look_at = time.monotonic() + SECONDS_BETWEEN_LOOKS

    def end(self) -> None:
        """Show it no more."""
        with self._alone:
            self._leave()

    def _leave(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def _session_with_lock() -> "BaseDatabaseWrapper | None":
    """A connection of its own that holds this worker's lock; None while a lost one still holds it."""
    session = connections["default"].copy()
    session.inc_thread_sharing()
    with session.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_key(worker())])
        if cursor.fetchone() == (True,):
            return session
    session.close()
    return None


def release(table: str, condition: str) -> int:
    """Free what workers that have died had claimed of the rows under `condition`; how many of them there are.

    Where several workers start at once, each dead one's claims are freed by one of them.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT lease FROM {table} WHERE {condition} AND lease IS NOT NULL")  # noqa: S608
        dead = _without_life_sign([lease for (lease,) in cursor.fetchall()])
        if dead:
            cursor.execute(
                f"UPDATE {table} SET lease = NULL, lease_until = NULL"  # noqa: S608 - texts of this program
                f" WHERE {condition} AND lease = ANY(%s)",
                [dead],
            )
    return len(dead)


def _without_life_sign(workers: Sequence[UUID]) -> list[UUID]:
    """Those whose lock nobody holds, which this transaction holds from now on."""
    with connection.cursor() as cursor:
        dead = []
        for one in workers:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_key(one)])
            if cursor.fetchone() == (True,):
                dead.append(one)
    return dead


def _key(owner: UUID) -> int:
    """The lock's number, a signed 64-bit integer."""
    return int.from_bytes(owner.bytes[:8], "big", signed=True)
