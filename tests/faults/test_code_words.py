"""The process is killed when the code word has come: the mentor is told all the same, and nothing slips through."""

import pytest

from mentorbot.programme.code_word import settled
from storage import code_words
from storage.transaction import Transaction

from .halting import Halt, Kind, Position
from .house import SAY, House, ends_with, from_bot, running
from .process import LAUNCHER, polls, started

WORD = "Kesäkurpitsa"
ONCE = [
    Halt(Kind.WORK, Position.BEFORE),
    Halt(Kind.WORK, Position.INSIDE),
    Halt(Kind.WORK, Position.AFTER),  # used, and nobody was told yet
    Halt(Kind.CLAIM, Position.AFTER),  # the alert is on its way, as far as anybody knows
]


@pytest.mark.parametrize("halt", ONCE, ids=str)
async def test_the_mentor_is_told_and_nothing_slips_through(house: House, halt: Halt) -> None:
    await settle(house)
    async with started(house, LAUNCHER, str(halt)) as bot:
        await polls(bot)
        house.aino.write(f"Hello, {WORD}")
        await bot.halted()
    async with running(house):
        alert = await house.mikael.wait_for(lambda message: SAY("code_word.lift") in str(message.keyboard))
        house.mikael.write("Are you all right?")
        await house.mikael.wait_for(lambda message: message.id > alert.id and "/delete" in message.text)
    assert sum(message.text == alert.text for message in house.mikael.messages) == 1
    assert all(WORD not in text for text in from_bot(house.mikael))
    assert from_bot(house.aino) == []
    async with running(house):  # it holds over a restart, until the mentor says so
        house.mikael.press(alert.id, (0, 0))
        await house.aino.wait_for(ends_with("Are you all right?"))


async def settle(house: House) -> None:
    def unit(tx: Transaction) -> None:
        code_words.settle(tx, house.participant.pid, settled(WORD))

    store = await house.store()
    await store.transact(unit)
