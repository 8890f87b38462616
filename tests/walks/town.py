"""Everybody, and a bot that can end at any moment and be started again.

A `Ground` is made once: an installation in memory with people in it. Each walk has a `Town` of its own on it.
"""

import asyncio
import base64
import logging
import secrets
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from handlers.telegram.buttons import Action, Press, token_for
from handlers.telegram.pace import Limits
from mentorbot import app
from mentorbot.app import Parts
from mentorbot.config import Settings, load_settings
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.locale.catalogue import Say
from mentorbot.programme.errors import StorageFailed
from mentorbot.programme.ids import Pid, TelegramId
from mentorbot.programme.people import Role
from mentorbot.services import invitations, retention
from mentorbot.services.invitations import Made
from storage import channels, installation, people, substitutions
from storage.engine import Database
from storage.root_key import RootKey
from storage.transaction import Store
from tests.people import Installation, joined, paired

from .life import Life
from .moments import Moments
from .stores import InlineDatabase, InlineKeys, Memory
from .wire import Wire

T = TypeVar("T")

NAMES: Mapping[str, Role] = {
    "Sari": Role.COORDINATOR,
    "Mikael": Role.MENTOR,
    "Marja": Role.MENTOR,
    "Tuovi": Role.MENTOR,
    "Aino": Role.PARTICIPANT,
    "Eino": Role.PARTICIPANT,
    "Veikko": Role.PARTICIPANT,
    "Impi": Role.PARTICIPANT,
}
OUTSIDER = "Otto"
THERE_FROM_THE_BEGINNING = ("Sari", "Mikael", "Marja", "Aino", "Eino", "Veikko")
PAIRED: Mapping[str, str] = {"Aino": "Mikael", "Eino": "Mikael", "Veikko": "Marja"}

BEGINNING = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LONGEST_WAIT = 1800.0
"""Seconds within which whatever is to come has come, once nothing stands in the way."""

_UNHURRIED = Limits(overall_burst=10_000, overall_rate=10_000.0, chat_burst=10_000, chat_rate=10_000.0)
_IDS = {name: 6_100_000_007 + 7919 * number for number, name in enumerate((*NAMES, OUTSIDER))}


class Ground:
    """A founded installation in memory, with those who are there from the beginning."""

    def __init__(self, folder: Path, data: Memory, keys: Memory, settings: Settings, root: RootKey) -> None:
        self.folder = folder
        self.data = data
        self.keys = keys
        self.settings = settings
        self.root = root
        self.say = Say("en", settings.timezone)

    @classmethod
    async def lay(cls, folder: Path) -> "Ground":
        root = RootKey(epoch=1, secret=secrets.token_bytes(32))
        key_file = folder / "root.key"
        key_file.write_text(f"mentorbot root key\nepoch 1\n{base64.b64encode(root.secret).decode()}\n")
        key_file.chmod(0o600)
        data, keys = (f"sqlite+aiosqlite:///{folder / name}" for name in ("data.db", "keys.db"))
        await installation.found(data, keys, root)
        store = await Installation(data_url=data, keys_url=keys, root=root).open()
        here = {
            name: await joined(store, NAMES[name], telegram_id=TelegramId(_IDS[name]), alias=f"Kuu {name[:2]}")
            for name in THERE_FROM_THE_BEGINNING
        }
        for participant, mentor in PAIRED.items():
            await paired(store, here[participant], here[mentor])
        await store.close()
        settings = load_settings(
            token=BotApi().token,
            api_url="http://nowhere.invalid",
            database_url=data,
            keys_url=keys,
            root_key_file=key_file,
            locale="en",
            timezone="Europe/Helsinki",
        )
        return cls(folder, Memory(folder / "data.db"), Memory(folder / "keys.db"), settings, root)


class Town:
    """One walk's world. Nothing happens and no time passes but in `settle` and what calls it."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        for memory in (ground.data, ground.keys):
            memory.begin_anew()
        self.errors = _Errors()
        self.loop = Moments()
        self.api = BotApi()
        self.api.telegram.has_topics_enabled = True
        self.loop.on_passing = self.api.telegram.clock.travel
        self.wire = Wire(self.api)
        self.phones: dict[str, Phone] = {}
        for name in (*NAMES, OUTSIDER):
            phone = self.api.telegram.person(name, language_code="en", id=_IDS[name])
            self.phones[name] = phone
            if name in THERE_FROM_THE_BEGINNING:
                self.api.telegram.open_chat(phone.chat)
        self._pids: dict[str, Pid] = {}
        self.names = {phone.id: name for name, phone in self.phones.items()}
        self.life = Life(0, over=True)
        self.bot: asyncio.Task[None] | None = None
        self.doubtful = False
        """Whether a commit has failed: what was recorded then is known to nobody."""

    # --- time ---------------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        return BEGINNING + timedelta(seconds=self.loop.moment)

    def settle(self) -> None:
        """Let everything happen that can happen at this moment; bury the bot if it died of it."""
        self.loop.run_until_complete(self.loop.stillness())
        self.bury_the_dead()
        assert self.life.over or not self.errors.found, self.errors.found

    def wait(self, seconds: float) -> None:
        """Let time pass, and everything happen in its turn."""
        self.loop.run_until_complete(asyncio.sleep(seconds))
        self.settle()

    def leap(self, seconds: float) -> None:
        """Let much time pass at once."""
        self.loop.leap(seconds)
        self.settle()

    def until(self, true: Callable[[], bool], what: str) -> None:
        """Let time pass, with a bot that lives, until something is true."""
        waited, step = 0.0, 1.0
        while True:
            self.bury_the_dead()
            if self.life.over:
                self.start()
            self.settle()
            if not self.life.over and true():
                return
            assert waited < LONGEST_WAIT, f"{what}: not within {LONGEST_WAIT:.0f} s"
            self.wait(step)
            waited, step = waited + step, min(step * 1.5, 60.0)

    def catch_up(self) -> None:
        """Until everything that people did has been decided upon."""
        self.until(self._is_caught_up, "what people did is decided upon")

    def drain(self) -> None:
        """Until nothing is on its way to anybody who can be reached."""
        self.until(self._is_drained, "everything is delivered")

    def _is_caught_up(self) -> bool:
        updates = self.api.telegram.updates
        unsettled = self.ground.data.value("SELECT count(*) FROM inbox WHERE state = 'waiting'")
        return updates._held.is_set() and not updates.waiting and not unsettled

    def _is_drained(self) -> bool:
        return self._is_caught_up() and not self.ground.data.value(_UNSENT)

    # --- the bot ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """A new bot, in a new life, on what the last one left."""
        assert self.bot is None
        life = self.life = Life(self.life.number + 1)
        self.errors.found.clear()

        async def open_database(url: str) -> Database:
            return self._database(url, life)

        parts = Parts(
            open_database=open_database,
            open_session=lambda: self.wire.session(life),
            limits=_UNHURRIED,
            clock=self.now,
        )
        self.bot = self.loop.create_task(app.run(self.ground.settings, parts))
        self.settle()

    def kill(self) -> None:
        """The process ends here and now."""
        self.life.over = True
        self.bury_the_dead()

    def bury_the_dead(self) -> None:
        """Clear away what is left of a process that has ended, be it for want of a database at its start; it can do
        nothing any more."""
        if self.life.over and self.bot is not None:
            self.loop.run_until_complete(_end_all())
            self.bot = None
            self.api.telegram.updates.let_go()
        elif self.bot is not None and self.bot.done():
            self.life.over, bot, self.bot = True, self.bot, None
            assert isinstance(bot.exception(), StorageFailed), f"the bot ended by itself: {bot.exception()!r}"

    def leave(self) -> None:
        """The end of the walk."""
        self.kill()
        self.loop.close()
        self.errors.close()

    def _database(self, url: str, life: Life) -> Database:
        if url == self.ground.settings.database_url:
            return InlineDatabase(self.ground.data, life)
        return InlineKeys(self.ground.keys, life)

    # --- what a walk may ask of the stores itself ---------------------------------------------------------------------

    def invite(self, role: Role) -> Made:
        made = self._transact(lambda store: store.transact(lambda tx: invitations.make(tx, role, issuer=None)))
        assert made is not None
        return made

    def alias(self, name: str) -> str:
        async def find(store: Store) -> str:
            pid = await store.keyring.find(TelegramId(_IDS[name]))
            assert pid is not None
            self._pids[name] = pid
            return await store.transact(lambda tx: people.get(tx, pid).alias)

        return self._transact(find)

    def is_noted(self, name: str, message: int) -> bool:
        """Whether the bot knows where a message in somebody's chat came from."""
        query = "SELECT 1 FROM links WHERE to_pid = ? AND to_message = ?"
        return self.ground.data.raw.execute(query, (self._pids[name], message)).fetchone() is not None

    def topics_known(self, name: str, thread: int) -> tuple[bool, bool]:
        """What the bot knows of topics in somebody's chat: this one, and that they want them."""
        here, pid = self.ground.data.raw, self._pids.get(name)
        known = here.execute(_KNOWN_TOPIC, (pid, thread)).fetchone() is not None
        return known, here.execute(_WANTS_TOPICS, (pid,)).fetchone() is not None

    def press_change(self, participant: str, mentor: str) -> None:
        """The coordinator presses the button that gives a participant another mentor, wherever it stands."""

        async def token(store: Store) -> str:
            sari, mine, theirs = [
                await store.keyring.find(TelegramId(_IDS[name])) for name in ("Sari", participant, mentor)
            ]
            assert sari is not None
            assert mine is not None
            assert theirs is not None
            channel = await store.transact(lambda tx: channels.of_participant(tx, mine))
            assert channel is not None
            press = Press(action=Action.CHANGE_NOW, subject=channel.id, object=theirs)
            return token_for(store.root.buttons, sari, press)

        self.phones["Sari"].press_data(1, self._transact(token))

    def press_substitute(self, action: Action, name: str, other: str) -> None:
        """Somebody presses their button of the way to a substitute, wherever it stands. `other` is whom a mentor asks,
        and else the mentor who is away."""

        async def token(store: Store) -> str:
            mine, theirs = [await store.keyring.find(TelegramId(_IDS[each])) for each in (name, other)]
            assert mine is not None
            assert theirs is not None
            channel = await store.transact(lambda tx: channels.of_participant(tx, mine))
            asked = await store.transact(lambda tx: substitutions.asked_by(tx, theirs))
            subjects = {
                Action.ASK_SUBSTITUTE: theirs,
                Action.END_SUBSTITUTION: b"" if channel is None else channel.id,
            }
            press = Press(
                action=action,
                subject=subjects.get(action) or (asked[0].id if asked else b""),
                object=b"\1" if channel is None else channel.id,
            )
            return token_for(store.root.buttons, mine, press)

        self.phones[name].press_data(1, self._transact(token))

    def mentor_of(self, participant: str) -> Pid | None:
        """Who is at the other end for a participant, as it is stored."""

        async def find(store: Store) -> Pid | None:
            pid = await store.keyring.find(TelegramId(_IDS[participant]))
            assert pid is not None
            channel = await store.transact(lambda tx: channels.of_participant(tx, pid))
            return None if channel is None else channel.mentor

        return self._transact(find)

    def pid(self, name: str) -> Pid:
        return self._pids[name]

    def tidy(self) -> None:
        """What the clock calls every hour."""
        self._transact(retention.tidy)

    def _transact(self, ask: Callable[[Store], Coroutine[Any, Any, T]]) -> T:
        async def on_a_store_of_its_own() -> T:
            life = Life(-1)
            data, keys = InlineDatabase(self.ground.data, life), InlineKeys(self.ground.keys, life)
            return await ask(Store(data, keys, self.ground.root, self.now))

        return self.loop.run_until_complete(on_a_store_of_its_own())


_KNOWN_TOPIC = "SELECT 1 FROM topics JOIN channels ON channels.id = topics.channel WHERE mentor = ? AND thread = ?"
_WANTS_TOPICS = "SELECT 1 FROM people WHERE pid = ? AND topics"
_UNSENT = """
    SELECT count(*) FROM outbox JOIN people ON people.pid = outbox.recipient
    WHERE outbox.state NOT IN ('sent', 'dead') AND people.unreachable_since IS NULL
"""


async def _end_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


_LOGGERS = ("handlers", "mentorbot", "storage", "asyncio")


class _Errors(logging.Handler):
    """What the bot logs with a traceback is a mistake of its own, whatever befell it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []
        for name in _LOGGERS:
            logging.getLogger(name).addHandler(self)
            logging.getLogger(name).propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.name != "asyncio":
            self.found.append(self.format(record))

    def close(self) -> None:
        for name in _LOGGERS:
            logging.getLogger(name).removeHandler(self)
            logging.getLogger(name).propagate = True
        super().close()
