from datetime import timedelta

import pytest
from sqlalchemy import func, select

from mentorbot.programme.delivery import Delivery
from mentorbot.programme.errors import NotThere, SealBroken
from mentorbot.programme.notices import CodeAsked, Help
from mentorbot.programme.people import Role
from mentorbot.services import retention
from mentorbot.services.joining import UNFINISHED_FOR
from storage import claims, inbox, outbox, people
from storage.inbox import Arrival, UpdateState
from storage.tables import inbox as inbox_table, leadership, outbox as outbox_table
from storage.transaction import Store, Transaction
from tests.people import NOW, arrived, at, joined

SOON = timedelta(seconds=1)


async def rows(store: Store) -> tuple[int, int]:
    """How many rows the inbox and the outbox have."""

    def count(tx: Transaction) -> tuple[int, int]:
        counts = [
            tx.conn.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (inbox_table, outbox_table)
        ]
        return counts[0], counts[1]

    return await store.transact(count)


async def test_settled_rows_go_after_two_days_and_not_before(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    await inbox.keep(store, [Arrival(update_id=1, identity=b"one", body=b"{}")])

    def settle(tx: Transaction) -> None:
        (waiting,) = inbox.waiting(tx)
        inbox.settle(tx, waiting.id, UpdateState.DONE)
        outbox.put(tx, aino.pid, Help(role=Role.PARTICIPANT))
        claimed = claims.claim(tx, aino.pid, epoch=tx.conn.execute(select(leadership.c.epoch)).scalar_one())
        assert claimed is not None
        claims.finish(tx, claimed.id, Delivery.SENT, epoch=tx.conn.execute(select(leadership.c.epoch)).scalar_one())

    await store.transact(settle)
    store.clock = at(NOW + retention.SETTLED_FOR)
    await retention.tidy(store)
    assert await rows(store) == (1, 1)
    store.clock = at(NOW + retention.SETTLED_FOR + SOON)
    await retention.tidy(store)
    assert await rows(store) == (0, 0)


async def test_what_is_still_to_be_said_stays_however_long_it_waits(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    await store.transact(lambda tx: outbox.put(tx, aino.pid, Help(role=Role.PARTICIPANT)))
    store.clock = at(NOW + timedelta(days=30))
    await retention.tidy(store)
    assert await store.transact(outbox.unfinished) == 1


async def test_an_unsettled_update_cannot_be_read_any_more_after_two_days(store: Store) -> None:
    await inbox.keep(store, [Arrival(update_id=1, identity=b"one", body=b"{}")])
    (waiting,) = await store.transact(inbox.waiting)
    await retention.tidy(store)
    assert await inbox.unseal(store.keyring, waiting) == b"{}"
    store.clock = at(NOW + timedelta(hours=48))
    await retention.tidy(store)
    with pytest.raises(SealBroken):
        await inbox.unseal(store.keyring, waiting)


async def test_whoever_did_not_finish_joining_is_forgotten_and_the_others_are_not(store: Store) -> None:
    unfinished, active = await arrived(store, Role.PARTICIPANT), await joined(store, Role.PARTICIPANT)
    await store.transact(lambda tx: outbox.put(tx, unfinished.pid, CodeAsked()))
    store.clock = at(NOW + UNFINISHED_FOR + SOON)
    await retention.tidy(store)
    assert await store.transact(people.everyone) == {active.pid}
    assert await store.keyring.everyone() == [active.pid]
    assert await store.transact(outbox.unfinished) == 0
    with pytest.raises(NotThere):
        await store.keyring.telegram_id(unfinished.pid)


async def test_keys_without_a_person_are_destroyed_and_others_kept(store: Store) -> None:
    aino, gone = await joined(store, Role.PARTICIPANT), await arrived(store, Role.PARTICIPANT)
    await store.transact(lambda tx: people.remove(tx, gone.pid))
    assert set(await store.keyring.everyone()) == {aino.pid, gone.pid}
    await retention.forget_orphans(store)
    assert await store.keyring.everyone() == [aino.pid]
