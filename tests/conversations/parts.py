"""Parts that the conversations' tests put together: a database that can fail, people who have a phone, raw updates."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.programme.errors import StorageFailed
from mentorbot.programme.ids import TelegramId
from mentorbot.programme.people import Person, Role
from storage import installation as installations
from storage.engine import Database, open_database
from storage.transaction import Store
from tests.people import NOW, Installation, at, joined

T = TypeVar("T")


class FragileDatabase:
    """A real database with four faults: `broken` refuses everything; `full` refuses a unit that wrote something, and
    undoes it; the next `unheard` commits succeed, but whoever waits for them is told that they failed; the next `odd`
    units that write something go wrong in a way that nobody thought of, and are undone."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.broken = False
        self.full = False
        self.unheard = 0
        self.odd = 0

    async def run(self, unit: Callable[[Connection], T]) -> T:
        if self.broken:
            raise StorageFailed("broken for a test")
        result = await self._database.run(self._refusing_to_write(unit) if self.full or self.odd else unit)
        if self.unheard:
            self.unheard -= 1
            raise StorageFailed("committed, but nobody hears of it")
        return result

    def _refusing_to_write(self, unit: Callable[[Connection], T]) -> Callable[[Connection], T]:
        def guarded(conn: Connection) -> T:
            before = _written(conn)
            result = unit(conn)
            if _written(conn) == before:
                return result
            if self.full:
                raise StorageFailed("full for a test")
            self.odd -= 1
            raise ArithmeticError("odd for a test")

        return guarded

    def wait(self, conn: Connection, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._database.wait(conn, coroutine)

    async def begin_use(self) -> None:
        await self._database.begin_use()

    async def scrub(self) -> None:
        await self._database.scrub()

    async def close(self) -> None:
        await self._database.close()


def _written(conn: Connection) -> int:
    """How much this connection has written so far."""
    if conn.dialect.name == "sqlite":
        return int(conn.exec_driver_sql("SELECT total_changes()").scalar_one())
    return int(conn.exec_driver_sql("SELECT COALESCE(pg_current_xact_id_if_assigned()::text, '0')").scalar_one())


@dataclass(frozen=True, kw_only=True)
class Fragile:
    """An opened installation of which either store can be broken."""

    store: Store
    data: FragileDatabase
    keys: FragileDatabase


@asynccontextmanager
async def open_fragile(installation: Installation) -> AsyncIterator[Fragile]:
    opened: dict[str, FragileDatabase] = {}

    async def open_one(url: str) -> Database:
        opened[url] = FragileDatabase(await open_database(url))
        return opened[url]

    store = await installations.open_store(
        installation.data_url, installation.keys_url, installation.root, clock=at(NOW), open_database=open_one
    )
    yield Fragile(store=store, data=opened[installation.data_url], keys=opened[installation.keys_url])
    for database in opened.values():
        database.broken = False
    await store.close()


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """A person in the programme, and their phone."""

    person: Person
    phone: Phone


async def somebody(store: Store, bot_api: BotApi, name: str, role: Role, *, language: str = "en") -> Somebody:
    phone = bot_api.telegram.person(name, language_code=language)
    bot_api.telegram.open_chat(phone.chat)
    person = await joined(store, role, telegram_id=TelegramId(phone.id), language=language)
    return Somebody(person=person, phone=phone)


def message(sender: int, *, update_id: int = 1, message_id: int = 1, **content: object) -> dict[str, Any]:
    """A raw update: a message in a private chat, a text unless it is said otherwise."""
    person = {"id": sender, "is_bot": False, "first_name": "Somebody"}
    chat = {"id": sender, "type": "private", "first_name": "Somebody"}
    body = {"message_id": message_id, "date": 1_772_000_000, "chat": chat, "from": person}
    return {"update_id": update_id, "message": body | (content or {"text": "Hello"})}
