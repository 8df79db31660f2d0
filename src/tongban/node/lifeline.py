"""Ties the life of a child process to its parent's, and gives it a name.

Promises: when the parent is gone, by whatever end (kill -9 too), the kernel sends the child the signal named.
The parent must start its children from its main thread: the kernel watches the thread, not the process.
"""

import ctypes
import os
import pwd
import signal
from collections.abc import Callable

_SET_PARENT_DEATH_SIGNAL = 1
_SET_NAME = 15
_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)


def bound_to_parent(
    death_signal: signal.Signals, user: pwd.struct_passwd | None = None
) -> Callable[[], None]:
    """What a child runs between fork and exec (`preexec_fn`); it starts with no signal blocked.

    With `user` it gives up root for that user first: the kernel forgets the signal when the user changes.
    """
    parent = os.getpid()

    def bind() -> None:
        if user is not None:
            os.setgroups((user.pw_gid,))
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        end_with(parent, death_signal)

    return bind


def end_with(parent: int, death_signal: signal.Signals) -> None:
    """Bind this process to its parent, no signal blocked; it ends at once if `parent` is gone already."""
    _libc.prctl(_SET_PARENT_DEATH_SIGNAL, int(death_signal))
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    if os.getppid() != parent:
        os._exit(1)


def be_named(name: str) -> None:
    """What `ps` and `top` call this process; the kernel keeps the first fifteen bytes."""
    _libc.prctl(_SET_NAME, name.encode())


def adopt_orphans() -> None:
    """Make this process the parent of grandchildren whose own parent died, so that it can end them."""
    _libc.prctl(_SET_CHILD_SUBREAPER, 1)
