"""The node's clock."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tongban.node import clock


@pytest.fixture(autouse=True)
def _of_another_process() -> Iterator[None]:
    clock.beginning.cache_clear()
    yield
    clock.beginning.cache_clear()


def test_without_a_start_the_clock_tells_the_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(clock.START_VARIABLE, raising=False)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_start_sets_the_clock_which_then_runs_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.START_VARIABLE, "2026-11-03T09:12:00+08:00")
    monkeypatch.setattr(clock, "_process_start", time.monotonic() - 60)
    first = clock.now()
    assert timedelta(0) <= first - datetime(2026, 11, 3, 1, 13, tzinfo=UTC) < timedelta(seconds=5)
    assert clock.now() >= first


def test_the_day_is_the_offices_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.START_VARIABLE, "2026-11-02T23:30:00+00:00")
    assert clock.today().isoformat() == "2026-11-03"


def test_a_start_without_offset_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.START_VARIABLE, "2026-11-03T09:12:00")
    with pytest.raises(ValueError, match="offset"):
        clock.now()


def test_the_real_day_is_the_offices_day_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "true_now", lambda: datetime(2026, 11, 2, 16, 30, tzinfo=UTC))
    assert clock.true_today().isoformat() == "2026-11-03"
