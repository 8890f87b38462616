"""Messages flow both ways while the bot is killed at moments that nobody chose."""

import asyncio
import random
from itertools import count

import pytest

from .house import House, running
from .judge import all_arrived_in_order
from .process import LAUNCHER, Bot, started

KILLS, MANY_KILLS = 10, 100
MESSAGES = 50
"""More than so many from each side: on a slow machine the killing goes on until they were written."""


async def write_now_and_then(house: House, sent: dict[str, list[str]], chance: random.Random) -> None:
    for number in count(1):
        for writer, texts in ((house.aino, sent["Aino"]), (house.mikael, sent["Mikael"])):
            texts.append(f"{writer.first_name} {number}")
            writer.write(texts[-1])
        await asyncio.sleep(chance.uniform(0, 0.3))


async def is_up(bot: Bot) -> None:
    """Wait until it has called Telegram for the first time."""
    calls = bot.house.api.transcript
    before = len(calls)
    async with asyncio.timeout(20):
        while len(calls) == before:
            assert bot.process.returncode is None, bot.log()
            await asyncio.sleep(0.01)


@pytest.mark.timeout(600)
async def test_every_message_arrives_however_often_the_bot_is_killed(house: House, long: bool) -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)  # noqa: S311 - it chooses moments, and can be repeated
    sent: dict[str, list[str]] = {"Aino": [], "Mikael": []}
    people = asyncio.create_task(write_now_and_then(house, sent, chance))
    kills = 0
    while kills < (MANY_KILLS if long else KILLS) or len(sent["Aino"]) <= MESSAGES:
        kills += 1
        async with started(house, LAUNCHER) as bot:
            await is_up(bot)
            await asyncio.sleep(chance.uniform(0, 0.5))
    people.cancel()
    async with running(house):
        await house.settled(timeout=60)

    try:
        repeats = len(all_arrived_in_order(house.mikael, sent["Aino"])) - len(sent["Aino"])
        repeats += len(all_arrived_in_order(house.aino, sent["Mikael"])) - len(sent["Mikael"])
    except AssertionError as error:
        error.add_note(f"seed {seed}")
        raise
    assert len(sent["Aino"]) > MESSAGES, "nothing was going on while the bot was killed"
    assert repeats <= 2 * (MANY_KILLS if long else KILLS), "more repeats than kills can explain"
