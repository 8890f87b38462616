"""Rows 30 and 31: a ciphertext with a flipped bit, or in another place. That row is set aside, the rest works."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Column, select, update

from mentorbot.programme.delivery import Delivery
from mentorbot.programme.errors import SealBroken
from mentorbot.programme.notices import AliasShown
from mentorbot.programme.people import Person, Role
from storage import claims, inbox, outbox, people, tables
from storage.engine import Database
from storage.inbox import Arrival, UpdateState
from storage.transaction import Store
from tests.people import Installation, joined


def database_of(store: Store, column: Column[Any]) -> Database:
    return store.keys if column.table.metadata is tables.KEYS else store.data


async def sealed_in(store: Store, column: Column[Any], pid: bytes) -> bytes:
    query = select(column).where(column.table.c.pid == pid)
    return bytes(await database_of(store, column).run(lambda conn: conn.execute(query).scalar_one()))


async def overwrite(store: Store, column: Column[Any], pid: bytes, sealed: bytes) -> None:
    change = update(column.table).where(column.table.c.pid == pid).values({column.name: sealed})
    await database_of(store, column).run(lambda conn: conn.execute(change))


@pytest.fixture
async def two(store: Store) -> tuple[Person, Person]:
    await store.data.run(lambda conn: conn.execute(update(tables.leadership).values(epoch=1)))
    return await joined(store, Role.PARTICIPANT, alias="Koivu"), await joined(store, Role.MENTOR, alias="Lind")


# --- what a flipped bit does ------------------------------------------------------------------------------------------


async def test_an_update_with_any_flipped_bit_is_set_aside_and_the_next_one_is_read(store: Store) -> None:
    arrivals = [Arrival(update_id=id_, identity=str(id_).encode(), body=b"Moi!") for id_ in (1, 2)]
    await inbox.keep(store, arrivals)
    first, second = await store.transact(inbox.waiting)
    header = range(6 * 8)  # it says which key to look for
    for bit in (*header, *range(6 * 8, len(first.sealed) * 8, 7)):
        with pytest.raises(SealBroken):
            await inbox.unseal(store.keyring, replace(first, sealed=flip(first.sealed, bit)))
    assert await store.transact(lambda tx: inbox.settle(tx, first.id, UpdateState.ASIDE))
    assert await store.transact(inbox.waiting) == [second]
    assert await inbox.unseal(store.keyring, second) == b"Moi!"


async def test_a_notice_with_a_flipped_bit_can_be_set_aside_and_the_next_one_is_said(
    store: Store, two: tuple[Person, Person]
) -> None:
    aino, _ = two
    for alias in ("first", "second"):
        notice = AliasShown(alias=alias, changed=False)
        await store.transact(lambda tx, notice=notice: outbox.put(tx, aino.pid, notice))  # type: ignore[misc]
    rows = select(tables.outbox.c.id, tables.outbox.c.body).order_by(tables.outbox.c.id).limit(1)
    row = await store.transact(lambda tx: tx.conn.execute(rows).one())
    broken = flip(row.body, secrets.randbelow(len(row.body) * 8))
    await store.transact(
        lambda tx: tx.conn.execute(update(tables.outbox).where(tables.outbox.c.id == row.id).values(body=broken))
    )
    first = await store.transact(lambda tx: claims.claim(tx, aino.pid, epoch=1))
    assert first is not None
    with pytest.raises(SealBroken):
        await store.transact(lambda tx: outbox.open_notice(tx, first))
    await store.transact(lambda tx: claims.finish(tx, first.id, Delivery.DEAD, epoch=1))
    second = await store.transact(lambda tx: claims.claim(tx, aino.pid, epoch=1))
    assert second is not None
    assert await store.transact(lambda tx: outbox.open_notice(tx, second)) == AliasShown(alias="second", changed=False)


@pytest.mark.parametrize("column", ["data_key", "telegram_id"])
async def test_one_persons_broken_key_is_nobody_elses_trouble(
    store: Store, installation: Installation, two: tuple[Person, Person], column: str
) -> None:
    aino, mikael = two
    broken = tables.person_keys.c[column]
    sealed = await sealed_in(store, broken, aino.pid)
    await overwrite(store, broken, aino.pid, flip(sealed, secrets.randbelow(len(sealed) * 8)))
    opened = await installation.open()
    with pytest.raises(SealBroken):
        await opened.transact(lambda tx: people.get(tx, aino.pid))
    assert await opened.transact(lambda tx: people.get(tx, mikael.pid)) == mikael
    assert await opened.transact(lambda tx: people.active(tx, Role.MENTOR)) == [mikael]
    await opened.close()


# --- what moving does -------------------------------------------------------------------------------------------------


async def test_a_ciphertext_in_another_persons_row_is_refused(
    store: Store, installation: Installation, two: tuple[Person, Person]
) -> None:
    aino, mikael = two
    readers: dict[Column[Any], Callable[[Store], Awaitable[object]]] = {
        tables.people.c.alias: lambda opened: opened.transact(lambda tx: people.get(tx, aino.pid)),
        tables.person_keys.c.telegram_id: lambda opened: opened.keyring.telegram_id(aino.pid),
        tables.person_keys.c.data_key: lambda opened: opened.keyring.data_key(aino.pid),
    }
    for column, read in readers.items():
        own = await sealed_in(store, column, aino.pid)
        await overwrite(store, column, aino.pid, await sealed_in(store, column, mikael.pid))
        fresh = await installation.open()
        with pytest.raises(SealBroken):
            await read(fresh)
        await overwrite(store, column, aino.pid, own)
        await read(fresh)  # the control: in its own row it opens
        await fresh.close()


async def test_a_ciphertext_in_another_column_is_refused(store: Store, two: tuple[Person, Person]) -> None:
    aino, _ = two
    await store.transact(lambda tx: outbox.put(tx, aino.pid, AliasShown(alias="Koivu", changed=False)))
    sealed = await sealed_in(store, tables.people.c.alias, aino.pid)
    same_row_and_person = update(tables.outbox).values(body=sealed, ref=aino.pid)
    await store.transact(lambda tx: tx.conn.execute(same_row_and_person))
    claimed = await store.transact(lambda tx: claims.claim(tx, aino.pid, epoch=1))
    assert claimed is not None
    with pytest.raises(SealBroken):
        await store.transact(lambda tx: outbox.open_notice(tx, claimed))


async def test_two_ciphertexts_of_one_column_that_changed_places_are_refused(
    store: Store, two: tuple[Person, Person]
) -> None:
    await inbox.keep(store, [Arrival(update_id=id_, identity=str(id_).encode(), body=b"Moi!") for id_ in (1, 2)])
    first, second = await store.transact(inbox.waiting)
    for row, sealed in ((first, second.sealed), (second, first.sealed)):
        with pytest.raises(SealBroken):
            await inbox.unseal(store.keyring, replace(row, sealed=sealed))
        assert await inbox.unseal(store.keyring, row) == b"Moi!"


def flip(sealed: bytes, bit: int) -> bytes:
    flipped = bytearray(sealed)
    flipped[bit // 8] ^= 1 << bit % 8
    return bytes(flipped)
