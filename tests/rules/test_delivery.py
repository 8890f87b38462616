from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from mentorbot.programme.delivery import CLAIMABLE, FINISHED, LATEST, POSTPONED, Delivery, check_outcome, next_try
from mentorbot.programme.errors import IllegalTransition

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_every_state_is_one_kind_of_state() -> None:
    assert set(CLAIMABLE) | set(FINISHED) | {Delivery.SENDING} == set(Delivery)
    assert not set(CLAIMABLE) & set(FINISHED)
    assert set(POSTPONED) == set(CLAIMABLE) - {Delivery.PENDING}


@pytest.mark.parametrize("outcome", Delivery)
def test_sending_ends_only_in_the_outcomes_that_are_possible(outcome: Delivery) -> None:
    for possible in (FINISHED, POSTPONED):
        if outcome in possible:
            assert check_outcome(outcome, possible) is outcome
        else:
            with pytest.raises(IllegalTransition):
                check_outcome(outcome, possible)


@given(st.integers(min_value=1, max_value=10_000), st.floats(min_value=0, max_value=1, exclude_max=True))
def test_the_wait_is_never_negative_and_never_over_five_minutes(attempts: int, chance: float) -> None:
    wait = next_try(NOW, attempts=attempts, retry_after=None, chance=chance) - NOW
    assert timedelta(0) <= wait <= timedelta(minutes=5)


def test_the_longest_wait_doubles_until_five_minutes() -> None:
    waits = [next_try(NOW, attempts=tried, retry_after=None, chance=1) - NOW for tried in range(1, 11)]
    assert [wait.total_seconds() for wait in waits] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]


def test_the_jitter_is_full() -> None:
    assert next_try(NOW, attempts=9, retry_after=None, chance=0) == NOW
    assert next_try(NOW, attempts=5, retry_after=None, chance=0.5) == NOW + timedelta(seconds=8)


def test_what_telegram_asks_for_is_kept_exactly() -> None:
    assert next_try(NOW, attempts=1, retry_after=timedelta(seconds=7), chance=0) == NOW + timedelta(seconds=7)
    assert next_try(NOW, attempts=9, retry_after=timedelta(hours=1), chance=0) == NOW + timedelta(hours=1)


def test_nothing_waits_so_long_that_it_looks_as_if_the_clock_had_gone_back() -> None:
    assert next_try(NOW, attempts=1, retry_after=timedelta(hours=9), chance=0) == NOW + LATEST
