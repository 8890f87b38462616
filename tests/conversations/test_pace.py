"""Never above the limits, over any stretch of time."""

from dataclasses import dataclass

import pytest
from hypothesis import given, strategies as st

from handlers.telegram.pace import Limits, Pace
from mentorbot.programme.delivery import Rank

LIMITS = Limits(overall_burst=5, overall_rate=4.0, chat_burst=3, chat_rate=1.0)
TOLERANCE = 1e-6  # messages; the rest of what floating-point seconds can say


@dataclass
class HandClock:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True, kw_only=True)
class Sent:
    at: float
    chat: int


Wishes = list[tuple[float, int]]
WISHES = st.lists(st.tuples(st.floats(0.0, 3.0), st.integers(0, 3)), min_size=1, max_size=40)


def sent_at_this_pace(wishes: Wishes, *, obedient: bool) -> list[Sent]:
    """What is sent when somebody wishes to send to a chat so many seconds after the last wish."""
    clock = HandClock()
    pace = Pace(LIMITS, clock)
    sent = []
    for gap, chat in wishes:
        clock.now += gap
        while obedient and (wait := pace.wait(chat)) > 0:
            clock.now += wait
        pace.spend(chat)
        sent.append(Sent(at=clock.now, chat=chat))
    return sent


def too_many(sent: list[Sent], *, burst: int, rate: float) -> bool:
    """Whether any stretch of time holds more messages than a burst and what the rate allows for its length."""
    moments = [each.at for each in sent]
    return any(
        last - first + 1 > burst + rate * (moments[last] - moments[first]) + TOLERANCE
        for first in range(len(moments))
        for last in range(first, len(moments))
    )


@given(WISHES)
def test_no_stretch_of_time_holds_more_than_the_limits_allow(wishes: Wishes) -> None:
    sent = sent_at_this_pace(wishes, obedient=True)
    assert not too_many(sent, burst=LIMITS.overall_burst, rate=LIMITS.overall_rate)
    for chat in {each.chat for each in sent}:
        own = [each for each in sent if each.chat == chat]
        assert not too_many(own, burst=LIMITS.chat_burst, rate=LIMITS.chat_rate)


def test_whoever_does_not_wait_is_found_out() -> None:
    hasty = sent_at_this_pace([(0.0, 1)] * 6, obedient=False)
    assert too_many(hasty, burst=LIMITS.overall_burst, rate=LIMITS.overall_rate)
    assert too_many(hasty, burst=LIMITS.chat_burst, rate=LIMITS.chat_rate)


@given(WISHES)
def test_after_the_wait_it_may_go(wishes: Wishes) -> None:
    clock = HandClock()
    pace = Pace(LIMITS, clock)
    for gap, chat in wishes:
        clock.now += gap
        clock.now += pace.wait(chat)
        assert pace.wait(chat) < TOLERANCE
        pace.spend(chat)


def test_a_busy_chat_does_not_slow_another() -> None:
    pace = Pace(LIMITS, HandClock())
    for _ in range(LIMITS.chat_burst):
        assert pace.wait("busy") == 0
        pace.spend("busy")
    assert pace.wait("busy") > 0
    assert pace.wait("quiet") == 0


@given(WISHES, st.integers(1, 10))
def test_what_was_not_sent_is_given_back(wishes: Wishes, unsent: int) -> None:
    clock = HandClock()
    pace = Pace(LIMITS, clock)
    for _, chat in wishes:
        pace.spend(chat)
    before = [pace.wait(chat) for chat in range(4)]
    for _ in range(unsent):
        pace.spend(0)
        pace.refund(0)
    after = [pace.wait(chat) for chat in range(4)]
    assert all(abs(one - other) < TOLERANCE for one, other in zip(before, after, strict=True))


def test_what_may_stay_unsent_leaves_half_of_the_burst_to_the_others() -> None:
    clock = HandClock()
    pace = Pace(Limits(overall_burst=6, overall_rate=2.0), clock)
    assert [pace.spend_spare() for _ in range(4)] == [True, True, True, False]
    for chat in range(3):
        assert pace.wait(chat) == 0
        pace.spend(chat)
    assert pace.wait("one more") > 0
    clock.now += 1.5
    assert not pace.spend_spare(), "half of the burst is back, and that is the others'"
    clock.now += 0.5
    assert pace.spend_spare()


def test_each_rank_leaves_a_part_of_the_burst_to_those_above_it() -> None:
    clock = HandClock()
    pace = Pace(Limits(overall_burst=8, overall_rate=2.0), clock)
    ranks = (Rank.BROADCAST, Rank.CHORE, Rank.TALK, Rank.ANSWER)
    gone = dict.fromkeys(ranks, 0)
    for rank in gone:
        while pace.wait(f"{rank} {gone[rank]}", rank) == 0:
            pace.spend(f"{rank} {gone[rank]}")
            gone[rank] += 1
    assert gone == {Rank.BROADCAST: 4, Rank.CHORE: 2, Rank.TALK: 2, Rank.ANSWER: 0}
    assert [pace.wait("anybody", rank) for rank in ranks] == [2.5, 1.5, 0.5, 0.5]
    clock.now += 2.5
    assert pace.wait("anybody", Rank.BROADCAST) == 0


def test_what_is_below_talk_gets_no_more_than_the_rate_over_a_long_time_and_all_of_it() -> None:
    clock = HandClock()
    pace = Pace(LIMITS, clock)
    for chat in range(100):
        clock.now += pace.wait(chat, Rank.BROADCAST)
        pace.spend(chat)
    assert clock.now - 1_000 == pytest.approx(100 / LIMITS.overall_rate, rel=0.05)


def test_the_limits_stay_below_telegrams() -> None:
    limits = Limits()
    assert limits.overall_rate < 30
    assert limits.chat_rate <= 1
