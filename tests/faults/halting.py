"""A database that stands still for ever at a chosen point: what a kill is aimed with."""

import re
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Connection, event

from storage import engine
from storage.engine import Database, Unit
from storage.installation import OpenDatabase

T = TypeVar("T")

HALTED = "halted"


class Kind(StrEnum):
    """What a unit is, told by a statement that no other kind of unit executes."""

    INTAKE = r"INSERT INTO inbox\b"
    WORK = r"UPDATE inbox SET\b"
    CLAIM = r"UPDATE outbox SET .*\battempts="
    RECORD = r"UPDATE outbox SET .*\bbody="

    def is_said_by(self, statement: str) -> bool:
        return re.match(self.value, " ".join(statement.split())) is not None


class Position(StrEnum):
    BEFORE = "before"  # the transaction has begun, the telling statement has not been executed
    INSIDE = "inside"  # everything is executed, nothing committed
    AFTER = "after"  # committed, and nobody has heard of it


@dataclass(frozen=True)
class Halt:
    kind: Kind
    position: Position

    def __str__(self) -> str:
        return f"{self.kind.name}:{self.position}"

    @classmethod
    def read(cls, text: str) -> "Halt":
        kind, _, position = text.partition(":")
        return cls(Kind[kind], Position(position))


class Halting:
    """Stands still at the first unit of a kind, and says so on stdout: the process is then killed."""

    def __init__(self, database: Database, halt: Halt) -> None:
        self._database = database
        self._halt = halt

    def wait(self, conn: Connection, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._database.wait(conn, coroutine)

    async def begin_use(self) -> None:
        await self._database.begin_use()

    async def scrub(self) -> None:
        await self._database.scrub()

    async def close(self) -> None:
        await self._database.close()

    async def run(self, unit: Unit[T]) -> T:
        met = False

        def watched(conn: Connection) -> T:
            nonlocal met
            with _listening(conn, self._look) as statements:
                result = unit(conn)
            met = any(map(self._halt.kind.is_said_by, statements))
            if met and self._halt.position is Position.INSIDE:
                stand_still()
            return result

        result = await self._database.run(watched)
        if met and self._halt.position is Position.AFTER:
            stand_still()
        return result

    def _look(self, statement: str) -> None:
        if self._halt.position is Position.BEFORE and self._halt.kind.is_said_by(statement):
            stand_still()


def halting(halt: Halt) -> OpenDatabase:
    async def open_database(url: str) -> Database:
        return Halting(await engine.open_database(url), halt)

    return open_database


def stand_still() -> None:
    """Not even the event loop goes on, where it is what waits for this."""
    sys.stdout.write(f"{HALTED}\n")
    sys.stdout.flush()
    while True:
        time.sleep(60)


@contextmanager
def _listening(conn: Connection, each: Callable[[str], None]) -> Iterator[list[str]]:
    """The statements that are executed meanwhile; `each` hears of every one just before."""
    statements: list[str] = []

    def hear(statement: str) -> None:
        statements.append(statement)
        each(statement)

    if conn.dialect.name == "sqlite":  # some go past SQLAlchemy, straight to the driver
        raw: Any = conn.connection.driver_connection
        raw.set_trace_callback(hear)
        try:
            yield statements
        finally:
            raw.set_trace_callback(None)
        return

    def before(_conn: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        hear(statement)

    event.listen(conn, "before_cursor_execute", before)
    try:
        yield statements
    finally:
        event.remove(conn, "before_cursor_execute", before)
