"""Each person's updates in their order, people side by side, and none is lost or handled twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import update

from handlers.telegram.updates import Envelope, read
from handlers.telegram.work import IN_HAND, SHARE, Update, Work
from mentorbot.programme.errors import StorageFailed
from mentorbot.programme.ids import TelegramId
from storage import inbox
from storage.inbox import PAGE, Arrival, RowId, UpdateState
from storage.tables import inbox as table
from storage.transaction import Store
from tests.conversations.parts import Fragile, message
from tests.journeys.programme import until
from tests.people import AINO, MIKAEL, NOW, SQLITE_ONLY, at


@dataclass
class Recorder:
    """Handles updates as it is told to, settles them, and keeps what it saw."""

    store: Store
    seen: list[tuple[TelegramId, int]] = field(default_factory=list)
    aside: list[tuple[RowId, TelegramId | None]] = field(default_factory=list)
    failures: dict[int, list[Exception]] = field(default_factory=dict)
    held: dict[TelegramId, asyncio.Event] = field(default_factory=dict)

    async def handle(self, update: Update) -> None:
        self.seen.append((update.envelope.sender, update.envelope.update_id))
        if update.envelope.sender in self.held:
            await self.held[update.envelope.sender].wait()
        if failures := self.failures.get(update.envelope.update_id):
            raise failures.pop()
        await self.store.transact(lambda tx: inbox.settle(tx, update.row, UpdateState.DONE))

    async def set_aside(self, row: RowId, envelope: Envelope | None) -> None:
        self.aside.append((row, None if envelope is None else envelope.sender))
        await self.store.transact(lambda tx: inbox.settle(tx, row, UpdateState.ASIDE))


async def stored(store: Store, *senders: int) -> list[Update]:
    """One update from each of these senders, in this order, numbered from 1, as intake hands them over."""
    updates = []
    for number, sender in enumerate(senders, start=1):
        raw = message(sender, update_id=number, message_id=number)
        envelope = read(raw)
        assert envelope is not None
        body = b'{"update_id": %d, "message": {"chat": {"id": %d, "type": "private"}, "from": {"id": %d}}}'
        arrival = Arrival(update_id=number, identity=envelope.identity, body=body % (number, sender, sender))
        ((row, _),) = await inbox.keep(store, [arrival])
        updates.append(Update(row=row, envelope=envelope, raw=raw))
    return updates


async def unsettled(store: Store) -> int:
    return len(await store.transact(inbox.waiting))


@asynccontextmanager
async def working(recorder: Recorder) -> AsyncIterator[Work]:
    work = Work(recorder.store, handle=recorder.handle, set_aside=recorder.set_aside)
    yield work
    for event in recorder.held.values():
        event.set()
    await work.finish()


async def until_settled(store: Store) -> None:
    await until(lambda: _has_unsettled(store, 0))


async def _has_unsettled(store: Store, number: int) -> bool:
    return await unsettled(store) == number


async def test_one_persons_updates_are_handled_in_their_order(store: Store) -> None:
    recorder = Recorder(store)
    async with working(recorder) as work:
        for update in await stored(store, *[AINO] * 5):
            await work.take(update)
        await until_settled(store)
    assert recorder.seen == [(AINO, number) for number in range(1, 6)]


async def test_somebody_who_takes_long_holds_up_nobody_else(store: Store) -> None:
    recorder = Recorder(store, held={AINO: asyncio.Event()})
    async with working(recorder) as work:
        for update in await stored(store, AINO, AINO, MIKAEL):
            await work.take(update)
        await until(lambda: _has_unsettled(store, 2))
        assert recorder.seen == [(AINO, 1), (MIKAEL, 3)]
        recorder.held[AINO].set()
        await until_settled(store)
    assert recorder.seen[-1] == (AINO, 2)


async def test_an_update_that_fails_is_tried_three_times_and_then_set_aside(store: Store) -> None:
    recorder = Recorder(store, failures={1: [ValueError("broken")] * 3})
    async with working(recorder) as work:
        first, second = await stored(store, AINO, AINO)
        await work.take(first)
        await work.take(second)
        await until_settled(store)
    assert recorder.seen == [(AINO, 1)] * 3 + [(AINO, 2)]
    assert recorder.aside == [(first.row, AINO)]


async def test_an_update_that_fails_twice_is_not_set_aside(store: Store) -> None:
    recorder = Recorder(store, failures={1: [ValueError("broken")] * 2})
    async with working(recorder) as work:
        for update in await stored(store, AINO):
            await work.take(update)
        await until_settled(store)
    assert recorder.aside == []
    assert recorder.seen == [(AINO, 1)] * 3


async def test_a_database_that_refuses_is_waited_for_and_costs_no_try(store: Store) -> None:
    recorder = Recorder(store, failures={1: [ValueError("one"), ValueError("two"), StorageFailed("full")]})
    async with working(recorder) as work:
        for update in await stored(store, AINO):
            await work.take(update)
        await until_settled(store)
    assert recorder.aside == []
    assert len(recorder.seen) == 4


async def test_what_an_earlier_run_left_is_taken_in_its_order(store: Store) -> None:
    await stored(store, AINO, MIKAEL, AINO)
    recorder = Recorder(store)
    async with working(recorder) as work:
        await work.resume()
        await until_settled(store)
    assert [number for sender, number in recorder.seen if sender == AINO] == [1, 3]
    assert (MIKAEL, 2) in recorder.seen


async def test_a_backlog_of_more_than_a_page_is_taken_whole_and_in_its_order(store: Store) -> None:
    backlog = [(TelegramId(AINO + number % 50), number) for number in range(1, PAGE + 8)]
    body = b'{"update_id": %d, "message": {"chat": {"id": %d, "type": "private"}, "from": {"id": %d}}}'
    await inbox.keep(
        store, [Arrival(update_id=one, identity=b"%d" % one, body=body % (one, who, who)) for who, one in backlog]
    )
    recorder = Recorder(store)
    async with working(recorder) as work:
        await work.resume()
        await until_settled(store)
    assert sorted(recorder.seen, key=lambda one: one[1]) == backlog
    for sender in {who for who, _ in backlog}:
        theirs = [number for who, number in recorder.seen if who == sender]
        assert theirs == sorted(theirs)


async def test_what_is_in_hand_is_not_taken_again(store: Store) -> None:
    recorder = Recorder(store, held={AINO: asyncio.Event()})
    async with working(recorder) as work:
        for update in await stored(store, AINO, AINO):
            await work.take(update)
        await work.resume()
        recorder.held[AINO].set()
        await until_settled(store)
    assert recorder.seen == [(AINO, 1), (AINO, 2)]


async def test_an_update_whose_day_is_over_is_set_aside_and_the_others_are_handled(store: Store) -> None:
    await stored(store, AINO)
    store.clock = at(NOW.replace(day=NOW.day + 3))
    await store.keyring.destroy_day_keys(store.clock())
    recorder = Recorder(store)
    async with working(recorder) as work:
        await work.resume()
    assert recorder.seen == []
    assert len(recorder.aside) == 1
    assert recorder.aside[0][1] is None


async def test_what_cannot_be_opened_for_the_moment_is_taken_the_next_time(fragile: Fragile) -> None:
    await stored(fragile.store, AINO, MIKAEL)
    fragile.store.keyring._days.clear()
    recorder = Recorder(fragile.store)
    async with working(recorder) as work:
        fragile.keys.broken = True
        with pytest.raises(StorageFailed):
            await work.resume()
        fragile.keys.broken = False
        await work.resume()
        await until_settled(fragile.store)
    assert sorted(recorder.seen) == sorted([(AINO, 1), (MIKAEL, 2)])
    assert recorder.aside == []


async def test_stopping_ends_after_the_update_at_hand_and_leaves_the_rest_in_the_database(store: Store) -> None:
    recorder = Recorder(store, held={AINO: asyncio.Event()})
    async with working(recorder) as work:
        for update in await stored(store, AINO, AINO, AINO):
            await work.take(update)
        await asyncio.sleep(0)
        finishing = asyncio.create_task(work.finish())
        await asyncio.sleep(0)
        recorder.held[AINO].set()
        await finishing
    assert recorder.seen == [(AINO, 1)]
    assert await unsettled(store) == 2


@SQLITE_ONLY
async def test_no_more_than_so_many_are_in_hand(store: Store) -> None:
    (first,) = await stored(store, AINO)
    everybody = asyncio.Event()
    recorder = Recorder(store, held={TelegramId(AINO + number): everybody for number in range(IN_HAND + 1)})

    def by(number: int) -> Update:
        return replace(first, envelope=replace(first.envelope, sender=TelegramId(AINO + number)))

    async with working(recorder) as work:
        for number in range(IN_HAND):
            await asyncio.wait_for(work.take(by(number)), timeout=20)
        one_more = asyncio.create_task(work.take(by(IN_HAND)))
        await asyncio.sleep(0.05)
        assert not one_more.done()
        everybody.set()
        await asyncio.wait_for(one_more, timeout=20)


@SQLITE_ONLY
async def test_one_senders_flood_leaves_room_for_everybody_else(store: Store) -> None:
    """Row 46: what is beyond a sender's share waits in the database and takes nobody's place."""
    recorder = Recorder(store, held={AINO: asyncio.Event()})
    first, other = await stored(store, AINO, MIKAEL)
    async with working(recorder) as work:
        async with asyncio.timeout(30):
            for number in range(IN_HAND + 50):
                await work.take(replace(first, row=RowId(first.row + number)))
            await work.take(other)
            await until(lambda: _has_seen(recorder, MIKAEL))
        finishing = asyncio.create_task(work.finish())
        await asyncio.sleep(0)
        recorder.held[AINO].set()
        await finishing
    assert [sender for sender, _ in recorder.seen] == [AINO, MIKAEL]


async def test_what_waited_in_the_database_alone_keeps_its_order(store: Store) -> None:
    recorder = Recorder(store, held={AINO: asyncio.Event()})
    updates = await stored(store, *[AINO] * (2 * SHARE))
    async with working(recorder) as work:
        for each in updates:
            await work.take(each)
        recorder.held[AINO].set()
        await until_settled(store)
    assert [number for _, number in recorder.seen] == list(range(1, 2 * SHARE + 1))


async def test_what_waited_in_the_database_and_cannot_be_opened_is_set_aside(store: Store) -> None:
    recorder = Recorder(store, held={AINO: asyncio.Event()})
    updates = await stored(store, *[AINO] * (SHARE + 3))
    spoilt = updates[-2].row
    broken = update(table).where(table.c.id == spoilt).values(body=b"\0" * 300)
    await store.transact(lambda tx: tx.conn.execute(broken))
    async with working(recorder) as work:
        for each in updates:
            await work.take(each)
        recorder.held[AINO].set()
        await until_settled(store)
    assert recorder.aside == [(spoilt, None)]
    assert [number for _, number in recorder.seen] == [n for n in range(1, SHARE + 4) if n != SHARE + 2]


async def _has_seen(recorder: Recorder, sender: TelegramId) -> bool:
    return any(seen == sender for seen, _ in recorder.seen)
