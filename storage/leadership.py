"""One leader polls and sends. Its epoch stands in every claim, so that a leader of yesterday can claim nothing.

On SQLite a lock on a file beside the database; on PostgreSQL a lease row that lapses by the database's own clock.
"""

import asyncio
import fcntl
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import ColumnElement, Connection, cast, func, insert, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.types import BigInteger

from mentorbot.programme.errors import AlreadyRunning, MentorbotError, StorageFailed
from storage.engine import PostgresDatabase
from storage.tables import leadership
from storage.transaction import Store, Transaction

LEASE = 15.0  # seconds
_ROW = 1


class Leadership(Protocol):
    """The right to poll and to send. `patience`: seconds after which a leader that died is no longer in the way."""

    patience: float

    async def take(self) -> int:
        """The epoch of the new leader; AlreadyRunning when somebody else leads."""
        ...

    async def lost(self) -> None:
        """Return when the leadership is lost; never, while it is held."""
        ...

    async def give_up(self) -> None: ...


def leadership_of(store: Store, data_url: str) -> Leadership:
    """The kind of leadership that fits the data store at this URL."""
    url = make_url(data_url)
    if url.get_backend_name() == "sqlite":
        return FileLock(store, Path(f"{url.database}.lock"))
    return Lease(data_url)


def found(tx: Transaction) -> None:
    """Begin with nobody leading, in a new store."""
    tx.conn.execute(insert(leadership), {"id": _ROW, "epoch": 0, "holder": b"", "until": tx.now})


class FileLock:
    """A lock on a file: the system itself gives it up when the process ends, however it ends."""

    patience = 0.0

    def __init__(self, store: Store, path: Path) -> None:
        self._store = store
        self._path = path
        self._file: int | None = None

    async def take(self) -> int:
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            raise AlreadyRunning from None
        self._file = file
        try:
            return await self._store.transact(_next_epoch)
        except BaseException:
            await self.give_up()  # whoever failed to begin must not be in the way of the next
            raise

    async def lost(self) -> None:
        await asyncio.Event().wait()

    async def give_up(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


class Lease:
    """A row that says who leads and until when; it is renewed three times as often as it lapses.

    On a connection of its own: whatever holds up the pool must not cost the lease.
    """

    def __init__(self, data_url: str, *, lasts: float = LEASE) -> None:
        self.patience = lasts + 1.0
        self._database = PostgresDatabase(data_url, connections=1)
        self._holder = secrets.token_bytes(16)
        self._lasts = lasts

    async def take(self) -> int:
        try:
            return await self._database.run(self._take)
        except MentorbotError:
            await self._database.close()  # until it is tried again
            raise

    async def lost(self) -> None:
        """Return when a renewal found another holder, or none succeeded while two thirds of the lease went by."""
        renewal = self._lasts / 3
        with suppress(AlreadyRunning, TimeoutError):
            while True:
                await asyncio.sleep(renewal)
                async with asyncio.timeout(renewal):
                    await self._renew()

    async def give_up(self) -> None:
        ours = leadership.c.holder == self._holder
        ended = update(leadership).where(ours).values(holder=b"", until=_in_seconds(0))
        try:
            await self._database.run(lambda conn: conn.execute(ended))
        finally:
            await self._database.close()

    def _take(self, conn: Connection) -> int:
        # A claim locks the row too, so that what an earlier leader has claimed is committed now or never.
        conn.execute(select(leadership.c.id).with_for_update())
        return self._set(conn, leadership.c.until < _database_now(), epoch=leadership.c.epoch + 1)

    async def _renew(self) -> None:
        """Again and again while the database refuses."""
        ours = leadership.c.holder == self._holder
        while True:
            try:
                await self._database.run(lambda conn: self._set(conn, ours, epoch=leadership.c.epoch))
                return
            except StorageFailed:
                await asyncio.sleep(1)

    def _set(self, conn: Connection, condition: ColumnElement[bool], *, epoch: ColumnElement[int]) -> int:
        values = {"holder": self._holder, "until": _in_seconds(self._lasts), "epoch": epoch}
        if conn.execute(update(leadership).where(condition).values(values)).rowcount != 1:
            raise AlreadyRunning
        return _epoch(conn)


def _next_epoch(tx: Transaction) -> int:
    tx.conn.execute(update(leadership).values(epoch=leadership.c.epoch + 1, until=tx.now))
    return _epoch(tx.conn)


def _epoch(conn: Connection) -> int:
    epoch: int = conn.execute(select(leadership.c.epoch)).scalar_one()
    return epoch


def _database_now() -> ColumnElement[int]:
    return _in_seconds(0)


def _in_seconds(seconds: float) -> ColumnElement[int]:
    """A moment by PostgreSQL's clock, as `Moment` keeps it: microseconds since 1970."""
    return cast((func.extract("epoch", func.clock_timestamp()) + seconds) * 1_000_000, BigInteger)
