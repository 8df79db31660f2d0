"""What became of a run: what broke, how much happened, and, if it was traced, what."""

from dataclasses import dataclass, field

from tongban.federation.simulation.plan import Plan


@dataclass
class Outcome:
    """What became of a run; it held if `violations` is empty."""

    plan: Plan
    violations: list[str] = field(default_factory=list)
    events: int = 0
    messages: int = 0
    conversations: int = 0
    seconds: float = 0.0
    trace: list[str] = field(default_factory=list)
