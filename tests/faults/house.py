"""A programme that is under way: Sari coordinates, Mikael is Aino's mentor, Otto is nobody. And the bot that serves it.

    async with running(house):              # in this process
        house.aino.write("hello")
        await house.mikael.wait_for(ends_with("hello"))

    bot = await start(house, halt=...)      # in a process of its own, to be killed

The stand-in for Telegram runs in the test's own process: what it says outlives whatever happens to the bot.
"""

import asyncio
import base64
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy.engine import make_url

from handlers.telegram.pace import Limits
from mentorbot import app
from mentorbot.app import Parts
from mentorbot.config import PREFIX, Settings, load_settings
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.demo.bot_api.shown import ShownMessage
from mentorbot.locale.catalogue import Say
from mentorbot.programme.channel import Channel
from mentorbot.programme.delivery import Rank
from mentorbot.programme.people import Person, Role
from storage.root_key import RootKey
from storage.tables import KEYS
from storage.transaction import Clock, Store, utc_now
from tests.people import AINO, MIKAEL, OTTO, SARI, Installation, joined, paired

ZONE = ZoneInfo("Europe/Helsinki")
SAY = Say("en", ZONE)
UNHURRIED = Limits(overall_burst=10_000, overall_rate=10_000.0, chat_burst=10_000, chat_rate=10_000.0)
"""No pace: what is slow in a test is then the fault's doing."""
IN_NO_HURRY = Parts(limits=UNHURRIED)


@dataclass(frozen=True, kw_only=True)
class House:
    """Everybody's phones, and who they are in the programme. Both stores are closed until a bot opens them."""

    api: BotApi
    installation: Installation
    folder: Path
    aino: Phone
    mikael: Phone
    sari: Phone
    otto: Phone
    participant: Person
    mentor: Person
    coordinator: Person
    channel: Channel
    opened: list[Store] = field(default_factory=list)

    @property
    def phones(self) -> Sequence[Phone]:
        return (self.aino, self.mikael, self.sari, self.otto)

    @property
    def settings(self) -> Settings:
        names = {name.removeprefix(PREFIX).lower(): value for name, value in self.environment.items()}
        return load_settings(**names)

    @property
    def environment(self) -> dict[str, str]:
        """The settings, for a process of its own."""
        return {
            "MENTORBOT_TOKEN": self.api.token,
            "MENTORBOT_API_URL": self.api.url,
            "MENTORBOT_DATABASE_URL": self.installation.data_url,
            "MENTORBOT_KEYS_URL": self.installation.keys_url,
            "MENTORBOT_ROOT_KEY_FILE": str(self.folder / "root.key"),
            "MENTORBOT_LOCALE": "en",
            "MENTORBOT_TIMEZONE": ZONE.key,
        }

    async def store(self, *, clock: Clock = utc_now) -> Store:
        """Both stores, opened beside the bot; closed with the house."""
        store = await self.installation.open()
        store.clock = clock
        self.opened.append(store)
        return store

    @property
    def on_sqlite(self) -> bool:
        return make_url(self.installation.data_url).get_backend_name() == "sqlite"

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query in SQL gives, from the data store or, where it names a table of it, the keys store."""
        in_keys = any(f" {table}" in query for table in KEYS.tables)
        return await rows(self.installation.keys_url if in_keys else self.installation.data_url, query)

    def literal(self, value: bytes) -> str:
        """Bytes in this database's SQL."""
        return f"X'{value.hex()}'" if self.on_sqlite else f"'\\x{value.hex()}'::bytea"

    async def appears(self, query: str) -> None:
        """Wait until a query in SQL gives something."""
        async with asyncio.timeout(30):
            while not await self.rows(query):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def execute(self, script: str) -> None:
        """Statements in SQL, on the data store."""
        url = self.installation.data_url
        if self.on_sqlite:
            await asyncio.to_thread(_write_to_sqlite, make_url(url).database or "", script)
            return
        async with _postgres(url) as server:
            await server.execute(script)

    async def settled(self, timeout: float = 40.0) -> None:
        """Wait until nothing is on its way now: Telegram has no update left, the inbox and the outbox are done."""
        async with asyncio.timeout(timeout):
            while True:
                await self.api.telegram.updates.drained()
                waiting = await self.rows("SELECT count(*) FROM inbox WHERE state = 'waiting'")
                sending = await self.rows(f"SELECT count(*) FROM outbox WHERE {_not_later()}")  # noqa: S608
                if waiting[0][0] == 0 and sending[0][0] == 0 and not self.api.telegram.updates.waiting:
                    return
                await asyncio.sleep(0.05)

    async def leader_is_forgotten(self) -> None:
        """On PostgreSQL: a killed leader's lease is over, as it is by itself after fifteen seconds."""
        if not self.on_sqlite:
            await self.execute("UPDATE leadership SET until = 0")


@asynccontextmanager
async def a_house(installation: Installation, folder: Path) -> AsyncIterator[House]:
    _write_root_key(installation.root, folder / "root.key")
    store = await installation.open()
    store.clock = utc_now
    try:
        sari = await joined(store, Role.COORDINATOR, telegram_id=SARI, alias="Salla")
        mikael = await joined(store, Role.MENTOR, telegram_id=MIKAEL, alias="Lind")
        aino = await joined(store, Role.PARTICIPANT, telegram_id=AINO, alias="Koivu")
        channel = await paired(store, aino, mikael)
    finally:
        await store.close()
    async with BotApi() as api:
        house = House(
            api=api,
            installation=installation,
            folder=folder,
            aino=a_phone(api, "Aino", AINO),
            mikael=a_phone(api, "Mikael", MIKAEL),
            sari=a_phone(api, "Sari", SARI),
            otto=a_phone(api, "Otto", OTTO),
            participant=aino,
            mentor=mikael,
            coordinator=sari,
            channel=channel,
        )
        try:
            yield house
        finally:
            for opened in house.opened:
                await opened.close()


def a_phone(api: BotApi, first_name: str, id: int | None = None, *, language: str = "en") -> Phone:
    """Somebody who has opened the chat with the bot; the update for it is out of the way."""
    phone = api.telegram.person(
        first_name,
        last_name=f"{first_name}sson",
        username=f"{first_name.lower()}_account",
        language_code=language,
        id=id,
    )
    phone.start()
    api.telegram.updates.drop_all()
    return phone


@asynccontextmanager
async def running(house: House, parts: Parts = IN_NO_HURRY) -> AsyncIterator["asyncio.Task[None]"]:
    """The bot, in this process, from its first poll on; stopped at the end. Raises what the bot raises."""
    updates = house.api.telegram.updates
    updates.let_go()
    bot = asyncio.create_task(app.run(house.settings, parts))
    polls = asyncio.create_task(updates.held())
    await asyncio.wait((bot, polls), timeout=30, return_when=asyncio.FIRST_COMPLETED)
    ready = polls.done()
    polls.cancel()
    try:
        if bot.done():
            await bot
        assert ready, "the bot did not begin to poll"
        yield bot
    finally:
        bot.cancel()
        with suppress(asyncio.CancelledError):
            await bot


async def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        # Whoever only reads leaves the write-ahead log of a killed bot where it is.
        return await asyncio.to_thread(_on_sqlite, parsed.database or "", query, mode="ro")
    async with _postgres(url) as server:
        return [tuple(row.values()) for row in await server.fetch(query)]


def _on_sqlite(file: str, query: str, *, mode: str) -> list[tuple[Any, ...]]:
    raw = sqlite3.connect(f"{Path(file).absolute().as_uri()}?mode={mode}", timeout=20, uri=True)
    try:
        with raw:
            return raw.execute(query).fetchall()
    finally:
        raw.close()


def _write_to_sqlite(file: str, script: str) -> None:
    """A reader that goes last leaves the log where it is, which a writer alone would take away."""
    reader = sqlite3.connect(f"{Path(file).absolute().as_uri()}?mode=ro", timeout=20, uri=True)
    try:
        reader.execute("SELECT 1 FROM sqlite_master").fetchall()
        _on_sqlite(file, script, mode="rw")
    finally:
        reader.close()


@asynccontextmanager
async def _postgres(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    parsed = make_url(url)
    server = await asyncpg.connect(host=str(parsed.query["host"]), user="postgres", database=parsed.database)
    try:
        yield server
    finally:
        await server.close()


def _not_later() -> str:
    """What is not finished in the outbox, but for chores that are not due."""
    now = int(utc_now().timestamp() * 1_000_000)
    return f"state NOT IN ('sent', 'dead') AND NOT (rank = {Rank.CHORE:d} AND not_before > {now})"


def from_bot(phone: Phone, *, after: int = 0) -> list[str]:
    """What the bot says in somebody's chat, oldest first."""
    return [message.text for message in phone.messages if message.from_bot and message.id > after]


def ends_with(text: str) -> Callable[[ShownMessage], bool]:
    return lambda message: message.from_bot and message.text.endswith(text)


def says(id_: str, **values: object) -> Callable[[ShownMessage], bool]:
    return ends_with(SAY(id_, **values))


def _write_root_key(root: RootKey, file: Path) -> None:
    file.write_text(f"mentorbot root key\nepoch {root.epoch}\n{base64.b64encode(root.secret).decode()}\n")
    file.chmod(0o600)


def send(writer: Phone, method: str, words: str) -> int:
    """Words that reach the other side by this method of the Bot API: as text, or below a picture."""
    return writer.send_file("photo", b"a picture", caption=words) if method == "copyMessage" else writer.write(words)
