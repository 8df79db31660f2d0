"""Planted mistakes about files that cross beside the messages."""

from tongban.federation.simulation import papers
from tongban.federation.simulation.faults import FaultKind
from tongban.federation.simulation.papers import Carrier, Key
from tongban.federation.simulation.plan import Aim
from tongban.federation.simulation.planting import Mutation
from tongban.protocol import HttpResponse


def _any_bytes(self: Carrier, sha256: str, content: bytes) -> bool:
    return True


def _believes_it(self: Carrier, key: Key, response: HttpResponse) -> None:
    self.note_carried(key)


def _gives_up(self: Carrier, key: Key) -> None:
    pass


def _offers_nothing(*_: object) -> None:
    pass


_FORGED = Aim(("evidence",), FaultKind.FORGER)

PAPER_MUTATIONS = (
    Mutation(
        "file-not-checked",
        "bytes count as a file whatever their digest is",
        ((Carrier, "fits", _any_bytes),),
        _FORGED,
    ),
    Mutation(
        "unsigned-reply-believed",
        "a file counts as carried though nobody has signed that it is there",
        ((Carrier, "after_bytes", _believes_it),),
        _FORGED,
    ),
    Mutation(
        "file-offered-once",
        "a file that did not arrive is not offered again",
        ((Carrier, "again", _gives_up),),
        Aim(("evidence",)),
    ),
    Mutation(
        "file-not-carried",
        "evidence names a file that nobody sends",
        ((papers, "carry", _offers_nothing),),
        Aim(("evidence",)),
    ),
)
"""They are among all planted mistakes."""
