"""What can be asked of one person's spells, as LLVM functions over arrays sorted by first month.

A list of spells is a number of spells and four arrays: first and last month, place and kind. Months are
ordinals of at least 1; NEVER stands before them all.
"""

NEVER = -1_000_000


def _fold(
    name: str, arguments: str, state: dict[str, int], *, step: str, result: str, kind: str = "i32"
) -> str:
    """A function that goes through the spells once; `step` makes `%NAME1` of every `%NAME` of the state."""
    names = [*state]
    phis = "\n".join(f"  %{n} = phi i32 [{state[n]}, %entry], [%{n}1, %body]" for n in names)
    return f"""
define internal {kind} @{name}(i64 %n, ptr %firsts, ptr %lasts{arguments}) noinline {{
entry:
  br label %head
head:
  %k = phi i64 [0, %entry], [%k1, %body]
{phis}
  %more = icmp slt i64 %k, %n
  br i1 %more, label %body, label %done
body:
  %first_at = getelementptr i32, ptr %firsts, i64 %k
  %f = load i32, ptr %first_at
  %last_at = getelementptr i32, ptr %lasts, i64 %k
  %l = load i32, ptr %last_at
{step}
  %k1 = add i64 %k, 1
  br label %head
done:
{result}
}}
"""


# %new: the months of this spell that no earlier one covered; %end1: the last month covered so far.
_COVER = """
  %after = add i32 %end, 1
  %from = call i32 @llvm.smax.i32(i32 %f, i32 %after)
  %span = sub i32 %l, %from
  %span1 = add i32 %span, 1
  %new = call i32 @llvm.smax.i32(i32 %span1, i32 0)
  %end1 = call i32 @llvm.smax.i32(i32 %end, i32 %l)"""

_RUN = (
    _COVER
    + """
  %hole = sub i32 %f, %after
  %breaks = icmp sgt i32 %hole, %bridging
  %kept = select i1 %breaks, i32 0, i32 %run
  %run1 = add i32 %kept, %new"""
)

_FOLDS = (
    _fold(
        "months",
        "",
        {"end": NEVER, "total": 0},
        step=_COVER + "\n  %total1 = add i32 %total, %new",
        result="  ret i32 %total",
    ),
    _fold(
        "longest_run",
        ", i32 %bridging",
        {"end": NEVER, "run": 0, "best": 0},
        step=_RUN + "\n  %best1 = call i32 @llvm.smax.i32(i32 %best, i32 %run1)",
        result="  ret i32 %best",
    ),
    _fold(
        "last_run",
        ", i32 %bridging",
        {"end": NEVER, "run": 0},
        step=_RUN,
        result="  ret i32 %run",
    ),
    _fold(
        "longest_gap",
        "",
        {"end": NEVER, "best": 0},
        step=_COVER
        + f"""
  %hole = sub i32 %f, %after
  %inside = icmp ne i32 %end, {NEVER}
  %gap = select i1 %inside, i32 %hole, i32 0
  %best1 = call i32 @llvm.smax.i32(i32 %best, i32 %gap)""",
        result="  ret i32 %best",
    ),
    _fold(
        "last_month",
        "",
        {"end": NEVER},
        step="  %end1 = call i32 @llvm.smax.i32(i32 %end, i32 %l)",
        result="  ret i32 %end",
    ),
    _fold(
        "covers",
        ", i32 %month",
        {"found": 0},
        step="""
  %begun = icmp sle i32 %f, %month
  %lasts_on = icmp sge i32 %l, %month
  %both = and i1 %begun, %lasts_on
  %found1 = select i1 %both, i32 1, i32 %found""",
        result="  %yes = icmp ne i32 %found, 0\n  ret i1 %yes",
        kind="i1",
    ),
    _fold(
        "month_reaching",
        ", i32 %wanted",
        {"end": NEVER, "total": 0, "month": 0},
        step=_COVER
        + """
  %total1 = add i32 %total, %new
  %before = icmp slt i32 %total, %wanted
  %reached = icmp sge i32 %total1, %wanted
  %here = and i1 %before, %reached
  %steps = sub i32 %wanted, %total
  %steps1 = sub i32 %steps, 1
  %found = add i32 %from, %steps1
  %month1 = select i1 %here, i32 %found, i32 %month""",
        result="  ret i32 %month",
    ),
    _fold(
        "last_place",
        ", ptr %places",
        {"end": NEVER, "place": 0},
        step="""
  %place_at = getelementptr i32, ptr %places, i64 %k
  %p = load i32, ptr %place_at
  %later = icmp sgt i32 %l, %end
  %same = icmp eq i32 %l, %end
  %above = icmp sgt i32 %p, %place
  %tie = and i1 %same, %above
  %takes = or i1 %later, %tie
  %place1 = select i1 %takes, i32 %p, i32 %place
  %end1 = call i32 @llvm.smax.i32(i32 %end, i32 %l)""",
        result="  ret i32 %place",
    ),
)

_FIRST_MONTH = f"""
define internal i32 @first_month(i64 %n, ptr %firsts, ptr %lasts) {{
entry:
  %any = icmp sgt i64 %n, 0
  br i1 %any, label %some, label %none
some:
  %f = load i32, ptr %firsts
  ret i32 %f
none:
  ret i32 {NEVER}
}}
"""

QUESTIONS = "".join((*_FOLDS, _FIRST_MONTH))
