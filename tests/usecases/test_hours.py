"""The hours in which others reach a participant: what holds, and what a mentor who writes outside them hears."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from mentorbot.programme.channel import Channel
from mentorbot.programme.content import Written
from mentorbot.programme.delivery import Rank
from mentorbot.programme.errors import NotPermitted
from mentorbot.programme.hours import Hours
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import DeliveredLater, HoursNotUnderstood, HoursShown, Notice, Waits
from mentorbot.programme.people import Person, Role
from mentorbot.programme.safety import Safety
from mentorbot.programme.wording import Words
from mentorbot.services import absence, hours, messaging
from storage import people, safety
from storage.tables import UNFINISHED, outbox
from storage.transaction import Store, Transaction
from tests.people import at, joined, paired
from tests.usecases.queue import heard

HELSINKI = ZoneInfo("Europe/Helsinki")
DAYTIME = Hours(opens=8 * 60, closes=20 * 60)


@dataclass(frozen=True, kw_only=True)
class Pair:
    store: Store
    aino: Person
    mikael: Person
    channel: Channel

    def at(self, hour: int, minute: int = 0, *, day: int = 2) -> None:
        """It is this time by the programme's clock."""
        self.store.clock = at(datetime(2026, 3, day, hour, minute, tzinfo=HELSINKI).astimezone(UTC))

    async def do(self, unit: Callable[[Transaction], None]) -> None:
        await self.store.transact(unit)

    async def settle(self, settled: Hours | None) -> None:
        await self.do(lambda tx: hours.settle(tx, self.aino, settled))
        await heard(self.store)

    async def mentor_hears(self) -> list[Notice]:
        """What a mentor is told who writes now."""
        written = Written(message=MessageId(7), words=Words(text="Hello"))
        await self.do(lambda tx: messaging.write(tx, self.mikael, written))
        return (await heard(self.store)).get(self.mikael.pid, [])

    def later(self, *, same_day: bool) -> DeliveredLater:
        return DeliveredLater(alias=self.aino.alias, same_day=same_day)


@pytest.fixture
async def pair(store: Store) -> Pair:
    store.zone = HELSINKI
    aino, mikael = await joined(store, Role.PARTICIPANT), await joined(store, Role.MENTOR)
    pair = Pair(store=store, aino=aino, mikael=mikael, channel=await paired(store, aino, mikael))
    pair.at(21)
    return pair


async def test_hours_are_settled_shown_and_lifted(pair: Pair) -> None:
    await pair.do(lambda tx: hours.set_typed(tx, pair.aino, "7.30–21"))
    typed = Hours(opens=450, closes=1260)
    assert await pair.store.transact(lambda tx: safety.of(tx, pair.aino.pid)) == Safety(hours=typed)
    await pair.do(lambda tx: hours.set_typed(tx, pair.aino, "0-24"))
    assert await pair.store.transact(lambda tx: safety.of(tx, pair.aino.pid)) == Safety()
    await pair.do(lambda tx: hours.show(tx, pair.aino))
    shown = [HoursShown(hours=typed), HoursShown(hours=None), HoursShown(hours=None)]
    assert await heard(pair.store) == {pair.aino.pid: shown}


async def test_what_cannot_be_understood_changes_nothing(pair: Pair) -> None:
    await pair.settle(DAYTIME)
    await pair.do(lambda tx: hours.set_typed(tx, pair.aino, "in the morning"))
    assert await heard(pair.store) == {pair.aino.pid: [HoursNotUnderstood()]}
    assert await pair.store.transact(lambda tx: safety.of(tx, pair.aino.pid)) == Safety(hours=DAYTIME)


async def test_they_are_for_participants(pair: Pair) -> None:
    for use in (
        lambda tx: hours.show(tx, pair.mikael),
        lambda tx: hours.settle(tx, pair.mikael, DAYTIME),
        lambda tx: hours.set_typed(tx, pair.mikael, "8-20"),
        lambda tx: hours.set_typed(tx, pair.mikael, "nonsense"),
    ):
        with pytest.raises(NotPermitted):
            await pair.do(use)


async def test_a_mentor_hears_once_that_what_they_write_waits(pair: Pair) -> None:
    await pair.settle(DAYTIME)
    assert await pair.mentor_hears() == [pair.later(same_day=False)]
    pair.at(23)
    assert await pair.mentor_hears() == []
    pair.at(6, day=3)
    assert await pair.mentor_hears() == []
    pair.at(12, day=3)
    assert await pair.mentor_hears() == []
    pair.at(20, day=3)
    assert await pair.mentor_hears() == [pair.later(same_day=False)]


async def test_a_mentor_hears_that_it_comes_on_the_same_day(pair: Pair) -> None:
    await pair.settle(DAYTIME)
    pair.at(5)
    assert await pair.mentor_hears() == [pair.later(same_day=True)]


async def test_a_mentor_hears_nothing_of_hours_that_are_open_nor_of_a_short_wait(pair: Pair) -> None:
    assert await pair.mentor_hears() == []
    await pair.settle(DAYTIME)
    pair.at(19, 59)
    assert await pair.mentor_hears() == []
    pair.at(7, 45)
    assert await pair.mentor_hears() == []
    pair.at(7, 44)
    assert await pair.mentor_hears() == [pair.later(same_day=True)]


async def test_a_clock_that_was_set_back_does_not_keep_a_mentor_in_the_dark(pair: Pair) -> None:
    await pair.settle(DAYTIME)
    pair.at(21, day=20)
    assert await pair.mentor_hears() == [pair.later(same_day=False)]
    pair.at(21)
    assert await pair.mentor_hears() == [pair.later(same_day=False)]
    assert await pair.mentor_hears() == []


async def test_who_was_told_of_a_break_is_not_told_of_hours_too(pair: Pair) -> None:
    await pair.settle(DAYTIME)
    await pair.do(lambda tx: absence.pause(tx, people.get(tx, pair.aino.pid)))
    assert await pair.mentor_hears() == [Waits(alias=pair.aino.alias, paused=True)]


async def test_who_writes_at_night_hears_at_once_what_they_would_have_heard_in_the_morning(pair: Pair) -> None:
    """An announcement waits for the hours; a person who is up and writes needs it now, and once."""
    await pair.settle(DAYTIME)
    await pair.do(lambda tx: absence.lost(tx, pair.mikael.pid, refused=tx.now))
    for message in (7, 8):
        written = Written(message=MessageId(message), words=Words(text="Are you there?"))
        await pair.store.transact(lambda tx, it=written: messaging.write(tx, pair.aino, it), actor=pair.aino.pid)  # type: ignore[misc]
    rows = await pair.store.transact(lambda tx: tx.conn.execute(select(outbox).where(UNFINISHED)).all())
    mine = [(row.notice, row.rank) for row in rows if row.recipient == pair.aino.pid]
    assert mine == [("Waits", Rank.ANSWER)]
