"""Rows 1 to 6 with an album in flight: killed anywhere, every picture arrives, in order, again only with a mark."""

import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.shown import ShownMessage

from .halting import Halt, Kind, Position
from .house import House, running
from .judge import MARK
from .process import LAUNCHER, polls, started

PICTURES = (b"the kitchen", b"the bedroom", b"the view")
# Where an album's way differs from a single message's: while it is gathered, and when it leaves as one.
ON_ITS_OWN_WAY = [
    Halt(kind, position) for kind in (Kind.WORK, Kind.CLAIM) for position in (Position.INSIDE, Position.AFTER)
]


async def killed(house: House, at: Halt) -> None:
    async with started(house, LAUNCHER, str(at)) as bot:
        await polls(bot)
        house.aino.send_album("photo", PICTURES, caption="Our new flat")
        await bot.halted()


def came(phone: Phone) -> list[tuple[bytes, ShownMessage]]:
    """The pictures that came, each with the message that it stands in."""
    return [(shown.media.data or b"", shown) for shown in phone.history if shown.from_bot and shown.media is not None]


async def goes_on(house: House) -> list[bytes]:
    """Another bot on the same stores, and all the pictures that have come then."""
    async with running(house):
        await house.settled()
        house.aino.write("That was all")
        await house.settled()
    assert house.mikael.history[-1].text.endswith("That was all")
    assert came(house.aino) == []
    return [picture for picture, _ in came(house.mikael)]


@pytest.mark.parametrize("halt", ON_ITS_OWN_WAY, ids=str)
async def test_an_album_survives_a_kill(house: House, halt: Halt) -> None:
    await killed(house, halt)
    assert await goes_on(house) == list(PICTURES), house.mikael.transcript()


@pytest.mark.parametrize("effect", [True, False], ids=["it-was-sent", "it-was-not-sent"])
async def test_an_album_that_was_killed_without_an_answer_is_sent_again_with_a_mark(house: House, effect: bool) -> None:
    stalled = house.api.faults.stall("sendMediaGroup", effect=effect)
    async with started(house, LAUNCHER) as bot:
        await polls(bot)
        house.aino.send_album("photo", PICTURES, caption="Our new flat")
        await stalled.happened()
    assert await goes_on(house) == list(PICTURES) * (2 if effect else 1), house.mikael.transcript()
    *_, (_, last_first) = [each for each in came(house.mikael) if each[0] == PICTURES[0]]
    assert MARK in last_first.text
