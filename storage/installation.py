"""Making an installation's two stores, and opening them only when they and the root key belong together."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, tzinfo
from pathlib import Path

from sqlalchemy import insert, inspect, select
from sqlalchemy.engine import make_url

from mentorbot.programme.errors import CannotStart, SettingWrong, StoreMissing
from storage import audit, leadership, schema
from storage.engine import Database, open_database
from storage.root_key import RootKey
from storage.tables import data_identity
from storage.transaction import Clock, Store, Transaction, utc_now

OpenDatabase = Callable[[str], Awaitable[Database]]


async def found(data_url: str, keys_url: str, root: RootKey) -> None:
    """Make both stores with the newest schema.

    Raises SettingWrong when they are one, and CannotStart when one of them has anything in it already.
    """
    if make_url(data_url) == make_url(keys_url):
        raise SettingWrong("MENTORBOT_KEYS_URL names the data store: the keys need a database of their own")
    for url in (data_url, keys_url):
        _make_folder(url)
    store = Store(await open_database(data_url, create=True), await open_database(keys_url, create=True), root)
    try:
        for database in (store.data, store.keys):
            if await database.run(lambda conn: inspect(conn).get_table_names()):
                raise CannotStart("there is an installation here already; nothing was changed")
        await migrate(store)
        store_id = secrets.token_bytes(16)
        await store.keyring.found(store_id)
        await store.transact(lambda tx: _found_data(tx, store_id))
    finally:
        await store.close()


async def open_store(
    data_url: str,
    keys_url: str,
    root: RootKey,
    *,
    clock: Clock = utc_now,
    zone: tzinfo = UTC,
    open_database: OpenDatabase = open_database,
    require_current: bool = True,
) -> Store:
    """Both stores, once it is certain that they belong together and to this root key. Until then nothing is written;
    nor after, when `require_current` is false: then they are only to be looked at, or migrated.

    Raises StoreMissing, RootKeyWrong, or CannotStart when the schema is old and `require_current` is true.
    """
    data = await open_database(data_url)
    try:
        keys = await open_database(keys_url)
    except BaseException:
        await data.close()
        raise
    store = Store(data, keys, root, clock, zone)
    try:
        await store.keyring.prove(await _store_id(store))
        if require_current and await pending(store):
            raise CannotStart("the stores' schema is older than this program: run `mentorbot migrate`")
        if require_current:
            await asyncio.gather(data.begin_use(), keys.begin_use())
    except BaseException:
        await store.close()
        raise
    return store


async def migrate(store: Store) -> None:
    """Bring both stores to the newest schema."""
    await store.keys.run(lambda conn: schema.upgrade(conn, "keys"))
    await store.data.run(lambda conn: schema.upgrade(conn, "data"))


async def pending(store: Store) -> bool:
    """Whether one of the stores has a schema older than this program's."""
    keys = await store.keys.run(lambda conn: schema.pending(conn, "keys"))
    return keys or await store.data.run(lambda conn: schema.pending(conn, "data"))


async def _store_id(store: Store) -> bytes:
    for database, table in ((store.data, "data_identity"), (store.keys, "keys_identity")):
        if not await database.run(lambda conn, table=table: inspect(conn).has_table(table)):  # type: ignore[misc]
            raise StoreMissing(f"a store is empty (no {table}): run `mentorbot init`, or restore it from a backup")
    store_id: bytes | None = await store.data.run(
        lambda conn: conn.execute(select(data_identity.c.store_id)).scalar_one_or_none()
    )
    if store_id is None:
        raise StoreMissing("the data store was never finished: remove both stores and run `mentorbot init` again")
    return store_id


def _found_data(tx: Transaction, store_id: bytes) -> None:
    tx.conn.execute(insert(data_identity), {"store_id": store_id})
    audit.found(tx)
    leadership.found(tx)
    audit.append(tx, "installation_founded", actor=None)


def _make_folder(url: str) -> None:
    if make_url(url).get_backend_name() == "sqlite":
        Path(make_url(url).database or "").parent.mkdir(mode=0o700, parents=True, exist_ok=True)
