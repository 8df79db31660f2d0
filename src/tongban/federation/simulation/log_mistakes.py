"""Planted mistakes about a node's log, its witnesses, and what it learns again after an old backup."""

from collections.abc import Sequence
from typing import Any

from tongban.federation.simulation import recovery, witness
from tongban.federation.simulation.faults import FaultKind
from tongban.federation.simulation.ledger import Ledger
from tongban.federation.simulation.plan import Aim
from tongban.federation.simulation.planting import Mutation
from tongban.federation.simulation.recovery import Recovery
from tongban.protocol.conversations import AnyUtterance, Conversation, Step, Thread, recalling
from tongban.protocol.tlog import auditing, witnessing
from tongban.protocol.tlog.checkpoints import Checkpoint, open_checkpoint
from tongban.suites import VerifyingKey


def _no_recall(self: Recovery, backup_at: float) -> None:
    self.peers = {}


def _recall_without_effects(
    thread: Thread, conversation: Conversation | None, message: AnyUtterance, me: str
) -> Step:
    return recalling_recall(thread, conversation, message, me)._replace(effects=())


def _recall_theirs_only(
    thread: Thread, own: tuple[AnyUtterance, ...], theirs: tuple[AnyUtterance, ...]
) -> tuple[AnyUtterance, ...]:
    return recalling_merge(thread, (), theirs)


def _no_resume(self: Ledger) -> None:
    pass


def _any_head(
    request: witnessing.AddCheckpoint, held: object, origin: str, keys: Sequence[VerifyingKey]
) -> Checkpoint:
    return open_checkpoint(request.note, origin, keys)


def _any_proof(*_: object) -> None:
    pass


def _nobody_elses(one: auditing.Seen, parties: auditing.Parties) -> None:
    return None


recalling_recall = recalling.recall
recalling_merge = recalling.merge
_RESTORED = Aim(fault=FaultKind.RESTORE)
_ROLLED_BACK = Aim(fault=FaultKind.LOG_ROLLED_BACK)


def _of(name: str, says: str, *places: tuple[Any, str, Any], aim: Aim) -> Mutation:
    return Mutation(name, says, places, aim)


LOG_MUTATIONS = (
    _of(
        "recall-without-effects",
        "what a restored node learns again takes no effect in its books",
        (recovery, "recall", _recall_without_effects),
        aim=_RESTORED,
    ),
    _of(
        "recall-theirs-only",
        "a restored node learns again what its peers said, and not what it said itself",
        (recovery, "merge", _recall_theirs_only),
        aim=_RESTORED,
    ),
    _of(
        "no-recall",
        "a restored node goes on as if nothing were lost",
        (Recovery, "begin", _no_recall),
        aim=_RESTORED,
    ),
    _of(
        "log-not-resumed",
        "after an old backup the log goes on from the backup, whatever it has shown",
        (Ledger, "resume", _no_resume),
        aim=_RESTORED,
    ),
    _of(
        "head-not-judged",
        "a witness cosigns every head that the log has signed",
        (witness, "judge", _any_head),
        aim=_ROLLED_BACK,
    ),
    _of(
        "consistency-not-checked",
        "a witness does not check that a head continues the one before",
        (witnessing, "check_consistency", _any_proof),
        aim=_ROLLED_BACK,
    ),
    _of(
        "verifier-trusts-the-log",
        "the verifier does not look at what others have seen of the log",
        (auditing, "_opened", _nobody_elses),
        aim=_ROLLED_BACK,
    ),
)
"""They are among all planted mistakes."""
