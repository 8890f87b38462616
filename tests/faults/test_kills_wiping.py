"""A wipe that is killed anywhere goes on when the bot is back, and takes nothing from anybody else."""

import pytest

from .halting import Halt, Kind, Position
from .house import SAY, House, from_bot, running, says
from .process import LAUNCHER, polls, started

POINTS = [Halt(Kind.CLAIM, Position.AFTER), Halt(Kind.RECORD, Position.BEFORE)]


@pytest.mark.parametrize("halt", POINTS, ids=str)
async def test_a_wipe_survives_a_kill(house: House, halt: Halt) -> None:
    async with running(house):
        house.aino.write("hello")
        house.mikael.write("hello to you")
        await house.mikael.wait_for(lambda shown: shown.from_bot)
        house.aino.write("/wipe")
        asked = await house.aino.wait_for(says("wiping.asked"))
        await house.settled()
    before = len(house.aino.messages)
    theirs = [shown.id for shown in house.mikael.messages]
    async with started(house, LAUNCHER, str(halt)) as bot:
        await polls(bot)
        house.aino.press(asked.id, SAY("wiping.wipe"))
        await bot.halted()
    deleted = halt == Halt(Kind.RECORD, Position.BEFORE)
    assert (len(house.aino.messages) < before) == deleted
    async with running(house):
        house.mikael.write("are you there?")
        await house.aino.wait_for(lambda shown: shown.text == "are you there?")
        await house.settled()
    start = house.aino.messages[0]
    assert start.text == "/start", "which the bot never saw"
    assert [shown.text for shown in house.aino.messages[1:]] == ["are you there?"]
    assert [shown.id for shown in house.mikael.messages][: len(theirs)] == theirs
    assert from_bot(house.aino) == ["are you there?"]
