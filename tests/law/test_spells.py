"""The algebra of month histories, against sets of months."""

from hypothesis import given
from hypothesis import strategies as st

from tongban.law import histories
from tongban.law.histories import History
from tongban.law.spells import Spell, Spells
from tongban.law.values import Month, PlaceCode, SpellKind

PIECES = st.tuples(
    st.integers(24000, 24030), st.integers(0, 8), st.sampled_from([500000, 500101, 510100]), st.integers(0, 1)
).map(lambda one: (one[0], one[0] + one[1], one[2], one[3]))
HISTORIES = st.lists(PIECES, max_size=6).map(histories.ordered)
MONTH = st.integers(23995, 24045)


def covered(history: History) -> set[int]:
    return {month for first, last, _, _ in history for month in range(first, last + 1)}


def stretches(months: set[int], bridging: int) -> list[list[int]]:
    found: list[list[int]] = []
    for month in sorted(months):
        if found and month - found[-1][-1] - 1 <= bridging:
            found[-1].append(month)
        else:
            found.append([month])
    return found


@given(HISTORIES)
def test_each_month_counts_once(history: History) -> None:
    assert histories.months(history) == len(covered(history))


@given(HISTORIES, HISTORIES)
def test_union_intersection_and_difference_are_those_of_sets(left: History, right: History) -> None:
    assert covered(histories.union(left, right)) == covered(left) | covered(right)
    assert covered(histories.intersection(left, right)) == covered(left) & covered(right)
    assert covered(histories.difference(left, right)) == covered(left) - covered(right)


@given(HISTORIES, HISTORIES)
def test_overlap_counts_what_both_cover(left: History, right: History) -> None:
    assert (
        histories.overlap(left, right)
        == histories.overlap(right, left)
        == len(covered(left) & covered(right))
    )


@given(HISTORIES, MONTH)
def test_cutting_at_a_month_divides_the_history(history: History, month: int) -> None:
    before, after = histories.up_to(history, month), histories.starting(history, month + 1)
    assert covered(before) == {one for one in covered(history) if one <= month}
    assert covered(before) | covered(after) == covered(history)


@given(HISTORIES, st.integers(0, 4))
def test_the_longest_run_is_the_longest_stretch(history: History, bridging: int) -> None:
    longest = max((len(one) for one in stretches(covered(history), bridging)), default=0)
    assert histories.longest_run(history, bridging) == longest


@given(HISTORIES, MONTH, st.integers(0, 4))
def test_the_run_ending_at_a_month_is_the_last_stretch_before_it(
    history: History, month: int, bridging: int
) -> None:
    runs = stretches({one for one in covered(history) if one <= month}, bridging)
    expected = len(runs[-1]) if runs and month - runs[-1][-1] <= bridging else 0
    assert histories.run_ending(history, month, bridging) == expected


@given(HISTORIES)
def test_gaps_are_what_is_missing_between_first_and_last(history: History) -> None:
    months = covered(history)
    missing = len(set(range(min(months), max(months) + 1)) - months) if months else 0
    assert histories.gaps(history) == missing


@given(HISTORIES, st.integers(-2, 40))
def test_the_nth_month_is_counted_from_the_first(history: History, count: int) -> None:
    months = sorted(covered(history))
    expected = months[max(count, 1) - 1] if len(months) >= max(count, 1) else None
    assert histories.first_month_with(history, count) == expected


@given(HISTORIES)
def test_months_of_the_places_add_up_to_all_when_apart(history: History) -> None:
    parts = [histories.within(history, place) for place in (500000, 510000)]
    assert covered(parts[0]) | covered(parts[1]) == covered(history)


@given(HISTORIES, HISTORIES)
def test_every_result_is_sorted(left: History, right: History) -> None:
    for made in (
        histories.union(left, right),
        histories.intersection(left, right),
        histories.difference(left, right),
    ):
        assert list(made) == sorted(made)


def test_a_county_lies_in_its_city_and_province() -> None:
    spells = Spells.of([Spell(PlaceCode("510104"), Month("2020-01"), Month("2020-03"))])
    assert [spells.within(PlaceCode(code)).months() for code in ("510100", "510000", "500000")] == [3, 3, 0]


def test_the_last_place_is_that_of_the_last_month() -> None:
    spells = Spells.of(
        [
            Spell(PlaceCode("500000"), Month("2020-01"), Month("2021-03")),
            Spell(PlaceCode("510100"), Month("2020-05"), Month("2020-06")),
        ]
    )
    assert spells.last_place() == PlaceCode("500000")


def test_kinds_are_told_apart() -> None:
    spells = Spells.of(
        [
            Spell(PlaceCode("500000"), Month("1999-01"), Month("1999-12"), SpellKind.DEEMED),
            Spell(PlaceCode("500000"), Month("2000-01"), Month("2000-06")),
        ]
    )
    assert spells.of_kind(SpellKind.DEEMED).months() == 12
    assert spells.of_kind(SpellKind.ACTUAL).months() == 6
    assert Month("2000-06") in spells
    assert Month("2000-07") not in spells
