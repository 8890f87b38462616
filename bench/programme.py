"""An installation with many pairs, written straight through the services, and the bots that are measured on it."""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.programme.channel import Channel
from mentorbot.programme.ids import ChannelId, InviteId, Pid, TelegramId
from mentorbot.programme.invite import VALID_FOR, Invite
from mentorbot.programme.people import Person, Role, Stage
from storage import channels, installation, invites, people
from storage.root_key import make_root_key
from storage.transaction import Store, Transaction


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A participant and their mentor, as they hold their phones."""

    participant: Phone
    mentor: Phone


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a process has used: seconds of CPU, and bytes of resident memory."""

    cpu: float
    memory: int


class Bot:
    """A bot in a process of its own."""

    def __init__(self, module: str, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module], env=os.environ | environment, stdout=subprocess.DEVNULL
        )

    def usage(self) -> Usage:
        stat = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        ticks = int(stat[11]) + int(stat[12])
        return Usage(cpu=ticks / os.sysconf("SC_CLK_TCK"), memory=pages * os.sysconf("SC_PAGE_SIZE"))

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=20)


def environment(api: BotApi, folder: Path) -> dict[str, str]:
    return {
        "MENTORBOT_TOKEN": api.token,
        "MENTORBOT_API_URL": api.url,
        "MENTORBOT_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/mentorbot.db",
        "MENTORBOT_KEYS_URL": f"sqlite+aiosqlite:///{folder}/keys.db",
        "MENTORBOT_ROOT_KEY_FILE": f"{folder}/root.key",
    }


@asynccontextmanager
async def running(module: str, api: BotApi, folder: Path) -> AsyncIterator[Bot]:
    """A bot that is polling already; it is stopped at the end."""
    bot = Bot(module, environment(api, folder))
    try:
        await api.telegram.updates.held()
        yield bot
    finally:
        bot.stop()


async def found(api: BotApi, folder: Path, *, pairs: int) -> list[Pair]:
    """A new installation in an empty folder, with so many pairs who have each other's channel."""
    names = environment(api, folder)
    urls = names["MENTORBOT_DATABASE_URL"], names["MENTORBOT_KEYS_URL"]
    root = make_root_key(folder / "root.key")
    await installation.found(*urls, root)
    store = await installation.open_store(*urls, root)
    try:
        return [await _pair(api, store, number) for number in range(pairs)]
    finally:
        await store.close()


async def _pair(api: BotApi, store: Store, number: int) -> Pair:
    participant, mentor = api.telegram.person("Aino"), api.telegram.person("Mikael")
    for phone in (participant, mentor):
        api.telegram.open_chat(phone.chat)
    ids = [await store.keyring.admit(TelegramId(phone.id)) for phone in (participant, mentor)]

    def unit(tx: Transaction) -> None:
        join(tx, ids[0], Role.PARTICIPANT, f"Birch {number}")
        join(tx, ids[1], Role.MENTOR, f"Meadow {number}")
        channel = Channel(id=ChannelId(secrets.token_bytes(16)), participant=ids[0], mentor=ids[1], opened_at=tx.now)
        channels.open_(tx, channel)

    await store.transact(unit)
    return Pair(participant=participant, mentor=mentor)


def join(tx: Transaction, pid: Pid, role: Role, alias: str) -> None:
    invite = Invite(
        id=InviteId(secrets.token_bytes(16)),
        role=role,
        issuer=None,
        code_digest=b"",
        made_at=tx.now,
        expires_at=tx.now + VALID_FOR,
        wrong_codes=0,
        used_by=pid,
    )
    invites.add(tx, invite, token=secrets.token_urlsafe())
    person = Person(
        pid=pid,
        role=role,
        stage=Stage.ACTIVE,
        language="en",
        invite=invite.id,
        alias="",
        since=tx.now,
        version=0,
    )
    people.add(tx, person)
    people.save(tx, person, replace(person, alias=alias))
