"""The frame of the benchmarks: targets, fair turns, results that can be read back."""

import itertools
import json
import re
from pathlib import Path
from typing import Literal

import pytest
from benchmarks.frame.figures import Figure, Result, Series, load, save
from benchmarks.frame.plot import plot
from benchmarks.frame.report import markdown
from benchmarks.frame.timing import Times, interleaved, ratio
from benchmarks.frame.topics import names


@pytest.mark.parametrize(
    ("value", "bound", "reached"),
    [(20, "at least", True), (19.9, "at least", False), (1.5, "at most", True), (1.6, "at most", False)],
)
def test_a_target_is_met_on_its_own_side_only(
    value: float, bound: Literal["at least", "at most"], reached: bool
) -> None:
    assert (
        Figure("f", value, "times", target=20 if bound == "at least" else 1.5, bound=bound).reached is reached
    )


def test_every_contestant_has_its_turn_in_every_round() -> None:
    turns: list[str] = []

    def turn(name: str) -> float:
        turns.append(name)
        return 1.0

    times = interleaved({"a": lambda: turn("a"), "b": lambda: turn("b")}, rounds=2, warm=1)
    assert turns == ["a", "b"] * 3
    assert times["a"].seconds == (1.0, 1.0)


def test_a_ratio_compares_the_least_disturbed_rounds() -> None:
    assert ratio(Times((10.0, 100.0, 12.0)), Times((3.0, 10.0, 1.0))) == 10


def test_a_result_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    figure = Figure("kernel", 21.5, "times", 20, "at least", {"kernel": 0.001})
    result = Result("topic", "Title", (figure,), {"peer": "1.0"}, (Series("peer", ((1000, 0.5),)),))
    path = save(result, {"cores": "2"}, tmp_path)
    assert load(path) == result
    written = json.loads(path.read_text(encoding="utf-8"))
    assert written["figures"][0]["reached"] is True
    assert written["machine"] == {"cores": "2"}


def test_the_report_says_which_targets_were_missed() -> None:
    result = Result("topic", "Title", (Figure("kernel", 4.04, "times", 20),))
    assert "| kernel | at least 20 times | 4.04 times | missed |" in markdown([result])


def test_a_topic_is_a_module_beside_the_frame() -> None:
    assert "law_population" in names()


def test_what_grows_linearly_is_drawn_as_a_straight_line() -> None:
    picture = plot([Series("kernel", ((1000, 0.01), (10_000, 0.1), (100_000, 1.0)))], "t", "people", "s")
    (points,) = re.findall(r'points="([^"]+)"', picture)
    first, middle, last = ([float(one) for one in point.split(",")] for point in points.split())
    assert middle[0] - first[0] == pytest.approx(last[0] - middle[0], abs=0.2)
    assert middle[1] - first[1] == pytest.approx(last[1] - middle[1], abs=0.2)


def test_names_beside_lines_that_end_together_do_not_cover_each_other() -> None:
    ends = tuple((1000 * 10**power, 0.1 * 10**power) for power in range(2))
    picture = plot([Series(name, ends) for name in ("a", "b", "c")], "t", "people", "s")
    places = sorted(float(y) for y in re.findall(r'y="([\d.]+)" text-anchor="start" fill="#(?!1d)', picture))
    assert all(below - above >= 16 for above, below in itertools.pairwise(places))
    assert len(places) == 3


def test_a_series_without_points_is_left_out() -> None:
    assert "nobody" not in plot([Series("a", ((10, 1.0), (100, 9.0))), Series("nobody", ())], "t", "p", "s")
