"""Runs a program's kernel over batches: chunks of persons on all cores, memory made once a chunk."""

import math
import os
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tongban.law import ir
from tongban.law.engines.batch import Answer, Answers, Batch
from tongban.law.engines.native.cells import FEW_CODES
from tongban.law.engines.native.compiler import Kernel, load_kernel
from tongban.law.engines.native.kernel import Recipe, make_recipe
from tongban.law.engines.native.shapes import Shape, outcome_type
from tongban.law.engines.native.slots import SIZES, suit
from tongban.law.engines.program import Fact, Program
from tongban.law.tables.columns import UNREADABLE, CellColumn, Cells, Numbers

CHUNK = 131_072
_DTYPES: dict[str, type[np.generic]] = {
    "i8": np.int8,
    "i16": np.int16,
    "i32": np.int32,
    "i64": np.int64,
    "double": np.float64,
}
_STORED = {np.dtype(kind): name for name, kind in _DTYPES.items()}
_WIDER = {np.dtype(np.uint8): np.int16, np.dtype(np.uint16): np.int32, np.dtype(np.uint32): np.int64}
Memory: TypeAlias = dict[str, npt.NDArray[np.generic]]


@dataclass(frozen=True)
class _Loaded:
    recipe: Recipe
    kernel: Kernel


class NativeEngine:
    """A program in machine code; a table of another shape gets a kernel of its own."""

    name = "native"

    def __init__(self, program: Program, threads: int | None = None, *, for_arrow: bool = False) -> None:
        self._program = program
        self._for_arrow = for_arrow
        self.reads_cells = frozenset(fact.name for fact in program.facts)
        self._threads = threads or os.cpu_count() or 1
        self._slots_suit = suit(program)
        self._kernels: dict[tuple[tuple[str, Shape], ...], _Loaded] = {}
        self._loading = threading.Lock()

    def run(self, batch: Batch) -> Answers:
        """Compute the outcomes of a batch on this thread; tables have several threads, each with a batch."""
        return self.compute(batch, self.memory(batch.persons), threads=1)

    def memory(self, persons: int) -> Memory:
        """Make room for the outcomes of so many persons; it can be used again for as many."""
        outputs: Memory = {"refused": np.empty(persons, np.uint8)}
        for target in self._program.targets:
            stored = outcome_type(target, for_arrow=self._for_arrow)
            size = (persons, 2) if stored == "halves" else (persons,)
            outputs[f"value_{target.name}"] = _room(size, _DTYPES.get(stored, np.int64))
            if isinstance(target.type, ir.OptionalType):
                outputs[f"none_{target.name}"] = np.empty(persons, np.uint8)
        return outputs

    def compute(self, batch: Batch, outputs: Memory, threads: int | None = None) -> Answers:
        """Compute the outcomes of a batch into memory made for as many; on all threads or on so many."""
        threads = threads or self._threads
        inputs, shapes = self._inputs(batch)
        starts = range(0, batch.persons, CHUNK)
        lasting = _addresses({**inputs, **outputs})
        plain = None if batch.histories else self._load(shapes)

        def compute(start: int) -> None:
            end = min(start + CHUNK, batch.persons)
            if plain is not None:
                plain.kernel.call(start, end, *(lasting[name] for name in plain.recipe.pointers))
                return
            spells = _most_spells(batch, start, end)
            loaded = self._load(_in_slots(shapes, spells) if self._slots_suit else shapes)
            most = max(spells.values(), default=0)
            scratch = _scratch(loaded.recipe, end - start, most)
            places = {**lasting, **_addresses(scratch)} if scratch else lasting
            loaded.kernel.call(start, end, *(places[name] for name in loaded.recipe.pointers))

        if len(starts) == 1 or threads == 1:
            for start in starts:
                compute(start)
        else:
            list(_pool(threads).map(compute, starts))
        return Answers(
            {
                target.name: _answer(outputs[f"value_{target.name}"], outputs.get(f"none_{target.name}"))
                for target in self._program.targets
            },
            _truths(outputs["refused"]),
        )

    def _load(self, shapes: Mapping[str, Shape]) -> _Loaded:
        key = tuple(sorted(shapes.items()))
        with self._loading:
            if key not in self._kernels:
                recipe = make_recipe(self._program, shapes, for_arrow=self._for_arrow)
                kernel = load_kernel(recipe.assembly, "law", len(recipe.pointers), gathers=recipe.gathers)
                self._kernels[key] = _Loaded(recipe, kernel)
            return self._kernels[key]

    def _inputs(self, batch: Batch) -> tuple[Memory, dict[str, Shape]]:
        arrays: Memory = {}
        shapes: dict[str, Shape] = {}
        for fact in self._program.facts:
            name = fact.name
            if fact.type == ir.SPELLS and name in batch.histories:
                history = batch.histories[name]
                parts = {
                    "offsets": history.offsets,
                    "firsts": history.first,
                    "lasts": history.last,
                    "places": history.place,
                    "kinds": history.kind,
                }
                arrays |= {f"{part}_{name}": np.ascontiguousarray(array) for part, array in parts.items()}
                shapes[name] = Shape("", history.missing is not None)
                missing = history.missing
            elif name in batch.columns:
                column = batch.columns[name]
                cells = column.cells if isinstance(column, CellColumn) else None
                values = _storable(column.values) if cells is None else np.ascontiguousarray(cells.stored)
                arrays[f"fact_{name}"] = values
                form = "" if cells is None else _form(cells)
                if cells is not None and cells.form == "code":
                    arrays[f"numbers_{name}"] = _by_code(cells, fact)
                shapes[name] = Shape(_STORED[values.dtype], column.missing is not None, form=form)
                missing = column.missing
            else:
                shapes[name] = Shape("", absent=True)
                missing = None
            if missing is not None:
                arrays[f"missing_{name}"] = np.ascontiguousarray(missing).view(np.uint8)
        return arrays, shapes


@lru_cache(4)
def _pool(threads: int) -> ThreadPoolExecutor:
    """Threads that stay, since starting them would take longer than many a table."""
    return ThreadPoolExecutor(threads, "tongban-law")


# A process that is forked off has none of its parent's threads.
os.register_at_fork(after_in_child=_pool.cache_clear)


def for_arrow(program: Program) -> NativeEngine:
    """An engine whose outcomes lie in memory as Arrow holds them."""
    return NativeEngine(program, for_arrow=True)


def _room(size: tuple[int, ...], kind: type[np.generic]) -> npt.NDArray[np.generic]:
    """Memory from Arrow's pool, which has pages at hand that earlier tables gave back."""
    numbers = math.prod(size)
    buffer = pa.allocate_buffer(numbers * np.dtype(kind).itemsize)
    return np.frombuffer(buffer, kind, numbers).reshape(size)


def _storable(values: Numbers) -> Numbers:
    """The numbers in one of the widths a kernel reads, one after the other."""
    if values.dtype == np.bool_:
        return np.ascontiguousarray(values).view(np.int8)
    wider = _WIDER.get(values.dtype)
    return values.astype(wider) if wider is not None else np.ascontiguousarray(values)


def _form(cells: Cells) -> str:
    """How the kernel reads the cells; a few codes it tells apart itself."""
    return "few codes" if cells.form == "code" and len(cells.numbers) <= FEW_CODES else cells.form


def _by_code(cells: Cells, fact: Fact) -> npt.NDArray[np.int32]:
    """What each code stands for, where the fact admits it; no code leads out of it."""
    numbers = cells.numbers
    fits = (numbers >= fact.low) & (numbers <= fact.high)
    if not fits.all():
        numbers = np.where(fits, numbers, np.int32(UNREADABLE))
    if len(numbers) <= FEW_CODES:
        return np.concatenate([numbers, np.full(FEW_CODES, UNREADABLE, np.int32)])[:FEW_CODES]
    if cells.stored.dtype == np.int8:
        return np.concatenate([numbers, np.full(256, UNREADABLE, np.int32)])[:256]
    if len(cells.stored) and not 0 <= cells.stored.min() <= cells.stored.max() < len(numbers):
        raise ValueError("a dictionary column has positions without a text")
    return np.ascontiguousarray(numbers)


def _answer(values: npt.NDArray[np.generic], none: npt.NDArray[np.generic] | None) -> Answer:
    missing = None if none is None else _truths(none)
    if values.ndim == 1:
        return Answer(values, missing)
    halves = values.view(np.int64)
    return Answer(halves[:, 0], missing, halves)


def _truths(flags: npt.NDArray[np.generic]) -> npt.NDArray[np.bool_]:
    return flags.view(np.bool_)


def _most_spells(batch: Batch, start: int, end: int) -> dict[str, int]:
    """How many spells some person of a chunk has at most, by fact."""
    return {
        name: int(np.diff(history.offsets[start : end + 1]).max(initial=0))
        for name, history in batch.histories.items()
    }


def _in_slots(shapes: Mapping[str, Shape], spells: Mapping[str, int]) -> Mapping[str, Shape]:
    """The shapes with so many slots for spells as the chunk needs, where they are few and there are some."""
    given = {name: number for name, number in spells.items() if name in shapes}
    if not given or not all(0 < number <= SIZES[-1] for number in given.values()):
        return shapes
    slots = {name: next(size for size in SIZES if number <= size) for name, number in given.items()}
    return {**shapes, **{name: replace(shapes[name], most=slots[name]) for name in slots}}


def _addresses(memory: Memory) -> dict[str, int]:
    return {name: array.ctypes.data for name, array in memory.items()}


def _scratch(recipe: Recipe, persons: int, most: int) -> Memory:
    """Memory of one chunk: the columns between sweep and loop, and the lists of spells being made."""
    arrays: Memory = {f"asked{column}": np.empty(persons, np.int32) for column in range(recipe.columns)}
    if "unfit" in recipe.pointers:
        arrays["unfit"] = np.empty(persons, np.uint8)
    if "layout" in recipe.pointers:
        sizes = [width * (capacity(most) + 1) for capacity in recipe.capacities for width in (4, 4, 4, 4)]
        ends = np.cumsum(np.array([0, *sizes], np.int64))
        arrays["layout"] = ends[:-1].copy() if sizes else np.zeros(1, np.int64)
        arrays["scratch"] = np.empty(max(int(ends[-1]), 1), np.uint8)
    return arrays
