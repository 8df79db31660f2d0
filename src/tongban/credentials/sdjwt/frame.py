"""Which claims of a credential can be disclosed one by one, as paths (SD-JWT VC, claim paths).

A path is a tuple: a name goes into an object, a number to one element of an array, None to each of them.
Promises: a frame is compiled once for a credential type and used for every issuance.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

Step = str | int | None
Path = tuple[Step, ...]


@dataclass(slots=True)
class Frame:
    """The tree of paths. `hidden` says that the value at this place is disclosed by itself."""

    hidden: bool = False
    inner: dict[Step, "Frame"] = field(default_factory=dict)
    flat: frozenset[Step] = frozenset()
    """The hidden names, of a frame that hides members of the object itself and nothing inside them."""

    @classmethod
    def of(cls, paths: Iterable[Path]) -> Self:
        """The frame in which exactly these paths are selectively disclosable."""
        root = cls()
        for path in paths:
            if not path:
                raise ValueError("a path needs at least one step")
            place: Frame = root
            for step in path:
                place = place.inner.setdefault(step, Frame())
            place.hidden = True
        if all(one.hidden and not one.inner for one in root.inner.values()):
            root.flat = frozenset(root.inner)
        return root

    def at(self, step: Step) -> "Frame | None":
        """The frame of one member or element; an element falls back to that of every element."""
        found = self.inner.get(step)
        if found is None and isinstance(step, int):
            return self.inner.get(None)
        return found
