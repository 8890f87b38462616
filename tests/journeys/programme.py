"""A whole programme in one process: the stand-in, the bot on a fresh installation, and everybody's phone.

    async def test_a_story(programme: Programme) -> None:
        aino = await programme.join("Aino", Role.PARTICIPANT, language="fi")
        aino.write("Hei")
        await programme.told(aino, "channel.no_mentor_yet")

What the bot says is looked for by the catalogue's id, in the language of whoever reads it. `settled` waits until the
bot has nothing left to do now: only after it does a test know that something did *not* happen.
"""

import asyncio
import base64
import os
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from handlers.telegram.pace import Limits
from mentorbot import app
from mentorbot.config import Settings
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.demo.bot_api.shown import ShownMessage
from mentorbot.locale.catalogue import Say
from mentorbot.programme.delivery import Rank
from mentorbot.programme.ids import MessageId, TelegramId
from mentorbot.programme.people import Person, Role
from mentorbot.services import invitations
from mentorbot.services.invitations import Made
from storage import links, outbox, people, tables
from storage.root_key import RootKey
from storage.tables import UNFINISHED, UNSETTLED, inbox
from storage.transaction import Store, Transaction
from tests.people import Installation, joined, paired

ZONE: tzinfo = ZoneInfo("Europe/Helsinki")
UNHURRIED = Limits(overall_burst=10_000, overall_rate=10_000.0, chat_burst=1_000, chat_rate=1_000.0)
"""A pace that no test has to wait for."""

LANGUAGE_BUTTONS = {"fi": "Suomi", "sv": "Svenska", "en": "English"}


@dataclass
class MovableClock:
    """The machine's clock, moved by `ahead`."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Programme:
    """Everybody and everything. `store` is the test's own view of the bot's stores."""

    api: BotApi
    store: Store
    clock: MovableClock
    languages: dict[int, str] = field(default_factory=dict)

    def set_clock(self, hour: int, minute: int = 0, *, days: int = 1) -> None:
        """It is this time by the programme's clock, that many days from now."""
        day = datetime.now(ZONE).date() + timedelta(days=days)
        self.clock.ahead = datetime.combine(day, time(hour, minute), tzinfo=ZONE) - datetime.now(UTC)

    # --- people ---------------------------------------------------------------------------------------------------

    def phone(self, name: str, *, language: str = "en", username: str | None = None) -> Phone:
        """Somebody's phone, whose Telegram is in `language`."""
        phone = self.api.telegram.person(name, language_code=language, username=username)
        self.languages[phone.id] = language
        return phone

    async def invite(self, role: Role) -> Made:
        """An invite as `mentorbot invite` makes it."""
        made = await self.store.transact(lambda tx: invitations.make(tx, role, issuer=None))
        assert made is not None
        return made

    async def join(self, name: str, role: Role, *, language: str = "en") -> Phone:
        """Somebody new, from the link to the welcome."""
        phone = self.phone(name, language=language)
        await self.come_in(phone, await self.invite(role), role, language=language)
        return phone

    async def already(self, name: str, role: Role, *, language: str = "en") -> Phone:
        """Somebody who joined before the story begins."""
        phone = self.phone(name, language=language)
        self.api.telegram.open_chat(phone.chat)
        await joined(self.store, role, telegram_id=TelegramId(phone.id), language=language)
        return phone

    async def already_paired(self, participant: Phone, mentor: Phone) -> None:
        """Two people who were brought together before the story begins."""
        await paired(self.store, await self.person(participant), await self.person(mentor))

    async def come_in(self, phone: Phone, made: Made, role: Role, *, language: str = "en") -> None:
        phone.start(made.token)
        await self.told(phone, "joining.code_asked")
        phone.write(made.code)
        asked = await self.told(phone, "joining.language_asked")
        phone.press(asked.id, LANGUAGE_BUTTONS[language])
        self.languages[phone.id] = language
        limits = await self.told(phone, "joining.limits")
        phone.press(limits.id, self.say(phone, "joining.accept"))
        await self.told(phone, f"joining.welcome_{role}")

    async def pair(self, coordinator: Phone, participant: Phone, mentor: Phone) -> None:
        """What a coordinator does to bring two people together, until both are told."""
        seen = newest(coordinator)
        coordinator.write("/pair")
        who = await self.told(coordinator, "pairing.who", after=seen)
        coordinator.press(who.id, await self.alias(participant))
        await self.told(coordinator, "pairing.with_whom", after=seen)
        theirs = await self.alias(mentor)
        choices = [row[0] for row in coordinator.message(who.id).keyboard]
        coordinator.press(who.id, next(label for label in choices if theirs in label))
        await self.told(coordinator, "pairing.paired", after=seen)
        await self.told(participant, "pairing.meet_mentor")
        await self.settled()

    async def person(self, phone: Phone) -> Person:
        """Whoever has this phone."""
        pid = await self.store.keyring.find(TelegramId(phone.id))
        assert pid is not None
        return await self.store.transact(lambda tx: people.get(tx, pid))

    async def is_unknown(self, phone: Phone) -> bool:
        """Whether neither store knows anything of whoever has this phone."""
        known = [await self.store.keyring.telegram_id(pid) for pid in await self.store.keyring.everyone()]
        return phone.id not in known

    async def alias(self, phone: Phone) -> str:
        return (await self.person(phone)).alias

    # --- what is said ---------------------------------------------------------------------------------------------

    def say(self, phone: Phone, id_: str) -> str:
        """A text that needs no values, in the language of this phone's owner."""
        return Say(self.languages[phone.id], ZONE)(id_)

    async def told(self, phone: Phone, id_: str, *, after: int = 0, **values: object) -> ShownMessage:
        """Wait until the bot says this; `values` are what its blanks must hold (one left out may hold anything)."""
        pattern = saying(self.languages[phone.id], id_, **values)
        return await phone.wait_for(lambda shown: shown.from_bot and bool(pattern.search(shown.text)), after=after)

    async def brought(self, phone: Phone, words: str) -> ShownMessage:
        """Wait until the bot brings these words from somebody, and knows it. Whoever answers them or reacts to them
        before it has recorded that it did is faster than any person, and is asked what they mean."""
        shown = await phone.wait_for(lambda shown: shown.from_bot and words in shown.text)
        pid = (await self.person(phone)).pid

        def known(tx: Transaction) -> bool:
            return links.linked(tx, pid, MessageId(shown.id)) is not None

        await until(lambda: self.store.transact(known))
        return shown

    def was_told(self, phone: Phone, id_: str, **values: object) -> bool:
        pattern = saying(self.languages[phone.id], id_, **values)
        return any(pattern.search(text) for text in heard(phone))

    async def settled(self) -> None:
        """Wait until everything that happened was fetched, handled and delivered."""
        async with asyncio.timeout(30):
            await self.api.telegram.updates.held()
        await until(lambda: self.store.transact(_nothing_left))


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something that tells nobody when it becomes true."""
    async with asyncio.timeout(30):
        while not await true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def heard(phone: Phone) -> list[str]:
    """All that the bot has said to somebody, oldest first."""
    return [shown.text for shown in phone.messages if shown.from_bot]


def saying(language: str, id_: str, **values: object) -> re.Pattern[str]:
    """A pattern for the catalogue's text with these values in its blanks."""
    text: str = Say(language, ZONE)._texts.gettext(id_)
    assert text != id_, f"the catalogue does not have {id_}"
    pieces = re.split(r"\{(\w+)\}", text)
    for at in range(1, len(pieces), 2):
        value = values.get(pieces[at])
        pieces[at] = ".+?" if value is None else rf"\W?{re.escape(str(value))}\W?"
    for at in range(0, len(pieces), 2):
        pieces[at] = re.escape(pieces[at])
    return re.compile("".join(pieces), re.DOTALL)


@asynccontextmanager
async def open_programme(
    installation: Installation, folder: Path, *, limits: Limits = UNHURRIED, topics: bool = False
) -> AsyncIterator[Programme]:
    """A bot that serves, until the end of the block; it is stopped as an operator stops it."""
    clock = MovableClock()
    key_file = folder / "root.key"
    _write_root_key(key_file, installation.root)
    store = await installation.open()
    store.clock = clock
    try:
        async with BotApi() as api:
            api.telegram.has_topics_enabled = topics
            given: dict[str, Any] = {
                "_env_file": None,
                "token": api.token,
                "api_url": api.url,
                "database_url": installation.data_url,
                "keys_url": installation.keys_url,
                "root_key_file": key_file,
                "locale": "en",
                "timezone": "Europe/Helsinki",
            }
            settings = Settings(**given)
            bot = asyncio.create_task(app.run(settings, app.Parts(limits=limits, clock=clock)))
            await _until_it_serves(bot, api)
            yield Programme(api=api, store=store, clock=clock)
            if not bot.done():
                os.kill(os.getpid(), signal.SIGTERM)
            async with asyncio.timeout(30):
                await bot
    finally:
        await store.close()


async def _until_it_serves(bot: asyncio.Task[None], api: BotApi) -> None:
    polls = asyncio.ensure_future(api.telegram.updates.held())
    await asyncio.wait((bot, polls), timeout=30, return_when=asyncio.FIRST_COMPLETED)
    if not polls.done():
        polls.cancel()
        await bot
        raise AssertionError("the bot ended before it served")


def _nothing_left(tx: Transaction) -> bool:
    waiting = tx.conn.execute(select(func.count()).select_from(inbox).where(UNSETTLED)).scalar_one()
    later = (tables.outbox.c.rank == Rank.CHORE) & (tables.outbox.c.not_before > tx.now)
    chores = tx.conn.execute(select(func.count()).where(UNFINISHED, later)).scalar_one()
    return int(waiting) + outbox.unfinished(tx) - int(chores) == 0


def newest(phone: Phone) -> int:
    return max((shown.id for shown in phone.history), default=0)


def _write_root_key(path: Path, root: RootKey) -> None:
    path.write_text(f"mentorbot root key\nepoch {root.epoch}\n{base64.b64encode(root.secret).decode()}\n")
    path.chmod(0o600)
