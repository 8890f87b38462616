"""Two databases, one way to use them: `await database.run(unit)`.

A *unit* is an ordinary function of a SQLAlchemy connection: everything that it does is committed together when it
returns, and nothing of it when it raises. On SQLite all units that are waiting share one commit, each in a savepoint of
its own, and the whole batch costs one hop to the thread that aiosqlite keeps (docs/adr/0001-units-of-work.md).
On PostgreSQL each unit has a transaction of its own and they run side by side.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import aiosqlite
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool

from mentorbot.programme.errors import CannotStart, SettingWrong, StorageFailed, StoreMissing, ValueRefused
from storage import intact

T = TypeVar("T")
Unit = Callable[[Connection], T]

BUSY_TIMEOUT = 15.0  # seconds that a writer waits for another process's lock
SHARED_COMMIT = 256  # units at most that share one commit
POSTGRES_CONNECTIONS = 16
IDLE_IN_TRANSACTION = 15.0  # seconds until PostgreSQL ends the transaction of a process that has stopped in it


class Database(Protocol):
    """An open database."""

    async def run(self, unit: Unit[T]) -> T:
        """What `unit` returns, once it is committed. Its own exceptions pass through after a rollback.

        Raises StorageFailed when the database refused (disk full, I/O error, connection lost), ValueRefused when it
        will never take a value.
        """
        ...

    def wait(self, conn: Connection, coroutine: Coroutine[Any, Any, T]) -> T:
        """From inside a unit: the result of a coroutine that runs in the event loop meanwhile."""
        ...

    async def begin_use(self) -> None:
        """From now on things may be written, and a crash may leave a log. Raises StorageFailed."""
        ...

    async def scrub(self) -> None:
        """Let what was deleted leave the database's files too. On PostgreSQL that is up to its own vacuum."""
        ...

    async def close(self) -> None: ...


async def open_database(url: str, *, create: bool = False) -> Database:
    """The database at a SQLAlchemy URL (`sqlite+aiosqlite` or `postgresql+asyncpg`).

    Raises SettingWrong for any other URL, StoreMissing when a SQLite file is not there and `create` is false, and
    CannotStart when it is there and is no database.
    """
    kind = make_url(url).get_backend_name()
    if kind == "sqlite":
        return await SqliteDatabase.open(Path(make_url(url).database or ""), create=create)
    if kind == "postgresql":
        return PostgresDatabase(url)
    raise SettingWrong(f"a database URL begins with sqlite+aiosqlite:// or postgresql+asyncpg://, not {kind}://")


class _UnitConnection(aiosqlite.Connection):
    """aiosqlite's connection, with its thread open to whole functions instead of single statements."""

    async def in_thread(self, function: Callable[[sqlite3.Connection], T]) -> T:
        return cast(T, await self._execute(function, self._conn))  # type: ignore[no-untyped-call]

    async def until_stopped(self) -> None:
        """Wait for the thread of a connection that could not be opened: it still needs the event loop to end."""
        await asyncio.to_thread(self._thread.join)


class SqliteDatabase:
    """One SQLite file, one connection, one thread; waiting units share a commit."""

    def __init__(self, path: Path, connection: _UnitConnection, sql: Connection) -> None:
        self._path = path
        self._connection = connection
        self._sql = sql
        self._loop = asyncio.get_running_loop()
        self._waiting: list[tuple[Unit[Any], asyncio.Future[Any]]] = []
        self._writer: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, path: Path, *, create: bool) -> "SqliteDatabase":
        if not create and not path.exists():  # noqa: ASYNC240 - once, before anything else runs
            raise StoreMissing(f"{path} is missing: run `mentorbot init`, or restore it from a backup")
        connection = _UnitConnection(lambda: _connect(path), 64)
        try:
            await connection
        except sqlite3.Error as error:
            await connection.until_stopped()
            raise CannotStart(f"{path} cannot be opened: {_reason(error)}") from None
        except CannotStart:
            await connection.until_stopped()
            raise
        return cls(path, connection, await connection.in_thread(_sqlalchemy_over))

    async def run(self, unit: Unit[T]) -> T:
        future: asyncio.Future[T] = self._loop.create_future()
        self._waiting.append((unit, future))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return await future

    def wait(self, conn: Connection, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def begin_use(self) -> None:
        await self._directly(intact.say_open)

    async def scrub(self) -> None:
        # The write-ahead log keeps what its pages held before, for as long as nothing else needs the room.
        await self._directly(lambda raw: raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").close())

    async def _directly(self, act: Callable[[sqlite3.Connection], None]) -> None:
        try:
            await self._connection.in_thread(act)
        except (sqlite3.Error, ValueError) as error:
            raise StorageFailed(_reason(error)) from None

    async def close(self) -> None:
        if self._writer is not None:
            await self._writer
        with suppress(sqlite3.Error):  # a full disk, a lock: then it is left as if this process had been killed
            await self._connection.in_thread(intact.say_closed)
        await self._connection.in_thread(lambda _: self._sql.close())
        await self._connection.close()
        with suppress(sqlite3.Error):
            await asyncio.to_thread(intact.say_still_open, self._path)

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:SHARED_COMMIT], self._waiting[SHARED_COMMIT:]
            units = [unit for unit, _ in batch]
            try:
                outcomes = await self._connection.in_thread(partial(self._commit_together, units))
            except (sqlite3.Error, ValueError) as error:  # closed: whoever waits must hear of it
                outcomes = [_Raised(StorageFailed(_reason(error))) for _ in units]
            for (_, future), outcome in zip(batch, outcomes, strict=True):
                if future.cancelled():
                    continue
                if isinstance(outcome, _Raised):
                    future.set_exception(outcome.error)
                else:
                    future.set_result(outcome)

    def _commit_together(self, units: list[Unit[Any]], raw: sqlite3.Connection) -> list[Any]:
        """One outcome a unit: what it returned, or _Raised.

        1. A unit that raises is undone to its savepoint; the others stay.
        2. Some errors (a full disk, an I/O error) make SQLite undo the whole transaction; then all units fail.
        3. So they do when the commit itself fails.
        """
        outcomes: list[Any] = []
        try:
            raw.execute("BEGIN IMMEDIATE")
            for unit in units:
                raw.execute("SAVEPOINT unit")
                try:
                    outcomes.append(unit(self._sql))
                except Exception as error:
                    if not raw.in_transaction:
                        raise
                    raw.execute("ROLLBACK TO unit")
                    outcomes.append(_Raised(_wrapped(error)))
                raw.execute("RELEASE unit")
            raw.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - every waiting caller hears of it
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            return [_Raised(StorageFailed(_reason(error))) for _ in units]
        return outcomes


class _Raised:
    def __init__(self, error: Exception) -> None:
        self.error = error


class PostgresDatabase:
    """A PostgreSQL database; every unit has a connection and a transaction of its own."""

    def __init__(self, url: str, *, connections: int = POSTGRES_CONNECTIONS) -> None:
        from sqlalchemy.ext.asyncio import create_async_engine  # slow to import, and SQLite does without

        self._engine = create_async_engine(
            url,
            pool_size=connections,
            max_overflow=0,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "server_settings": {"idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION * 1_000:.0f}"}
            },
        )

    async def run(self, unit: Unit[T]) -> T:
        try:
            async with self._engine.begin() as connection:
                return await connection.run_sync(unit)
        except (IntegrityError, DataError) as error:
            raise ValueRefused(_reason(error)) from None
        except (DBAPIError, PoolTimeout, OSError) as error:
            raise StorageFailed(_reason(error)) from None

    def wait(self, conn: Connection, coroutine: Coroutine[Any, Any, T]) -> T:
        adapted: Any = conn.connection.dbapi_connection
        return cast(T, adapted.run_async(lambda _: coroutine))

    async def begin_use(self) -> None:
        pass

    async def scrub(self) -> None:
        pass

    async def close(self) -> None:
        await self._engine.dispose()


def _connect(path: Path) -> sqlite3.Connection:
    log_was_there = intact.log_of(path).exists()
    raw = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT)
    try:
        intact.check(raw, path, log_was_there=log_was_there)
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "secure_delete=ON",
            "foreign_keys=ON",
            "trusted_schema=OFF",
            "temp_store=MEMORY",
        ):
            raw.execute(f"PRAGMA {pragma}").close()
    except (sqlite3.Error, CannotStart):
        raw.close()
        raise
    return raw


def _sqlalchemy_over(raw: sqlite3.Connection) -> Connection:
    """SQLAlchemy Core on the connection that aiosqlite opened; beginning and committing stay ours."""
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool, hide_parameters=True)
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    connection.begin()  # for good: whatever a unit begins (Alembic does) is inside it and commits nothing
    return connection


def _wrapped(error: Exception) -> Exception:
    if isinstance(error, IntegrityError | DataError | sqlite3.IntegrityError | sqlite3.DataError):
        return ValueRefused(_reason(error))
    return StorageFailed(_reason(error)) if isinstance(error, DBAPIError | sqlite3.Error) else error


def _reason(error: BaseException) -> str:
    """What the driver said, without the statement and without anything that was to be stored."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    cause = cause.__cause__ or cause  # SQLAlchemy puts an exception of its own around asyncpg's
    said = str(cause).partition("\n")[0]
    if not isinstance(cause, sqlite3.Error | OSError):
        said = said.partition(":")[0]  # PostgreSQL and asyncpg quote a value that they refuse behind a colon
    return f"{type(cause).__name__}: {said}"
