"""Rows 1 to 6: the process is killed at one point of a message's way. Another one goes on with what it left."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.shown import WaitedInVain

from .halting import Halt, Kind, Position
from .house import House, running, send
from .judge import Arrival, all_arrived_in_order, arrivals
from .process import LAUNCHER, polls, started

FIRST, SECOND = "the first message", "the second message"

ONCE = (Arrival(FIRST, False), Arrival(SECOND, False))
ONCE_MARKED = (Arrival(FIRST, True), Arrival(SECOND, False))
TWICE_MARKED = (Arrival(FIRST, False), Arrival(FIRST, True), Arrival(SECOND, False))

WHAT_MUST_HAPPEN = {
    Halt(Kind.INTAKE, Position.BEFORE): ONCE,  # row 1
    Halt(Kind.INTAKE, Position.INSIDE): ONCE,  # row 2
    Halt(Kind.INTAKE, Position.AFTER): ONCE,  # stored, not acknowledged: Telegram delivers it again
    Halt(Kind.WORK, Position.BEFORE): ONCE,  # row 3
    Halt(Kind.WORK, Position.INSIDE): ONCE,
    Halt(Kind.WORK, Position.AFTER): ONCE,  # row 4
    Halt(Kind.CLAIM, Position.BEFORE): ONCE,
    Halt(Kind.CLAIM, Position.INSIDE): ONCE,
    Halt(Kind.CLAIM, Position.AFTER): ONCE_MARKED,  # row 5
    Halt(Kind.RECORD, Position.BEFORE): TWICE_MARKED,  # row 6
    Halt(Kind.RECORD, Position.INSIDE): TWICE_MARKED,
    Halt(Kind.RECORD, Position.AFTER): ONCE,
}
# Up to the outbox both directions go the same way; after it a participant's words are sent anew, a mentor's copied.
ON_THE_WAY_OUT = {halt: what for halt, what in WHAT_MUST_HAPPEN.items() if halt.kind in (Kind.CLAIM, Kind.RECORD)}


def in_short(given: Halt | Sequence[Arrival]) -> str:
    return str(given) if isinstance(given, Halt) else ""


async def killed(house: House, writer: Phone, at: Halt) -> None:
    """`writer` writes, and the bot is killed where it halts."""
    async with started(house, LAUNCHER, str(at)) as bot:
        await polls(bot)
        writer.write(FIRST)
        await bot.halted()


async def goes_on(house: House, writer: Phone) -> None:
    """Another bot on the same stores; what `writer` writes next does not overtake what came before."""
    async with running(house):
        writer.write(SECOND)
        await house.settled()


@pytest.mark.parametrize(("halt", "expected"), WHAT_MUST_HAPPEN.items(), ids=in_short)
async def test_a_message_to_a_mentor_survives_a_kill(house: House, halt: Halt, expected: Sequence[Arrival]) -> None:
    await killed(house, house.aino, halt)
    await goes_on(house, house.aino)
    assert arrivals(house.mikael) == list(expected), house.mikael.transcript()
    assert arrivals(house.aino) == []


@pytest.mark.parametrize(("halt", "expected"), ON_THE_WAY_OUT.items(), ids=in_short)
async def test_a_message_to_a_participant_survives_a_kill(
    house: House, halt: Halt, expected: Sequence[Arrival]
) -> None:
    await killed(house, house.mikael, halt)
    await goes_on(house, house.mikael)
    assert arrivals(house.aino) == list(expected), house.aino.transcript()
    assert arrivals(house.mikael) == []


@pytest.mark.parametrize("effect", [True, False], ids=["it-was-sent", "it-was-not-sent"])
@pytest.mark.parametrize("direction", ["sendMessage", "copyMessage"])
async def test_a_message_that_was_killed_without_an_answer_is_sent_again_with_a_mark(
    house: House, direction: str, effect: bool
) -> None:
    """Row 6, seen from Telegram: whether it happened or not, the bot cannot know."""
    writer, reader = house.aino, house.mikael
    if direction == "copyMessage":
        writer, reader = reader, writer
    stalled = house.api.faults.stall(direction, effect=effect)
    async with started(house, LAUNCHER) as bot:
        await polls(bot)
        send(writer, direction, FIRST)
        await stalled.happened()
    await goes_on(house, writer)
    assert arrivals(reader) == list(TWICE_MARKED if effect else ONCE_MARKED), reader.transcript()


async def test_an_update_that_cannot_be_marked_as_done_has_no_effect_until_it_can(house: House) -> None:
    """Acting on an update and closing it are one: where the second is impossible, the first must not be seen."""
    async with broken(house, "inbox", "NEW.state = 'done'"), started(house, LAUNCHER) as bot:
        await polls(bot)
        house.aino.write(FIRST)
        with pytest.raises(WaitedInVain):
            await house.mikael.wait_for(lambda message: message.from_bot, timeout=2)
    async with running(house):
        await house.settled()
    all_arrived_in_order(house.mikael, [FIRST])


async def test_the_judge_sees_an_update_that_only_seems_to_be_done(house: House) -> None:
    """A control: where closing an update is a lie it is acted on again after a kill, and no mark says so."""
    async with broken(house, "inbox", "NEW.state = 'done'", put_back=("state", "body")):
        async with started(house, LAUNCHER) as bot:
            await polls(bot)
            house.aino.write(FIRST)
            await house.mikael.wait_for(lambda message: message.from_bot)
        async with running(house):
            await house.mikael.wait_for(lambda message: len(arrivals(house.mikael)) == 2)
    with pytest.raises(AssertionError, match="came twice without a mark"):
        all_arrived_in_order(house.mikael, [FIRST])


async def test_the_judge_sees_a_message_that_the_next_bot_leaves_lying(house: House) -> None:
    """A control: where what the last bot was sending cannot be put in order, it is never sent."""
    await killed(house, house.aino, Halt(Kind.CLAIM, Position.AFTER))
    async with broken(house, "outbox", "OLD.state = 'sending' AND NEW.state = 'unknown'"), running(house):
        house.aino.write(SECOND)
        with pytest.raises(TimeoutError):
            await house.settled(timeout=3)
    with pytest.raises(AssertionError, match="came "):
        all_arrived_in_order(house.mikael, [FIRST, SECOND])


@asynccontextmanager
async def broken(house: House, table: str, when: str, *, put_back: Sequence[str] = ()) -> AsyncIterator[None]:
    """Meanwhile such updates of a table's rows change nothing; where columns are put back, they even seem to."""
    if house.on_sqlite and put_back:
        old = ", ".join(f"{column} = OLD.{column}" for column in put_back)
        does = f"AFTER UPDATE ON {table} WHEN {when} BEGIN UPDATE {table} SET {old} WHERE id = OLD.id; END"  # noqa: S608
        there, away = f"CREATE TRIGGER broken {does}", "DROP TRIGGER broken"
    elif house.on_sqlite:
        does = f"BEFORE UPDATE ON {table} WHEN {when} BEGIN SELECT RAISE(IGNORE); END"
        there, away = f"CREATE TRIGGER broken {does}", "DROP TRIGGER broken"
    else:
        row = "OLD" if put_back else "NULL"
        does = f"CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN {row}; END'"
        at = f"BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION broken()"
        there, away = f"{does}; CREATE TRIGGER broken {at}", "DROP FUNCTION broken CASCADE"
    await house.execute(there)
    try:
        yield
    finally:
        await house.execute(away)
