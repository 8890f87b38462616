"""Rows 1 to 6 with a change in flight: killed anywhere, what was edited or removed is so once, without a mark."""

import pytest

from mentorbot.demo.bot_api.phone import Phone

from .halting import Halt, Kind, Position
from .house import SAY, House, running
from .judge import Arrival, arrivals
from .process import LAUNCHER, polls, started

FIRST, CHANGED, SECOND = "the first message", "the first message, changed", "the second message"
EVERYWHERE = [Halt(kind, position) for kind in Kind for position in Position]
ON_THE_WAY_OUT = [Halt(Kind.CLAIM, Position.AFTER), Halt(Kind.RECORD, Position.BEFORE)]


async def arrived(house: House) -> int:
    """A message that the other side has; its number in its writer's chat."""
    async with running(house):
        message = house.aino.write(FIRST)
        await house.settled()
    return message


async def goes_on(house: House) -> None:
    async with running(house):
        house.aino.write(SECOND)
        await house.settled()


def in_the_chat(phone: Phone) -> list[Arrival]:
    there = {shown.text for shown in phone.messages}
    return [arrival for arrival in arrivals(phone) if any(text.endswith(arrival.text) for text in there)]


@pytest.mark.parametrize("halt", EVERYWHERE, ids=str)
async def test_an_edit_survives_a_kill_and_is_never_marked(house: House, halt: Halt) -> None:
    message = await arrived(house)
    async with started(house, LAUNCHER, str(halt)) as bot:
        await polls(bot)
        house.aino.edit(message, CHANGED)
        await bot.halted()
    await goes_on(house)
    assert arrivals(house.mikael) == [Arrival(CHANGED, False), Arrival(SECOND, False)], house.mikael.transcript()
    assert arrivals(house.aino) == []


@pytest.mark.parametrize("halt", ON_THE_WAY_OUT, ids=str)
async def test_a_removal_survives_a_kill_and_its_writer_hears_of_it_once(house: House, halt: Halt) -> None:
    message = await arrived(house)
    async with started(house, LAUNCHER, str(halt)) as bot:
        await polls(bot)
        house.aino.write("/delete", reply_to=message)
        await bot.halted()
    await goes_on(house)
    assert in_the_chat(house.mikael) == [Arrival(SECOND, False)], house.mikael.transcript()
    assert [arrival.text for arrival in arrivals(house.aino)] == [SAY("changing.removal_removed")]


async def test_a_kill_between_a_message_and_its_edit_marks_the_message_that_may_be_there_twice(house: House) -> None:
    """A control: the marks are seen, and where the message itself may have come twice the edit reaches the last."""
    async with started(house, LAUNCHER, str(Halt(Kind.RECORD, Position.BEFORE))) as bot:
        await polls(bot)
        message = house.aino.write(FIRST)
        await bot.halted()
    house.aino.edit(message, CHANGED)
    await goes_on(house)
    came = arrivals(house.mikael)
    assert came[0] == Arrival(FIRST, False)
    assert came[-1] == Arrival(SECOND, False)
    assert [arrival.text for arrival in came[1:-1]] == [CHANGED]
