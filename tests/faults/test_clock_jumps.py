"""Row 11: the machine's clock jumps by a day, forth or back, while something is on its way. Nobody waits for it, and
nothing comes twice."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from mentorbot.app import Parts

from .house import UNHURRIED, House, running
from .judge import Arrival, arrivals

DAY = timedelta(days=1)


@dataclass
class Clock:
    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.mark.parametrize("jump", [DAY, -DAY, timedelta()], ids=["forth", "back", "control"])
async def test_what_waits_for_another_try_and_what_comes_after_arrive_once(house: House, jump: timedelta) -> None:
    clock = Clock()
    async with running(house, Parts(limits=UNHURRIED, clock=clock)):
        house.aino.write("before")
        await house.settled()
        house.api.faults.too_many_requests("sendMessage", 2)
        house.aino.write("refused at first")
        await house.appears("SELECT id FROM outbox WHERE state = 'retry'")
        clock.ahead = jump
        house.mikael.write("after")
        await house.settled()
        clock.ahead = timedelta()
        house.aino.write("and set right again")
        await house.settled()
    assert arrivals(house.mikael) == [
        Arrival(text, False) for text in ("before", "refused at first", "and set right again")
    ]
    assert arrivals(house.aino) == [Arrival("after", False)]
