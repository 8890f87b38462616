"""Databases that end at a chosen point, or do not do what they are told: what a kill is aimed with, and its control."""

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
    ADOPT = r"UPDATE outbox SET state=\S+ WHERE outbox\.state = \S+ AND outbox\.epoch <"

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


class Wrapped:
    """A database as it is; what is to be different overrides `run`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def run(self, unit: Unit[T]) -> T:
        return await self.database.run(unit)

    def wait(self, conn: Connection, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.database.wait(conn, coroutine)

    async def scrub(self) -> None:
        await self.database.scrub()

    async def close(self) -> None:
        await self.database.close()


class Halting(Wrapped):
    """Stands still for ever at the first unit of a kind, and says so on stdout: the process is then killed."""

    def __init__(self, database: Database, halt: Halt) -> None:
        super().__init__(database)
        self._halt = halt

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

        result = await self.database.run(watched)
        if met and self._halt.position is Position.AFTER:
            stand_still()
        return result

    def _look(self, statement: str) -> str:
        if self._halt.position is Position.BEFORE and self._halt.kind.is_said_by(statement):
            stand_still()
        return statement


class Forgetful(Wrapped):
    """Broken on purpose: the statements that tell a kind of unit are executed and change no row."""

    def __init__(self, database: Database, kind: Kind) -> None:
        super().__init__(database)
        self._kind = kind

    async def run(self, unit: Unit[T]) -> T:
        def deafened(conn: Connection) -> T:
            with _listening(conn, self._weaken):
                return unit(conn)

        return await self.database.run(deafened)

    def _weaken(self, statement: str) -> str:
        return statement.replace(" WHERE ", " WHERE 1=0 AND ") if self._kind.is_said_by(statement) else statement


def halting(halt: Halt) -> OpenDatabase:
    async def open_database(url: str) -> Database:
        return Halting(await engine.open_database(url), halt)

    return open_database


def forgetful(kind: Kind) -> OpenDatabase:
    async def open_database(url: str) -> Database:
        return Forgetful(await engine.open_database(url), kind)

    return open_database


def stand_still() -> None:
    """Not even the event loop goes on, where it is what waits for this."""
    sys.stdout.write(f"{HALTED}\n")
    sys.stdout.flush()
    while True:
        time.sleep(60)


@contextmanager
def _listening(conn: Connection, each: Callable[[str], str]) -> Iterator[list[str]]:
    """The statements that are executed meanwhile; `each` may put another in its place."""
    statements: list[str] = []

    def before(
        _conn: Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
    ) -> tuple[str, Any]:
        statements.append(statement)
        return each(statement), parameters

    event.listen(conn, "before_cursor_execute", before, retval=True)
    try:
        yield statements
    finally:
        event.remove(conn, "before_cursor_execute", before)
