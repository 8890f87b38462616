"""Outside the hours that a participant chose, what others start waits; what they themselves start does not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from mentorbot.programme.channel import Channel
from mentorbot.programme.delivery import Delivery, Rank
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import Help, MeetYourMentor, Notice, Privacy, Relayed, Removed, Wiped
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import Words
from storage import claims, outbox, safety
from storage.claims import Claimed
from storage.tables import leadership
from storage.transaction import Store, Transaction
from tests.people import at, joined, paired

HELSINKI = ZoneInfo("Europe/Helsinki")
LEADER = 1


def local(hour: int, minute: int = 0, *, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=HELSINKI).astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class Night:
    """A participant whose hours are 8 to 20, at 23 o'clock, and their mentor."""

    store: Store
    aino: Person
    mikael: Person
    channel: Channel

    async def do(self, unit: Callable[[Transaction], None]) -> None:
        await self.store.transact(unit)

    async def settle(self, opens: int | None, closes: int | None) -> None:
        await self.do(lambda tx: safety.settle(tx, self.aino.pid, opens=opens, closes=closes))

    async def put(self, notice: Notice, rank: Rank) -> None:
        channel = self.channel.id if rank is Rank.TALK else None
        await self.do(lambda tx: outbox.put(tx, self.aino.pid, notice, rank=rank, channel=channel))

    async def claimed(self) -> Claimed | None:
        return await self.store.transact(lambda tx: claims.claim(tx, self.aino.pid, epoch=LEADER))

    async def goes(self) -> list[str]:
        """The kinds of what may go now, each sent before the next is claimed."""
        kinds = []
        while (row := await self.claimed()) is not None:
            kinds.append(row.kind)
            await self.do(lambda tx, row=row: claims.finish(tx, row.id, Delivery.SENT, epoch=LEADER))  # type: ignore[misc]
        return kinds

    async def is_due(self) -> bool:
        return self.aino.pid in await self.store.transact(claims.due_recipients)

    async def due_at(self) -> datetime | None:
        due = await self.store.transact(lambda tx: claims.due(tx, self.aino.pid))
        return None if due is None else due[0]


@pytest.fixture
async def night(store: Store) -> Night:
    store.zone = HELSINKI
    store.clock = at(local(23))
    await store.transact(lambda tx: tx.conn.execute(update(leadership).values(epoch=LEADER)))
    aino, mikael = await joined(store, Role.PARTICIPANT), await joined(store, Role.MENTOR)
    night = Night(store=store, aino=aino, mikael=mikael, channel=await paired(store, aino, mikael))
    await night.settle(8 * 60, 20 * 60)
    return night


def relayed(message: int = 1) -> Relayed:
    return Relayed(from_message=MessageId(message), words=Words(text="x"))


async def test_what_others_start_waits_for_the_hours_and_nothing_else_does(night: Night) -> None:
    await night.put(Privacy(), Rank.BROADCAST)
    await night.put(Removed(from_message=MessageId(7)), Rank.CHORE)
    await night.put(relayed(), Rank.TALK)
    await night.put(Help(role=Role.PARTICIPANT), Rank.ANSWER)
    await night.put(Wiped(patience=0), Rank.AT_ONCE)
    assert await night.goes() == ["Wiped", "Help", "Removed"]
    assert not await night.is_due()
    night.store.clock = at(local(8, day=3))
    assert await night.is_due()
    assert await night.goes() == ["Relayed", "Privacy"]


async def test_without_hours_everything_goes(night: Night) -> None:
    """The control."""
    await night.settle(None, None)
    await night.put(relayed(), Rank.TALK)
    await night.put(Privacy(), Rank.BROADCAST)
    assert await night.is_due()
    assert await night.goes() == ["Relayed", "Privacy"]


async def test_nobody_looks_for_what_waits_until_the_hours_open(night: Night) -> None:
    """A look every two seconds, at everybody who sleeps, would be all that the bot does at night."""
    await night.put(relayed(), Rank.TALK)
    assert not await night.is_due()
    assert await night.due_at() == local(8, day=3)
    await night.put(Help(role=Role.PARTICIPANT), Rank.ANSWER)
    assert await night.is_due()


async def test_what_was_tried_in_the_evening_is_not_tried_again_at_night(night: Night) -> None:
    night.store.clock = at(local(19, 59))
    await night.put(relayed(), Rank.TALK)
    tried = await night.claimed()
    assert tried is not None
    again = local(20, 1)
    await night.do(lambda tx: claims.postpone(tx, tried.id, Delivery.RETRY, epoch=LEADER, until=again))
    assert await night.due_at() == local(8, day=3)
    night.store.clock = at(again)
    assert await night.goes() == []
    night.store.clock = at(local(8, day=3))
    assert await night.goes() == ["Relayed"]


async def test_what_is_not_due_when_the_hours_open_waits_on(night: Night) -> None:
    await night.do(lambda tx: outbox.put(tx, night.aino.pid, relayed(), wait=timedelta(hours=10)))
    night.store.clock = at(local(8, day=3))
    assert await night.due_at() == local(9, day=3)
    assert await night.goes() == []


async def test_other_hours_hold_at_once_for_what_waits_already(night: Night) -> None:
    await night.put(relayed(), Rank.TALK)
    await night.settle(22 * 60, 6 * 60)
    assert await night.due_at() == local(23)
    assert await night.goes() == ["Relayed"]


async def test_a_clock_that_jumps_ahead_and_back_holds_nothing_longer_than_the_hours_do(night: Night) -> None:
    await night.put(relayed(), Rank.TALK)
    night.store.clock = at(local(3, day=20))
    assert await night.goes() == []
    night.store.clock = at(local(12, day=3))
    assert await night.is_due()
    assert await night.goes() == ["Relayed"]


async def test_another_persons_hours_hold_nobody_up(night: Night) -> None:
    await night.do(lambda tx: outbox.put(tx, night.mikael.pid, relayed(), channel=night.channel.id))
    assert await night.store.transact(lambda tx: claims.claim(tx, night.mikael.pid, epoch=LEADER)) is not None


async def test_order_holds_across_the_night(night: Night) -> None:
    await night.put(MeetYourMentor(mentor="Lind"), Rank.TALK)
    await night.put(relayed(1), Rank.TALK)
    assert await night.goes() == []
    night.store.clock = at(local(7, 59, day=3))
    await night.put(Removed(from_message=MessageId(1)), Rank.TALK)
    assert await night.goes() == []
    night.store.clock = at(local(8, day=3))
    assert await night.goes() == ["MeetYourMentor", "Relayed", "Removed"]
