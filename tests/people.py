"""Installations of the bot on both databases, and the people in them.

    async def test_a_mentor_is_found(store: Store) -> None:
        mikael = await joined(store, Role.MENTOR, language="sv", alias="Lind")

Every test that takes `store` (or `installation`, when it opens the stores itself) runs once a database, each time
in an installation of its own; `@SQLITE_ONLY` and `@POSTGRESQL_ONLY` keep a test to one of them. The store's clock
stands still at `NOW` until the test sets `store.clock = at(later)`.
"""

import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from mentorbot.programme.channel import Channel
from mentorbot.programme.ids import ChannelId, InviteId, Pid, TelegramId
from mentorbot.programme.invite import VALID_FOR, Invite
from mentorbot.programme.people import Person, Role, Stage
from storage import channels, installation as installations, invites, people
from storage.root_key import RootKey
from storage.transaction import Clock, Store, Transaction
from tests.postgres import Postgres

SQLITE_ONLY = pytest.mark.parametrize("engine", ["sqlite"])
POSTGRESQL_ONLY = pytest.mark.parametrize("engine", ["postgresql"])

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

AINO = TelegramId(7_214_905_531)
"""A participant."""
MIKAEL = TelegramId(6_530_118_724)
"""A mentor."""
SARI = TelegramId(5_902_447_163)
"""A coordinator."""
OTTO = TelegramId(8_047_713_290)
"""An outsider: in no store, ever."""

_telegram_ids = count(5_100_000_001, 7919)
_aliases = count(1)


def at(moment: datetime) -> Clock:
    """A clock that stands still."""
    return lambda: moment


# --- installations ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Where two stores are, and the root key for them."""

    data_url: str
    keys_url: str
    root: RootKey

    async def open(self) -> Store:
        return await installations.open_store(self.data_url, self.keys_url, self.root, clock=at(NOW))

    def files(self) -> Mapping[str, bytes]:
        """On SQLite: what lies in the stores' folder at this moment, sidecars too."""
        return {file.name: file.read_bytes() for file in sorted(file_of(self.data_url).parent.iterdir())}


def file_of(url: str) -> Path:
    return Path(make_url(url).database or "")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def nowhere(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Installation:
    """Room for an installation that is still to be founded."""
    return await _room(engine, request, tmp_path / "elsewhere")


@pytest.fixture(scope="session")
def founded() -> dict[str, Installation]:
    """The installation that was founded on each engine. Making one takes too long to do it for every test."""
    return {}


@pytest.fixture
async def installation(
    engine: str, founded: dict[str, Installation], request: pytest.FixtureRequest, tmp_path: Path
) -> Installation:
    """An installation as it is when it has just been founded: on SQLite a copy, on PostgreSQL the same one, emptied."""
    if engine not in founded:
        room = await _room(engine, request, Path(tempfile.mkdtemp(dir=tmp_path.parent)))
        await installations.found(room.data_url, room.keys_url, room.root)
        founded[engine] = room
        if engine == "postgresql":
            await _run(room, _REMEMBER)
    original = founded[engine]
    if engine == "postgresql":
        await _run(original, _BEGIN_ANEW)
        return original
    shutil.copytree(file_of(original.data_url).parent, tmp_path / "stores")
    data, keys = _sqlite_urls(tmp_path / "stores")
    return Installation(data_url=data, keys_url=keys, root=original.root)


@pytest.fixture
async def store(installation: Installation) -> AsyncIterator[Store]:
    """A fresh installation, opened."""
    opened = await installation.open()
    yield opened
    await opened.close()


async def _room(engine: str, request: pytest.FixtureRequest, folder: Path) -> Installation:
    if engine == "sqlite":
        data, keys = _sqlite_urls(folder)
    else:
        server: Postgres = request.getfixturevalue("postgres")
        data, keys = await server.fresh_database(), await server.fresh_database()
    return Installation(data_url=data, keys_url=keys, root=RootKey(epoch=1, secret=secrets.token_bytes(32)))


def _sqlite_urls(folder: Path) -> tuple[str, str]:
    return f"sqlite+aiosqlite:///{folder / 'data.db'}", f"sqlite+aiosqlite:///{folder / 'keys.db'}"


_EACH_TABLE = "DO $$ DECLARE t name; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP"

# What a store begins with is kept in a schema of its own, which nothing else looks at.
_REMEMBER = f"""
    CREATE SCHEMA founding;
    {_EACH_TABLE} EXECUTE format('CREATE TABLE founding.%I AS TABLE public.%I', t, t); END LOOP; END $$;
"""
_NOBODY_ELSE = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_BEGIN_ANEW = f"""
    SET session_replication_role = replica;
    {_EACH_TABLE}
        EXECUTE format('DELETE FROM public.%I', t);
        EXECUTE format('INSERT INTO public.%I TABLE founding.%I', t, t);
    END LOOP; END $$;
    SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S';
"""  # noqa: S608


async def _run(place: Installation, script: str) -> None:
    """Run a script on both PostgreSQL stores, with nobody else in them."""
    for url in (make_url(place.data_url), make_url(place.keys_url)):
        server = await asyncpg.connect(host=str(url.query["host"]), user="postgres", database=url.database)
        try:
            await server.execute(_NOBODY_ELSE)
            await server.execute(script)
        finally:
            await server.close()


# --- people -----------------------------------------------------------------------------------------------------------


async def arrived(store: Store, role: Role, *, telegram_id: TelegramId | None = None, language: str = "en") -> Person:
    """Somebody who opened the link of an invite made for them, and has done nothing else yet."""
    pid = await store.keyring.admit(telegram_id or TelegramId(next(_telegram_ids)))
    invite = an_invite(role)

    def arrive(tx: Transaction) -> Person:
        invites.add(tx, invite, token=secrets.token_urlsafe(16))
        newcomer = Person(
            pid=pid,
            role=role,
            stage=Stage.ARRIVED,
            language=language,
            invite=invite.id,
            alias="",
            since=tx.now,
            version=1,
        )
        people.add(tx, newcomer)
        return newcomer

    return await store.transact(arrive)


async def joined(
    store: Store,
    role: Role,
    *,
    telegram_id: TelegramId | None = None,
    language: str = "en",
    alias: str | None = None,
) -> Person:
    """An active person; whatever is not given is made up, and nobody else's."""
    newcomer = await arrived(store, role, telegram_id=telegram_id, language=language)

    def join(tx: Transaction) -> Person:
        person = newcomer
        for stage in (Stage.VERIFIED, Stage.INFORMED, Stage.ACTIVE):
            after = person.advance(stage, now=tx.now)
            if stage is Stage.ACTIVE:
                after = replace(after, alias=alias or f"Somebody {next(_aliases)}")
            person = people.save(tx, person, after)
        return person

    return await store.transact(join)


async def paired(store: Store, participant: Person, mentor: Person) -> Channel:
    """The open channel between two people."""
    channel = Channel(
        id=ChannelId(secrets.token_bytes(16)),
        participant=participant.pid,
        mentor=mentor.pid,
        opened_at=store.clock(),
    )
    await store.transact(lambda tx: channels.open_(tx, channel))
    return channel


def an_invite(role: Role = Role.PARTICIPANT, *, issuer: Pid | None = None, made_at: datetime = NOW) -> Invite:
    """An open invite with a code that nobody knows."""
    return Invite(
        id=InviteId(secrets.token_bytes(16)),
        role=role,
        issuer=issuer,
        code_digest=secrets.token_bytes(32),
        made_at=made_at,
        expires_at=made_at + VALID_FOR,
        wrong_codes=0,
        used_by=None,
    )
