"""What became of a run: what broke, how much happened, and, if it was traced, what."""

from dataclasses import dataclass, field

from tongban.federation.simulation.plan import Plan
from tongban.protocol import HttpRequest
from tongban.protocol.tlog.witnessing import ADD_CHECKPOINT_PATH


@dataclass
class Outcome:
    """What became of a run; it held if `violations` is empty.

    `messages` counts deliveries and replies that arrived, without those of `cosigning` heads.
    """

    plan: Plan
    violations: list[str] = field(default_factory=list)
    events: int = 0
    messages: int = 0
    cosigning: int = 0
    conversations: int = 0
    seconds: float = 0.0
    trace: list[str] = field(default_factory=list)

    def count(self, request: HttpRequest) -> None:
        """Count a delivery that arrived, or the reply to one."""
        if request.path == ADD_CHECKPOINT_PATH:
            self.cosigning += 1
        else:
            self.messages += 1
