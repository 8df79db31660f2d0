"""One decision with reasons: the pension in 19 rules, decided, explained and rendered in Chinese.

Against OpenFisca's trace of the same person, and against zen-engine's trace of as many expressions, which
says what they gave but not why.
"""

import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.frame.figures import Figure, Result
from benchmarks.frame.machine import versions
from benchmarks.frame.peer import Peer
from benchmarks.frame.size import Size
from benchmarks.workloads import pensioners
from benchmarks.workloads.files import save
from tongban.law import RuleSet

_A_TURN = 200


def measure(size: Size) -> Result:
    """Measure one person again and again, by turns."""
    law = pensioners.law()
    columns = pensioners.people(50)
    facts = [pensioners.written(columns, person) for person in range(50)]
    ours: list[float] = []
    fisca: list[float] = []
    zen: list[float] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        save(columns, folder / "people.npz")
        openfisca = stack.enter_context(Peer("openfisca", "fisca_pension", "openfisca_core"))
        graph = stack.enter_context(Peer("tables", "zen_pension"))
        openfisca.ask("load", file=str(folder / "people.npz"))
        graph.ask("load", persons=[pensioners.numbers(columns, person) for person in range(50)])
        expected = [law.explain(one, pensioners.DAY.to_date()).outcomes["monthly_pension"] for one in facts]
        if graph.ask("outcomes") != expected:
            raise ValueError("zen-engine: monthly_pension differs")
        for _ in range(size.rounds(10)):
            ours += _explained(law, facts)
            fisca += openfisca.ask("explain", times=20)
            zen += graph.ask("explain", times=_A_TURN)
        compared = {"OpenFisca": openfisca.ask("version"), "zen-engine": graph.ask("version")}
    p50 = {"Tongban": median(ours), "OpenFisca": median(fisca), "zen-engine": median(zen)}
    ours_p50 = p50["Tongban"]
    return Result(
        "law_explanation",
        "One explained decision",
        (
            Figure(
                "one explained decision, 19 rules, rendered, p50", 1e6 * ours_p50, "µs", 150, "at most", p50
            ),
            Figure("… against OpenFisca's trace, printed", p50["OpenFisca"] / ours_p50, "times", 25),
            Figure("… ÷ zen-engine's trace, no reasons", ours_p50 / p50["zen-engine"], "times", 2, "at most"),
        ),
        {**compared, **versions(["tongban"])},
    )


def _explained(law: RuleSet, facts: list[dict[str, object]]) -> list[float]:
    found = []
    day = pensioners.DAY.to_date()
    for turn in range(_A_TURN):
        begun = time.perf_counter()
        law.explain(facts[turn % len(facts)], day).to_text("zh")
        found.append(time.perf_counter() - begun)
    return found
