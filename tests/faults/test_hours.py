"""The process is killed while something waits for a participant's hours to open."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from storage import safety
from storage.transaction import Transaction

from .house import IN_NO_HURRY, ZONE, House, running
from .judge import Arrival, arrivals
from .process import LAUNCHER, polls, started

FIRST, SECOND = "the first message", "the second message"
OPENS_IN = timedelta(hours=2)


async def test_what_waits_for_the_hours_survives_a_kill_and_comes_when_they_open(house: House) -> None:
    await settle_closed_hours(house)
    async with started(house, LAUNCHER) as bot:
        await polls(bot)
        house.mikael.write(FIRST)
        await in_queue(house, 1)
    async with running(house):  # it is as early as before
        house.mikael.write(SECOND)
        await in_queue(house, 2)
    assert arrivals(house.aino) == []
    async with running(house, replace(IN_NO_HURRY, clock=lambda: datetime.now(UTC) + OPENS_IN)):
        await house.settled()
    assert arrivals(house.aino) == [Arrival(FIRST, False), Arrival(SECOND, False)], house.aino.transcript()


async def settle_closed_hours(house: House) -> None:
    """Aino's hours open in a while, whatever the time is now."""
    local = datetime.now(ZONE) + OPENS_IN - timedelta(minutes=1)
    opens = local.hour * 60 + local.minute

    def settle(tx: Transaction) -> None:
        safety.settle(tx, house.participant.pid, opens=opens, closes=(opens + 60) % 1440)

    store = await house.store()
    await store.transact(settle)


async def in_queue(house: House, length: int) -> None:
    pid = house.literal(house.participant.pid)
    await house.appears(
        f"SELECT 1 FROM outbox WHERE recipient = {pid} AND state = 'pending' GROUP BY state HAVING count(*) = {length}"  # noqa: S608
    )
