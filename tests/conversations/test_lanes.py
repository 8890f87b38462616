"""Who is served next when more wait than the pace or the lanes allow."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from handlers.telegram.lanes import FEWER_LANES, LANES, Lanes, Later
from handlers.telegram.pace import Limits, Pace
from mentorbot.programme.delivery import Rank
from mentorbot.programme.ids import Pid

FAST = Limits(overall_burst=20, overall_rate=500.0, chat_burst=5, chat_rate=5.0)
UNHURRIED = Limits(overall_burst=10_000, overall_rate=10_000.0, chat_burst=10_000, chat_rate=10_000.0)


def pid(number: int) -> Pid:
    return Pid(number.to_bytes(16))


@dataclass
class Counter:
    """Serves everybody with one notice each, and keeps account of them."""

    served: list[tuple[Pid, Rank]] = field(default_factory=list)
    most_at_once: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)
    later: dict[Pid, Later] = field(default_factory=dict)
    _now: int = 0

    async def serve(self, pid: Pid, rank: Rank) -> Later | None:
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        await self.open.wait()
        self._now -= 1
        self.served.append((pid, rank))
        return self.later.pop(pid, None)

    def ranks(self) -> list[Rank]:
        return [rank for _, rank in self.served]


@pytest.fixture
async def counter() -> Counter:
    return Counter()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - nobody says so
            await asyncio.sleep(0.002)


async def test_five_thousand_who_wait_take_no_lane_and_talk_passes_them(counter: Counter) -> None:
    lanes = Lanes(counter.serve, Pace(FAST))
    counter.open.set()
    for number in range(5_000):
        lanes.enter(pid(number), Rank.BROADCAST)
    await until(lambda: len(counter.served) >= 50)
    assert len(lanes._running) <= FAST.overall_burst
    waited = len(counter.served)
    lanes.enter(pid(9_000), Rank.TALK)
    await until(lambda: (pid(9_000), Rank.TALK) in counter.served)
    assert counter.served.index((pid(9_000), Rank.TALK)) - waited <= FAST.overall_burst
    await lanes.finish()


async def test_while_many_wait_nobody_looks_for_more_of_their_rank(counter: Counter) -> None:
    lanes = Lanes(counter.serve, Pace(Limits()))
    assert lanes.sought() is Rank.BROADCAST
    for number in range(1_100):
        lanes.enter(pid(number), Rank.BROADCAST)
    assert lanes.sought() is Rank.CHORE
    counter.open.set()
    await lanes.finish()


async def test_the_same_at_one_rank_waits_for_all_of_them(counter: Counter) -> None:
    """The control."""
    lanes = Lanes(counter.serve, Pace(FAST))
    counter.open.set()
    for number in [*range(100), 9_000]:
        lanes.enter(pid(number), Rank.BROADCAST)
    await until(lambda: (pid(9_000), Rank.BROADCAST) in counter.served)
    assert len(counter.served) == 101
    await lanes.finish()


async def test_of_those_who_wait_the_higher_rank_goes_first_and_then_whoever_came_first(counter: Counter) -> None:
    lanes = Lanes(counter.serve, Pace(Limits(overall_burst=4, overall_rate=100.0)))
    counter.open.set()
    for number in range(4):
        lanes.enter(pid(number), Rank.TALK)  # the burst
    for number, rank in enumerate((Rank.BROADCAST, Rank.CHORE, Rank.TALK, Rank.TALK, Rank.ANSWER), start=10):
        lanes.enter(pid(number), rank)
    await until(lambda: len(counter.served) == 9)
    assert [int.from_bytes(one) for one, _ in counter.served[4:]] == [14, 12, 13, 11, 10]


async def test_who_comes_again_with_something_better_moves_up(counter: Counter) -> None:
    lanes = Lanes(counter.serve, Pace(Limits(overall_burst=4, overall_rate=100.0)))
    counter.open.set()
    for number in range(4):
        lanes.enter(pid(number), Rank.TALK)
    for number in (10, 11):
        lanes.enter(pid(number), Rank.BROADCAST)
    lanes.enter(pid(11), Rank.TALK)
    lanes.enter(pid(11), Rank.BROADCAST)
    await until(lambda: len(counter.served) == 6)
    await asyncio.sleep(0.05)
    assert counter.served[4:] == [(pid(11), Rank.TALK), (pid(10), Rank.BROADCAST)]


async def test_what_is_below_talk_leaves_lanes_free_while_telegram_is_slow(counter: Counter) -> None:
    lanes = Lanes(counter.serve, Pace(UNHURRIED))
    for number in range(1_000):
        lanes.enter(pid(number), Rank.BROADCAST)
    await asyncio.sleep(0)
    for number in range(1_000, 2_000):
        lanes.enter(pid(number), Rank.TALK)
    await until(lambda: counter.most_at_once == LANES)
    counter.open.set()
    await until(lambda: len(counter.served) == 2_000)
    assert counter.most_at_once == LANES
    assert counter.ranks()[:LANES].count(Rank.BROADCAST) == FEWER_LANES


async def test_a_chat_that_must_wait_holds_up_nobody(counter: Counter) -> None:
    lanes = Lanes(counter.serve, Pace(FAST))
    counter.open.set()
    busy = pid(1)
    for _ in range(FAST.chat_burst):
        lanes.enter(busy, Rank.TALK)
        await until(lambda: busy not in lanes._running)
    lanes.enter(busy, Rank.TALK)
    lanes.enter(pid(2), Rank.TALK)
    await until(lambda: len(counter.served) == FAST.chat_burst + 2)
    assert [one for one, _ in counter.served][-2:] == [pid(2), busy]


async def test_who_is_being_served_is_served_again_if_something_comes_meanwhile(counter: Counter) -> None:
    lanes = Lanes(counter.serve, Pace(FAST))
    lanes.enter(pid(1), Rank.TALK)
    await until(lambda: counter.most_at_once == 1)
    lanes.enter(pid(1), Rank.CHORE)
    lanes.enter(pid(1), Rank.ANSWER)
    counter.open.set()
    await until(lambda: len(counter.served) == 2)
    assert counter.served == [(pid(1), Rank.TALK), (pid(1), Rank.ANSWER)]
    assert counter.most_at_once == 1


@pytest.mark.parametrize("seconds", [0.0, 0.05])
async def test_what_somebody_waits_for_is_looked_at_when_it_is_due(counter: Counter, seconds: float) -> None:
    lanes = Lanes(counter.serve, Pace(FAST))
    counter.open.set()
    counter.later[pid(1)] = Later(rank=Rank.CHORE, seconds=seconds)
    lanes.enter(pid(1), Rank.ANSWER)
    began = asyncio.get_running_loop().time()
    await until(lambda: len(counter.served) == 2)
    assert counter.served[1] == (pid(1), Rank.CHORE)
    assert asyncio.get_running_loop().time() - began >= seconds * 0.9


async def test_at_the_end_nothing_more_begins(counter: Counter) -> None:
    lanes = Lanes(counter.serve, Pace(FAST))
    for number in range(50):
        lanes.enter(pid(number), Rank.TALK)
    await until(lambda: counter.most_at_once > 0)
    begun = len(lanes._running)
    counter.open.set()
    await lanes.finish()
    lanes.enter(pid(99), Rank.ANSWER)
    lanes.enter_later(pid(98), Later(rank=Rank.TALK, seconds=0))
    await asyncio.sleep(0.05)
    assert len(counter.served) == begun
    assert lanes.grant(pid(1)) is None


async def test_more_is_granted_only_above_those_who_wait(counter: Counter) -> None:
    lanes = Lanes(counter.serve, Pace(Limits(overall_burst=8, overall_rate=0.1)))
    counter.open.set()
    assert lanes.grant(pid(1)) is Rank.BROADCAST
    for number in range(10, 20):
        lanes.enter(pid(number), Rank.BROADCAST)
    assert lanes.grant(pid(1)) is Rank.CHORE
    assert lanes.grant(pid(1)) is Rank.CHORE
    assert lanes.grant(pid(1)) is Rank.TALK
    assert lanes.grant(pid(1)) is Rank.TALK
    assert lanes.grant(pid(1)) is None
    await lanes.finish()
