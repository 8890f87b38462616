"""A participant leaves while the bot is killed: the next one finishes it, and nothing of theirs can be read then."""

from pathlib import Path

import pytest

from mentorbot.demo.bot_api.shown import ShownMessage

from .attack import betrayed, steal
from .halting import Halt, Kind, Position
from .house import SAY, House, from_bot, running, says
from .process import LAUNCHER, polls, started

FIRST = "the address is Lane 5"


async def asked(house: House) -> ShownMessage:
    """Aino has written something and been told what leaving means."""
    async with running(house):
        house.aino.write(FIRST)
        house.aino.write("/leave")
        question = await house.aino.wait_for(says("leaving.asked"))
        await house.settled()
    return question


async def keys_of(house: House, folder: Path) -> bytes:
    """The keys store as a thief finds it."""
    folder.mkdir(exist_ok=True)
    return (await steal(house.installation.keys_url, folder)).content


@pytest.mark.parametrize("position", [Position.INSIDE, Position.AFTER])
async def test_leaving_survives_a_kill_and_leaves_nothing_readable(
    house: House, position: Position, tmp_path: Path
) -> None:
    question = await asked(house)
    async with started(house, LAUNCHER, str(Halt(Kind.WORK, position))) as bot:
        await polls(bot)
        house.aino.press(question.id, SAY("leaving.leave"))
        await bot.halted()
    aino = house.literal(house.participant.pid)
    there = await house.rows(f"SELECT count(*) FROM people WHERE pid = {aino}")  # noqa: S608
    assert there == [(int(position is Position.INSIDE),)]
    pid = bytes(house.participant.pid)
    assert pid in await keys_of(house, tmp_path / "before"), "the control: the key was there"

    async with running(house):
        await house.sari.wait_for(lambda shown: shown.from_bot)
        await house.settled()
    assert pid not in await keys_of(house, tmp_path / "after")
    data = await steal(house.installation.data_url, tmp_path / "after")
    assert betrayed(data, [FIRST, house.aino.id, house.participant.alias]) == set()
    for table in ("people WHERE pid", "channels WHERE participant", "held WHERE writer", "outbox WHERE owner"):
        assert await house.rows(f"SELECT 1 FROM {table} = {aino}") == [], table  # noqa: S608
    assert len(from_bot(house.mikael)) == len(from_bot(house.sari)) == 1, "the copy is gone; each is told once"
    assert FIRST not in "".join(from_bot(house.mikael))


async def test_what_reaches_the_mentor_in_the_moment_of_leaving_is_removed_again(house: House) -> None:
    async with running(house):
        house.aino.write("/leave")
        question = await house.aino.wait_for(says("leaving.asked"))
        slow = house.api.faults.delay("sendMessage", 1.5, chat=house.mikael.id)
        house.aino.write(FIRST)
        await slow.happened()
        house.aino.press(question.id, SAY("leaving.leave"))
        await house.aino.wait_for(says("leaving.gone"))
        await house.mikael.wait_for(lambda shown: shown.from_bot and FIRST in shown.text)
        await house.mikael.wait_for(lambda shown: shown.from_bot and house.participant.alias in shown.text)
        await house.settled()
    assert len(from_bot(house.mikael)) == 1
    assert FIRST not in "".join(from_bot(house.mikael))
