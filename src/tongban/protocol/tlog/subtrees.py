"""Perfect subtrees: into which of them ranges of entries fall apart, and how their hashes make roots.

A tree's storage needs to give hashes of perfect subtrees only; every root and proof is made of those.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tongban.protocol.tlog.hashing import EMPTY_ROOT, Hash, node_hash


@dataclass(frozen=True, slots=True)
class Subtree:
    """The entries from `index` * 2**`level` on, 2**`level` of them."""

    level: int
    index: int

    @property
    def end(self) -> int:
        """The index after the last entry."""
        return (self.index + 1) << self.level


class Span(NamedTuple):
    """The entries from `start` up to, without, `end`."""

    start: int
    end: int


HashReader = Callable[[Subtree], Hash]
"""Gives the hash of a perfect subtree; raises what the storage raises when it does not have it."""


def perfect_subtrees(span: Span) -> Iterator[Subtree]:
    """The fewest perfect subtrees that cover `span`, from left to right."""
    start = span.start
    while start < span.end:
        level = (span.end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        yield Subtree(level, start >> level)
        start += 1 << level


def root_of(span: Span, read: HashReader) -> Hash:
    """The Merkle tree hash of `span`, which starts at a multiple of a power of two not below its length."""
    hashes = [read(subtree) for subtree in perfect_subtrees(span)]
    if not hashes:
        return EMPTY_ROOT
    root = hashes.pop()
    while hashes:
        root = node_hash(hashes.pop(), root)
    return root


def split_point(length: int) -> int:
    """The largest power of two below `length`, which is at least 2."""
    return 1 << ((length - 1).bit_length() - 1)
