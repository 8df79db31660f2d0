"""Lists of spells made of others, sorted or checked, as LLVM functions over arrays of months and places.

A list is a number of spells and four arrays, as `spells.py` reads it.
"""

from tongban.law.engines.native.spells import NEVER, QUESTIONS

# A list of spells being made: four arrays, and a count kept by the caller.
_APPEND = """
define internal i64 @append(i64 %n, ptr %firsts, ptr %lasts, ptr %places, ptr %kinds,
                            i1 %keep, i32 %f, i32 %l, i32 %p, i8 %c) alwaysinline {
  %first_at = getelementptr i32, ptr %firsts, i64 %n
  %last_at = getelementptr i32, ptr %lasts, i64 %n
  %place_at = getelementptr i32, ptr %places, i64 %n
  %kind_at = getelementptr i8, ptr %kinds, i64 %n
  store i32 %f, ptr %first_at
  store i32 %l, ptr %last_at
  store i32 %p, ptr %place_at
  store i8 %c, ptr %kind_at
  %one = zext i1 %keep to i64
  %n1 = add i64 %n, %one
  ret i64 %n1
}
"""

_LOAD = """
  %{0}f_at = getelementptr i32, ptr %{0}firsts, i64 %{1}
  %{0}f = load i32, ptr %{0}f_at
  %{0}l_at = getelementptr i32, ptr %{0}lasts, i64 %{1}
  %{0}l = load i32, ptr %{0}l_at"""

_LOAD_REST = """
  %{0}p_at = getelementptr i32, ptr %{0}places, i64 %{1}
  %{0}p = load i32, ptr %{0}p_at
  %{0}c_at = getelementptr i8, ptr %{0}kinds, i64 %{1}
  %{0}c = load i8, ptr %{0}c_at"""

_TWO_LISTS = """i64 %an, ptr %afirsts, ptr %alasts, ptr %aplaces, ptr %akinds,
    i64 %bn, ptr %bfirsts, ptr %blasts, ptr %bplaces, ptr %bkinds,
    ptr %firsts, ptr %lasts, ptr %places, ptr %kinds"""

_MERGE = f"""
define internal i64 @merge({_TWO_LISTS}) {{
entry:
  br label %head
head:
  %i = phi i64 [0, %entry], [%i1, %take]
  %j = phi i64 [0, %entry], [%j1, %take]
  %n = add i64 %i, %j
  %a_left = icmp slt i64 %i, %an
  %b_left = icmp slt i64 %j, %bn
  %any = or i1 %a_left, %b_left
  br i1 %any, label %look, label %done
look:
  %both = and i1 %a_left, %b_left
  br i1 %both, label %compare, label %take
compare:{_LOAD.format("a", "i")}{_LOAD.format("b", "j")}
  %a_first = icmp sle i32 %af, %bf
  br label %take
take:
  %from_a = phi i1 [%a_left, %look], [%a_first, %compare]
  %xfirsts = select i1 %from_a, ptr %afirsts, ptr %bfirsts
  %xlasts = select i1 %from_a, ptr %alasts, ptr %blasts
  %xplaces = select i1 %from_a, ptr %aplaces, ptr %bplaces
  %xkinds = select i1 %from_a, ptr %akinds, ptr %bkinds
  %x = select i1 %from_a, i64 %i, i64 %j{_LOAD.format("x", "x")}{_LOAD_REST.format("x", "x")}
  %n1 = call i64 @append(i64 %n, ptr %firsts, ptr %lasts, ptr %places, ptr %kinds,
                         i1 true, i32 %xf, i32 %xl, i32 %xp, i8 %xc)
  %a_one = zext i1 %from_a to i64
  %i1 = add i64 %i, %a_one
  %b_one = sub i64 1, %a_one
  %j1 = add i64 %j, %b_one
  br label %head
done:
  ret i64 %n
}}
"""


def _parts(name: str, start: str, step: str, rest: str) -> str:
    """A function that cuts each spell of a by the months that b covers, and puts the parts in order.

    `%state` goes from spell to spell of b; `step` makes `%keep`, `%lo`, `%hi` and `%state1`; `rest` makes
    `%keep2`, `%lo2`, `%hi2`, the part after the last spell of b.
    """
    return f"""
define internal i64 @{name}({_TWO_LISTS}) {{
entry:
  br label %outer
outer:
  %i = phi i64 [0, %entry], [%i1, %after]
  %n = phi i64 [0, %entry], [%n2, %after]
  %a_left = icmp slt i64 %i, %an
  br i1 %a_left, label %begin, label %done
begin:{_LOAD.format("a", "i")}{_LOAD_REST.format("a", "i")}
  br label %inner
inner:
  %j = phi i64 [0, %begin], [%j1, %body]
  %m = phi i64 [%n, %begin], [%m1, %body]
  %state = phi i32 [{start}, %begin], [%state1, %body]
  %b_left = icmp slt i64 %j, %bn
  br i1 %b_left, label %body, label %after
body:{_LOAD.format("b", "j")}
{step}
  %m1 = call i64 @append(i64 %m, ptr %firsts, ptr %lasts, ptr %places, ptr %kinds,
                         i1 %keep, i32 %lo, i32 %hi, i32 %ap, i8 %ac)
  %j1 = add i64 %j, 1
  br label %inner
after:
{rest}
  %n2 = call i64 @append(i64 %m, ptr %firsts, ptr %lasts, ptr %places, ptr %kinds,
                         i1 %keep2, i32 %lo2, i32 %hi2, i32 %ap, i8 %ac)
  %i1 = add i64 %i, 1
  br label %outer
done:
  call void @sort(i64 %n, ptr %firsts, ptr %lasts, ptr %places, ptr %kinds)
  ret i64 %n
}}
"""


_COVERED_PARTS = _parts(
    "covered_parts",
    str(NEVER),
    """
  %next = add i32 %state, 1
  %run = call i32 @llvm.smax.i32(i32 %bf, i32 %next)
  %lo = call i32 @llvm.smax.i32(i32 %af, i32 %run)
  %hi = call i32 @llvm.smin.i32(i32 %al, i32 %bl)
  %keep = icmp sle i32 %lo, %hi
  %state1 = call i32 @llvm.smax.i32(i32 %state, i32 %bl)""",
    """
  %keep2 = icmp slt i32 1, 0
  %lo2 = add i32 %af, 0
  %hi2 = add i32 %al, 0""",
)

_UNCOVERED_PARTS = _parts(
    "uncovered_parts",
    "%af",
    """
  %lo = add i32 %state, 0
  %before = sub i32 %bf, 1
  %hi = call i32 @llvm.smin.i32(i32 %al, i32 %before)
  %keep = icmp sle i32 %lo, %hi
  %next = add i32 %bl, 1
  %state1 = call i32 @llvm.smax.i32(i32 %state, i32 %next)""",
    """
  %keep2 = icmp sle i32 %state, %al
  %lo2 = add i32 %state, 0
  %hi2 = add i32 %al, 0""",
)

_KEPT = f"""
define internal i64 @kept(i64 %an, ptr %afirsts, ptr %alasts, ptr %aplaces, ptr %akinds,
                          i32 %place_low, i32 %place_end, i32 %kind, i32 %month_low, i32 %month_high,
                          ptr %firsts, ptr %lasts, ptr %places, ptr %kinds) {{
entry:
  br label %head
head:
  %i = phi i64 [0, %entry], [%i1, %body]
  %n = phi i64 [0, %entry], [%n1, %body]
  %more = icmp slt i64 %i, %an
  br i1 %more, label %body, label %done
body:{_LOAD.format("a", "i")}{_LOAD_REST.format("a", "i")}
  %not_below = icmp sge i32 %ap, %place_low
  %not_above = icmp slt i32 %ap, %place_end
  %inside = and i1 %not_below, %not_above
  %k = zext i8 %ac to i32
  %same_kind = icmp eq i32 %k, %kind
  %any_kind = icmp slt i32 %kind, 0
  %of_kind = or i1 %same_kind, %any_kind
  %lo = call i32 @llvm.smax.i32(i32 %af, i32 %month_low)
  %hi = call i32 @llvm.smin.i32(i32 %al, i32 %month_high)
  %left = icmp sle i32 %lo, %hi
  %here = and i1 %inside, %of_kind
  %keep = and i1 %here, %left
  %n1 = call i64 @append(i64 %n, ptr %firsts, ptr %lasts, ptr %places, ptr %kinds,
                         i1 %keep, i32 %lo, i32 %hi, i32 %ap, i8 %ac)
  %i1 = add i64 %i, 1
  br label %head
done:
  ret i64 %n
}}
"""

# Whether spells can be facts: in the months admitted, none ends before it begins, none overlap at one place.
_ACCEPTABLE = f"""
define internal i1 @acceptable(i64 %n, ptr %firsts, ptr %lasts, ptr %places, i32 %low, i32 %high,
                               i64 %fewest, i64 %most) {{
entry:
  %not_many = icmp sle i64 %n, %most
  %not_few = icmp sge i64 %n, %fewest
  %counted = and i1 %not_many, %not_few
  br i1 %counted, label %outer, label %no
outer:
  %i = phi i64 [0, %entry], [%i1, %next]
  %more = icmp slt i64 %i, %n
  br i1 %more, label %look, label %yes
look:
  %xfirsts = getelementptr i32, ptr %firsts, i64 0
  %xlasts = getelementptr i32, ptr %lasts, i64 0
  %xplaces = getelementptr i32, ptr %places, i64 0{_LOAD.format("x", "i")}
  %xp_at = getelementptr i32, ptr %places, i64 %i
  %xp = load i32, ptr %xp_at
  %early = icmp slt i32 %xf, %low
  %late = icmp sgt i32 %xl, %high
  %backward = icmp slt i32 %xl, %xf
  %outside = or i1 %early, %late
  %bad = or i1 %outside, %backward
  br i1 %bad, label %no, label %inner
inner:
  %j = phi i64 [0, %look], [%j1, %compare]
  %before = icmp slt i64 %j, %i
  br i1 %before, label %compare, label %next
compare:
  %yl_at = getelementptr i32, ptr %lasts, i64 %j
  %yl = load i32, ptr %yl_at
  %yp_at = getelementptr i32, ptr %places, i64 %j
  %yp = load i32, ptr %yp_at
  %reaches = icmp sge i32 %yl, %xf
  %same = icmp eq i32 %yp, %xp
  %overlap = and i1 %reaches, %same
  %j1 = add i64 %j, 1
  br i1 %overlap, label %no, label %inner
next:
  %i1 = add i64 %i, 1
  br label %outer
yes:
  ret i1 true
no:
  ret i1 false
}}
"""

_SORT = f"""
define internal void @sort(i64 %n, ptr %firsts, ptr %lasts, ptr %places, ptr %kinds) {{
entry:
  br label %outer
outer:
  %i = phi i64 [1, %entry], [%i1, %settle]
  %more = icmp slt i64 %i, %n
  br i1 %more, label %lift, label %done
lift:
  %xfirsts = getelementptr i32, ptr %firsts, i64 0
  %xlasts = getelementptr i32, ptr %lasts, i64 0
  %xplaces = getelementptr i32, ptr %places, i64 0
  %xkinds = getelementptr i8, ptr %kinds, i64 0{_LOAD.format("x", "i")}{_LOAD_REST.format("x", "i")}
  br label %inner
inner:
  %j = phi i64 [%i, %lift], [%h, %shift]
  %inside = icmp sgt i64 %j, 0
  br i1 %inside, label %compare, label %settle
compare:
  %h = sub i64 %j, 1
  %yfirsts = getelementptr i32, ptr %firsts, i64 0
  %ylasts = getelementptr i32, ptr %lasts, i64 0
  %yplaces = getelementptr i32, ptr %places, i64 0
  %ykinds = getelementptr i8, ptr %kinds, i64 0{_LOAD.format("y", "h")}{_LOAD_REST.format("y", "h")}
  %greater = icmp sgt i32 %yf, %xf
  br i1 %greater, label %shift, label %settle
shift:
  %moved = call i64 @append(i64 %j, ptr %firsts, ptr %lasts, ptr %places, ptr %kinds,
                            i1 true, i32 %yf, i32 %yl, i32 %yp, i8 %yc)
  br label %inner
settle:
  %placed = call i64 @append(i64 %j, ptr %firsts, ptr %lasts, ptr %places, ptr %kinds,
                             i1 true, i32 %xf, i32 %xl, i32 %xp, i8 %xc)
  %i1 = add i64 %i, 1
  br label %outer
done:
  ret void
}}
"""

_LISTS = "".join((_APPEND, _MERGE, _KEPT, _COVERED_PARTS, _UNCOVERED_PARTS, _SORT, _ACCEPTABLE))
LIBRARY = QUESTIONS + _LISTS
