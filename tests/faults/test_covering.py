"""What stands behind a neutral line is shown, and the bot is killed: the next one covers it, at once if it is time."""

from pathlib import Path

import pytest

from mentorbot.demo.bot_api.shown import ShownMessage
from storage import safety

from .attack import betrayed, steal
from .halting import Halt, Kind, Position
from .house import SAY, House, running, says
from .process import LAUNCHER, polls, started

WORDS = "the address is Lane 5"


async def covered(house: House) -> ShownMessage:
    """The line behind which what Mikael wrote to Aino stands."""
    store = await house.store()
    await store.transact(lambda tx: safety.settle(tx, house.participant.pid, discreet=True))
    async with running(house):
        house.mikael.write(WORDS)
        line = await house.aino.wait_for(says("covering.line"))
        await house.settled()
    return line


def is_shown(message: ShownMessage) -> bool:
    return message.from_bot and WORDS in message.text


async def a_minute_passes(house: House) -> None:
    await house.execute("UPDATE outbox SET not_before = not_before - 60000000 WHERE state NOT IN ('sent', 'dead')")
    await house.execute("UPDATE covered SET shown_until = shown_until - 60000000")


@pytest.mark.parametrize(
    ("halt", "shown"),
    [(Halt(Kind.CLAIM, Position.AFTER), False), (Halt(Kind.RECORD, Position.BEFORE), True)],
    ids=["before it shows", "while it shows"],
)
async def test_what_a_killed_bot_was_showing_is_covered_by_the_next(
    house: House, halt: Halt, shown: bool, tmp_path: Path
) -> None:
    line = await covered(house)
    async with started(house, LAUNCHER, str(halt)) as bot:
        await polls(bot)
        house.aino.press(line.id, SAY("covering.show"))
        await bot.halted()
    assert is_shown(house.aino.message(line.id)) is shown
    await a_minute_passes(house)
    async with running(house):
        await house.settled()
        assert house.aino.message(line.id).text == line.text

        # And it can be shown again, after which it is no less sealed than before.
        house.aino.press(line.id, SAY("covering.show"))
        await house.aino.wait_for(is_shown)
        assert betrayed(await steal(house.installation.data_url, tmp_path), [WORDS]) == set()
