"""Both stores in memory, in the thread of the event loop. The statements, the shared commits and the savepoints are the
real ones; only the thread and the disk are left out."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from mentorbot.programme.errors import StorageFailed
from storage.engine import SqliteDatabase, Unit, _Raised, _sqlalchemy_over

from .life import Life

T = TypeVar("T")


class Memory:
    """One database in memory, which outlives the processes that use it."""

    def __init__(self, file: Path) -> None:
        raw = sqlite3.connect(file)
        raw.execute("PRAGMA journal_mode=DELETE").close()
        raw.close()
        self._beginning = file.read_bytes()
        self.raw = sqlite3.connect(":memory:", isolation_level=None)
        for pragma in ("secure_delete=ON", "foreign_keys=ON", "trusted_schema=OFF", "temp_store=MEMORY"):
            self.raw.execute(f"PRAGMA {pragma}").close()
        self.sql = _sqlalchemy_over(self.raw)
        self._spoilings = count()
        self.spoiled_by = ""
        """A script that breaks it, for a control."""
        self.faults: list[str] = []
        """What befalls the next commits: `full` (it is refused) or `unheard` (it is made, and seems to have failed)."""

    def begin_anew(self) -> None:
        self.raw.deserialize(self._beginning)
        if self.spoiled_by:
            # Statements that were prepared for another way of being broken must not be taken for right.
            version = 1_000 + next(self._spoilings)
            self.raw.executescript(f"{self.spoiled_by}; PRAGMA schema_version={version}").close()
        self.faults.clear()

    def value(self, query: str) -> int:
        row = self.raw.execute(query).fetchone()
        return int(row[0])


class _Inline:
    """In the place of aiosqlite's connection: the same functions, called at once."""

    def __init__(self, memory: Memory, life: Life) -> None:
        self._memory = memory
        self._life = life

    async def in_thread(self, function: Callable[[sqlite3.Connection], T]) -> T:
        await asyncio.sleep(0)  # who comes at the same moment shares the commit
        return self.at_once(function)

    def at_once(self, function: Callable[[sqlite3.Connection], T]) -> T:
        self._life.edge()
        fault = self._memory.faults.pop(0) if self._memory.faults else ""
        if fault == "full":
            raise sqlite3.OperationalError("full for a test")
        result = function(self._memory.raw)
        if fault == "unheard":
            raise sqlite3.OperationalError("committed, but nobody hears of it")
        self._life.edge()
        return result


class InlineDatabase(SqliteDatabase):
    """The data store: units that wait share a commit."""

    def __init__(self, memory: Memory, life: Life) -> None:
        self._inline = _Inline(memory, life)
        super().__init__(Path(), self._inline, memory.sql)  # type: ignore[arg-type]

    def wait(self, conn: Connection, coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            coroutine.send(None)
        except StopIteration as done:
            value: T = done.value
            return value
        raise RuntimeError("the keys store answers at once")

    async def begin_use(self) -> None:
        """No disk, no log that a crash could leave."""

    async def scrub(self) -> None:
        """There is no log in memory."""

    async def close(self) -> None:
        """What is in memory stays there."""


class InlineKeys(InlineDatabase):
    """The keys store, which may be asked from inside a unit of the data store: it answers at once."""

    async def run(self, unit: Unit[T]) -> T:
        try:
            (outcome,) = self._inline.at_once(lambda raw: self._commit_together([unit], raw))
        except sqlite3.Error as error:
            raise StorageFailed(str(error)) from None
        if isinstance(outcome, _Raised):
            raise outcome.error
        result: T = outcome
        return result
