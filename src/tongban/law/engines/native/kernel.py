"""One native function for a program: facts of persons `begin` to `end` in, outcomes out, and who is refused.

    void law(i64 begin, i64 end, ptr …)

Spells are swept first, person by person, unless nobody has more than a few; then one loop without branches
computes everything else. A fact outside what the law admits refuses the person: bounds are checked in the
same pass that reads them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tongban.law import ir
from tongban.law.engines.native.assembly import Assembly
from tongban.law.engines.native.cells import Cells, Refusals, is_outside
from tongban.law.engines.native.compiler import suits_sixteen
from tongban.law.engines.native.lookups import Lookups
from tongban.law.engines.native.lower import Lowered, Lowering, SomeSpells, SpellList, encode, number_of
from tongban.law.engines.native.operands import FALSE, TRUE, WHOLE_KINDS, Value, floating, whole
from tongban.law.engines.native.shapes import Shape, outcome_type
from tongban.law.engines.native.slots import EMPTY, Arrays, SideBySide
from tongban.law.engines.native.spell_lists import LIBRARY
from tongban.law.engines.native.sweeps import Asked, Capacity, Columns, Key, Sweep
from tongban.law.engines.program import Fact, Program, Target, plain

# Many lanes hide how long an instruction takes; where columns are wide, fewer fit in the registers.
_LANES, _LANES_OF_WIDE, _LANES_OF_SPELLS = 32, 8, 8
_INTRINSICS = """
declare i32 @llvm.smax.i32(i32, i32)
declare i32 @llvm.smin.i32(i32, i32)
declare double @llvm.floor.f64(double)
declare float @llvm.fmuladd.f32(float, float, float)
declare double @llvm.fmuladd.f64(double, double, double)
declare float @llvm.floor.f32(float)
declare double @llvm.ceil.f64(double)
declare double @llvm.roundeven.f64(double)
declare double @llvm.fabs.f64(double)
declare i64 @llvm.fptosi.sat.i64.f64(double)
"""


@dataclass(frozen=True)
class Recipe:
    """The text of a kernel, and what it is to be called with, in order.

    `gathers` is whether lanes should load together: from tables they should, and break apart otherwise;
    spells of one person lie side by side, and loading those one by one is twice as fast.
    """

    assembly: str
    pointers: tuple[str, ...]
    columns: int
    capacities: tuple[Capacity, ...]
    gathers: bool


_OfSpells: TypeAlias = Sweep | Columns | SideBySide


@dataclass
class _Body:
    """One loop being written."""

    code: Assembly
    refused: Refusals


def _body(prefix: str) -> "_Body":
    code = Assembly(prefix)
    return _Body(code, Refusals(code))


def make_recipe(program: Program, shapes: Mapping[str, Shape], *, for_arrow: bool = False) -> Recipe:
    """Write the kernel of a program for a table whose facts have these shapes.

    With `for_arrow`, outcomes are written as Arrow holds them; else in the narrowest width that is proven.
    """
    return _Writer(program, shapes, for_arrow=for_arrow).write()


class _Writer:
    def __init__(self, program: Program, shapes: Mapping[str, Shape], *, for_arrow: bool) -> None:
        self._program = program
        self._shapes = shapes
        self._for_arrow = for_arrow
        self._pointers: list[str] = []
        self._cells = Cells(program, self._pointer)
        self._arrays: list[str] = []

    def write(self) -> Recipe:
        asked: dict[Key, Asked] = {}
        capacities: tuple[Capacity, ...] = ()
        sweep_text = ""
        in_slots = any(shape.most for shape in self._shapes.values())
        if not in_slots and any(fact.type == ir.SPELLS for fact in self._program.facts):
            sweep_text, asked, capacities = self._sweep()
        lanes = 16 if suits_sixteen() else _LANES_OF_WIDE if self._for_arrow else _LANES
        fused = self._fused(asked, swept=bool(sweep_text), in_slots=in_slots)
        arguments = "".join(f", ptr noalias %{name}" for name in self._pointers)
        assembly = f"""{LIBRARY if sweep_text else ""}{_INTRINSICS}
{chr(10).join(self._arrays)}
define void @law(i64 %begin, i64 %end{arguments}) {{
entry:
  %some = icmp slt i64 %begin, %end
  br i1 %some, label %start, label %done
start:
  br label %{"sweep" if sweep_text else "fused"}
{sweep_text}{fused}
done:
  ret void
}}
!0 = distinct !{{!0, !1, !2}}
!1 = !{{!"llvm.loop.vectorize.enable", i1 true}}
!2 = !{{!"llvm.loop.vectorize.width", i32 {_LANES_OF_SPELLS if in_slots else lanes}}}
"""
        return Recipe(assembly, tuple(self._pointers), len(asked), capacities, not in_slots)

    def _pointer(self, name: str) -> str:
        if name not in self._pointers:
            self._pointers.append(name)
        return f"%{name}"

    # -- the two loops

    def _sweep(self) -> tuple[str, dict[Key, Asked], tuple[Capacity, ...]]:
        body = _body("s")
        code = body.code
        sweep = Sweep(code, self._pointer("scratch"), self._pointer("layout"))
        given = self._given(body, "swept", sweep)
        refused = body.refused.any()
        lowering = self._lowering(code, sweep, given)
        for rule in self._program.rules:
            lowering.rule(rule)
        for check in self._program.checks:
            lowering.body(check)
        place = code.do("sub i64 %swept, %begin")
        for asked, answer in sweep.answers.values():
            at = code.do(
                f"getelementptr inbounds i32, ptr {self._pointer(f'asked{asked.column}')}, i64 {place}"
            )
            code.lines.append(f"  store i32 {sweep.column_value(answer)}, ptr {at}")
        at = code.do(f"getelementptr inbounds i8, ptr {self._pointer('unfit')}, i64 {place}")
        code.lines.append(f"  store i8 {code.cast(refused, 'i8')}, ptr {at}")
        text = _loop("sweep", "swept", code, before="start", after="fused")
        return text, {key: asked for key, (asked, _) in sweep.answers.items()}, tuple(sweep.capacities)

    def _fused(self, asked: dict[Key, Asked], *, swept: bool, in_slots: bool) -> str:
        body = _body("f")
        code = body.code
        place = code.do("sub i64 %person, %begin") if swept else ""

        def load(column: int) -> str:
            at = code.do(f"getelementptr inbounds i32, ptr {self._pointer(f'asked{column}')}, i64 {place}")
            return code.do(f"load i32, ptr {at}")

        spells = SideBySide(code) if in_slots else Columns(code, asked, load)
        given = self._given(body, "person", spells)
        lowering = self._lowering(code, spells, given)
        if swept:
            at = code.do(f"getelementptr inbounds i8, ptr {self._pointer('unfit')}, i64 {place}")
            unfit = code.do(f"load i8, ptr {at}")
            body.refused.add(Value(code.do(f"icmp ne i8 {unfit}, 0"), "i1"))
        for check in self._program.checks:
            holds = lowering.body(check)
            body.refused.add(code.either(holds.refused, code.negate(number_of(holds))))
        for rule in self._program.rules:
            body.refused.add(lowering.rule(rule).refused)
        for target in self._program.targets:
            self._store(code, target, lowering.rule(target.rule))
        self._store_number(code, "refused", "i8", code.cast(body.refused.any(), "i8"))
        before = "sweep_end" if swept else "start"
        return _loop("fused", "person", code, before=before, after="done", note=", !llvm.loop !0")

    def _lowering(self, code: Assembly, spells: _OfSpells, given: Mapping[str, Lowered]) -> Lowering:
        lookups = Lookups(code, lambda value: encode(self._program, value), self._arrays)
        return Lowering(self._program, code, lookups, spells, given)

    # -- memory

    def _given(self, body: _Body, index: str, spells: _OfSpells) -> dict[str, Lowered]:
        given = {}
        for fact in self._program.facts:
            if fact.type == ir.SPELLS:
                given[fact.name] = self._spells(body, fact, index, spells)
            else:
                checked = _Body(body.code, Refusals(body.code)) if isinstance(spells, Sweep) else body
                given[fact.name] = self._number(checked, fact, index)
        if "on" not in given:
            given["on"] = Lowered(whole(self._program.day))
        return given

    def _number(self, body: _Body, fact: Fact, index: str) -> Lowered:
        code, shape = body.code, self._shapes[fact.name]
        present = TRUE
        if shape.absent:
            present = FALSE
        elif shape.may_miss:
            missing = self._cells.load(code, f"missing_{fact.name}", "i8", index)
            present = Value(code.do(f"icmp eq i8 {missing}, 0"), "i1")
        value = self._absent_value(fact)
        if not shape.absent:
            value, outside = self._cells.number(code, fact, shape, index)
            body.refused.add(outside if present == TRUE else code.both(present, is_outside(code, outside)))
        if fact.default is not None:
            return Lowered(code.select(present, value, self._constant(fact.default)))
        if not fact.optional:
            body.refused.add(code.negate(present))
            return Lowered(value)
        return Lowered(value, present)

    def _constant(self, value: int | float | str) -> Value:
        return encode(self._program, value)

    def _absent_value(self, fact: Fact) -> Value:
        return (
            floating(0.0)
            if plain(fact.type) == ir.FLOAT
            else FALSE
            if plain(fact.type) == ir.BOOL
            else whole(0)
        )

    def _spells(self, body: _Body, fact: Fact, index: str, made: _OfSpells) -> Lowered:
        match made:
            case Sweep():
                return self._swept(body, fact, index, made)
            case SideBySide():
                return self._in_slots(body, fact, index, made)
        return Lowered(SpellList("0", "null", "null", "null", "null"), self._presence(body, fact, index))

    def _in_slots(self, body: _Body, fact: Fact, index: str, made: SideBySide) -> Lowered:
        present = self._presence(body, fact, index)
        shape = self._shapes[fact.name]
        if shape.absent:
            return self._possible(body, fact, EMPTY, present, FALSE)
        arrays = Arrays(
            offsets=self._pointer(f"offsets_{fact.name}"),
            firsts=self._pointer(f"firsts_{fact.name}"),
            lasts=self._pointer(f"lasts_{fact.name}"),
            places=self._pointer(f"places_{fact.name}"),
            kinds=self._pointer(f"kinds_{fact.name}"),
            index=f"%{index}",
            begin="%begin",
        )
        spells, fits = made.given(fact, arrays, shape.most)
        return self._possible(body, fact, spells, present, fits)

    def _possible(self, body: _Body, fact: Fact, spells: SomeSpells, present: Value, fits: Value) -> Lowered:
        """The spells; refused is who has some that cannot be, or none where there must be some."""
        code = body.code
        body.refused.add(code.both(present, code.negate(fits)))
        if not fact.may_be_missing:
            body.refused.add(code.negate(present))
        return Lowered(spells, present)

    def _swept(self, body: _Body, fact: Fact, index: str, sweep: Sweep) -> Lowered:
        present = self._presence(body, fact, index)
        code = body.code
        if self._shapes[fact.name].absent:
            empty = SpellList(code.do("add i64 0, 0"), "null", "null", "null", "null")
            return Lowered(sweep.fact(empty), present)
        offsets = self._pointer(f"offsets_{fact.name}")
        at = code.do(f"getelementptr i64, ptr {offsets}, i64 %{index}")
        begin = code.do(f"load i64, ptr {at}")
        next_at = code.do(f"getelementptr i64, ptr {at}, i64 1")
        count = code.do(f"sub i64 {code.do(f'load i64, ptr {next_at}')}, {begin}")
        parts = [
            code.do(f"getelementptr {kind}, ptr {self._pointer(f'{name}_{fact.name}')}, i64 {begin}")
            for name, kind in (("firsts", "i32"), ("lasts", "i32"), ("places", "i32"), ("kinds", "i8"))
        ]
        spells = SpellList(count, *parts)
        bounds = f"i32 {int(fact.low)}, i32 {int(fact.high)}, i64 {fact.fewest}, i64 {fact.most}"
        fits = Value(code.do(f"call i1 @acceptable({spells.months}, ptr {spells.places}, {bounds})"), "i1")
        return self._possible(body, fact, sweep.fact(spells), present, fits)

    def _presence(self, body: _Body, fact: Fact, index: str) -> Value:
        shape = self._shapes[fact.name]
        if shape.absent:
            return FALSE
        if not shape.may_miss:
            return TRUE
        missing = self._cells.load(body.code, f"missing_{fact.name}", "i8", index)
        return Value(body.code.do(f"icmp eq i8 {missing}, 0"), "i1")

    def _store(self, code: Assembly, target: Target, lowered: Lowered) -> None:
        value = number_of(lowered)
        stored = outcome_type(target, for_arrow=self._for_arrow)
        if stored == "halves":
            self._store_halves(code, f"value_{target.name}", code.cast(value, "i64"))
        else:
            self._store_value(code, target, value, stored)
        if isinstance(target.type, ir.OptionalType):
            missing = code.cast(code.negate(lowered.present), "i8")
            self._store_number(code, f"none_{target.name}", "i8", missing)

    def _store_value(self, code: Assembly, target: Target, value: Value, stored: str) -> None:
        text = value.text if stored == "double" else code.cast(value, WHOLE_KINDS[stored])
        self._store_number(code, f"value_{target.name}", stored, text)

    def _store_halves(self, code: Assembly, pointer: str, low: str) -> None:
        first = code.do("shl nuw nsw i64 %person, 1")
        high = code.do(f"ashr i64 {low}, 63")
        for place, half in ((first, low), (code.do(f"or disjoint i64 {first}, 1"), high)):
            at = code.do(f"getelementptr inbounds i64, ptr {self._pointer(pointer)}, i64 {place}")
            code.lines.append(f"  store i64 {half}, ptr {at}, align 1")

    def _store_number(self, code: Assembly, pointer: str, stored: str, text: str) -> None:
        at = code.do(f"getelementptr inbounds {stored}, ptr {self._pointer(pointer)}, i64 %person")
        code.lines.append(f"  store {stored} {text}, ptr {at}, align 1")


def _loop(label: str, index: str, code: Assembly, *, before: str, after: str, note: str = "") -> str:
    """A loop over the persons; it ends in a block of its own that leads on."""
    lines = "\n".join(code.lines)
    return f"""{label}:
  %{index} = phi i64 [%begin, %{before}], [%{index}_next, %{label}]
{lines}
  %{index}_next = add nsw i64 %{index}, 1
  %{index}_more = icmp slt i64 %{index}_next, %end
  br i1 %{index}_more, label %{label}, label %{label}_end{note}
{label}_end:
  br label %{after}
"""
