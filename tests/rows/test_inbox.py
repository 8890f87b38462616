"""Rows of the inbox: each update once, in the order of its arrival, sealed until it is settled."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from mentorbot.programme.errors import SealBroken
from storage import inbox, tables
from storage.inbox import PAGE, Arrival, RowId, UpdateState, Waiting
from storage.transaction import Store
from tests.people import NOW, Installation, at


def arrivals(*update_ids: int, said: str = "Moi!") -> list[Arrival]:
    return [
        Arrival(update_id=id_, identity=f"update {id_}".encode(), body=f"{said} {id_}".encode()) for id_ in update_ids
    ]


async def waiting(store: Store) -> list[Waiting]:
    return await store.transact(inbox.waiting)


async def bodies(store: Store) -> list[bytes]:
    return [await inbox.unseal(store.keyring, row) for row in await waiting(store)]


def ids(kept: Sequence[tuple[RowId, Arrival]]) -> list[int]:
    return [arrival.update_id for _, arrival in kept]


async def test_what_is_kept_waits_in_the_order_of_its_arrival(store: Store, installation: Installation) -> None:
    kept = await inbox.keep(store, arrivals(7, 3, 5))
    assert ids(kept) == [7, 3, 5]
    rows = await waiting(store)
    assert [row.id for row in rows] == [row for row, _ in kept] == sorted(row.id for row in rows)
    restarted = await installation.open()
    assert await bodies(restarted) == [b"Moi! 7", b"Moi! 3", b"Moi! 5"]
    await restarted.close()


async def test_what_waits_is_read_page_by_page(store: Store) -> None:
    await inbox.keep(store, arrivals(*range(PAGE + 3)))
    first = await waiting(store)
    assert len(first) == PAGE
    rest = await store.transact(lambda tx: inbox.waiting(tx, after=first[-1].id))
    assert [await inbox.unseal(store.keyring, row) for row in rest] == [b"Moi! %d" % (PAGE + one) for one in range(3)]


async def test_keeping_nothing_is_no_error(store: Store) -> None:
    assert await inbox.keep(store, []) == []


async def test_the_same_update_twice_is_one_row(store: Store) -> None:
    assert ids(await inbox.keep(store, [*arrivals(1, 2), *arrivals(2, 1), *arrivals(3)])) == [1, 2, 3]
    assert ids(await inbox.keep(store, arrivals(2, 3, 4))) == [4]
    assert len(await waiting(store)) == 4


async def test_an_update_that_is_settled_does_not_come_back(store: Store) -> None:
    ((row, _),) = await inbox.keep(store, arrivals(1))
    assert await store.transact(lambda tx: inbox.settle(tx, row, UpdateState.DONE))
    assert await inbox.keep(store, arrivals(1)) == []
    assert await waiting(store) == []


async def test_of_the_same_updates_kept_at_once_each_is_one_row(store: Store, installation: Installation) -> None:
    other = await installation.open()
    kept = await asyncio.gather(*(inbox.keep(opened, arrivals(*range(20))) for opened in (store, other) * 3))
    assert sorted(id_ for share in kept for id_ in ids(share)) == list(range(20))
    assert len(await waiting(store)) == 20
    await other.close()


async def test_update_ids_that_restart_lower_are_not_dropped(store: Store) -> None:
    await inbox.keep(store, arrivals(900_000_001, 900_000_002))
    fresh = [Arrival(update_id=id_, identity=f"a week later {id_}".encode(), body=b"") for id_ in (5, 900_000_001)]
    assert ids(await inbox.keep(store, fresh)) == [5, 900_000_001]
    assert len(await waiting(store)) == 4


async def test_an_update_is_settled_once_and_empty_then(store: Store) -> None:
    kept = await inbox.keep(store, arrivals(1, 2))
    for (row, _), state in zip(kept, (UpdateState.DONE, UpdateState.ASIDE), strict=True):
        assert await store.transact(lambda tx, row=row, state=state: inbox.settle(tx, row, state))  # type: ignore[misc]
        assert not await store.transact(lambda tx, row=row: inbox.settle(tx, row, UpdateState.DONE))  # type: ignore[misc]
    rows = await store.transact(
        lambda tx: list(tx.conn.execute(select(tables.inbox.c.state, tables.inbox.c.body).order_by(tables.inbox.c.id)))
    )
    assert [tuple(row) for row in rows] == [("done", None), ("aside", None)]


async def test_of_those_who_settle_one_update_at_once_one_does(store: Store, installation: Installation) -> None:
    other = await installation.open()
    ((row, _),) = await inbox.keep(store, arrivals(1))
    settled = await asyncio.gather(
        *(opened.transact(lambda tx: inbox.settle(tx, row, UpdateState.DONE)) for opened in (store, other) * 3)
    )
    assert settled.count(True) == 1
    await other.close()


async def test_settled_updates_are_purged_by_when_they_came(store: Store) -> None:
    ((early, _), _) = await inbox.keep(store, arrivals(1, 2))
    store.clock = at(NOW + timedelta(hours=1))
    ((late, _),) = await inbox.keep(store, arrivals(3))
    for row in (early, late):
        assert await store.transact(partial(inbox.settle, row=row, to=UpdateState.DONE))
    await store.transact(lambda tx: inbox.purge(tx, before=NOW))
    assert await inbox.keep(store, arrivals(1, 3)) == []
    await store.transact(lambda tx: inbox.purge(tx, before=NOW + timedelta(hours=1)))
    assert ids(await inbox.keep(store, arrivals(1, 3))) == [1]
    assert await bodies(store) == [b"Moi! 2", b"Moi! 1"], "what is not settled stays"


async def test_an_update_whose_days_key_was_destroyed_cannot_be_read(store: Store) -> None:
    await inbox.keep(store, arrivals(1))
    assert await bodies(store) == [b"Moi! 1"]
    await store.keyring.destroy_day_keys(NOW + timedelta(hours=47))
    with pytest.raises(SealBroken):
        await bodies(store)


async def test_an_update_that_was_kept_before_midnight_is_read_after_it(store: Store) -> None:
    store.clock = at(NOW.replace(hour=23, minute=59))
    await inbox.keep(store, arrivals(1))
    store.clock = at(NOW + timedelta(days=1))
    await inbox.keep(store, arrivals(2))
    await store.keyring.destroy_day_keys(store.clock())
    assert await bodies(store) == [b"Moi! 1", b"Moi! 2"]
