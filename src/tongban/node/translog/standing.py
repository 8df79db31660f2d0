"""How the node's own log stands, for its operator."""

from dataclasses import dataclass

from tongban.node.translog.models import LogRecord, LogState
from tongban.node.translog.stored import newest_checkpoint
from tongban.protocol.tlog.notes import Note


@dataclass(frozen=True)
class Standing:
    """Records with a place, records that wait for one, who signed the newest head, why it is halted."""

    size: int
    waiting: int
    signers: tuple[str, ...]
    halted: str
    detail: str

    def told(self) -> str:
        """The same in lines of text."""
        lines = [f"{self.size} records, {self.waiting} waiting for their place"]
        if self.signers:
            lines.append(f"newest head signed by {', '.join(self.signers)}")
        if self.halted:
            lines.append(f"HALTED, {self.halted}: {self.detail}")
        return "\n".join(lines)


def standing() -> Standing:
    """How the log stands now."""
    state = LogState.objects.filter(id=1).first()
    head = newest_checkpoint()
    signatures = Note.parse(bytes(head.note)).signatures if head else ()
    return Standing(
        size=head.size if head else 0,
        waiting=LogRecord.objects.filter(index=None).count(),
        signers=tuple(dict.fromkeys(one.key.name for one in signatures)),
        halted=state.halted if state else "",
        detail=state.detail if state else "",
    )
