"""Row 32: a wrong or missing root key, or a missing keys store. It refuses to start and writes nothing."""

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from mentorbot.programme.errors import MentorbotError, RootKeyWrong, SettingWrong, StoreMissing
from mentorbot.programme.people import Role
from storage import audit
from storage.root_key import RootKey, read_root_key
from tests.people import SQLITE_ONLY, Installation, file_of, joined

WRONG = RootKey(epoch=1, secret=b"another installation's root key!")


async def contents(installation: Installation) -> Mapping[str, object]:
    """Everything in both stores, by what the databases themselves count and hold."""
    held: dict[str, object] = {}
    for url in (make_url(installation.data_url), make_url(installation.keys_url)):
        if url.get_backend_name() == "sqlite":
            with sqlite3.connect(url.database or "") as raw:
                held[str(url)] = list(raw.iterdump())
            raw.close()
            continue
        server = await asyncpg.connect(host=str(url.query["host"]), user="postgres", database=url.database)
        for (table,) in await server.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
            # xmin and ctid tell a row that was rewritten from one that was left alone.
            held[f"{url} {table}"] = await server.fetch(f"SELECT xmin::text, ctid::text, t.* FROM {table} t")  # noqa: S608
        await server.close()
    return held


async def used(installation: Installation) -> None:
    """The installation after some use, closed."""
    store = await installation.open()
    await joined(store, Role.PARTICIPANT)
    await store.close()


async def test_a_wrong_root_key_is_refused_and_nothing_is_written(installation: Installation) -> None:
    await used(installation)
    before = await contents(installation)
    with pytest.raises(RootKeyWrong, match="restore the right root key file"):
        await replace(installation, root=WRONG).open()
    assert await contents(installation) == before


@SQLITE_ONLY
async def test_a_wrong_root_key_leaves_every_file_as_it_was(installation: Installation) -> None:
    await used(installation)
    before = installation.files()
    assert set(before) == {"data.db", "keys.db"}  # closed properly: no sidecars
    with pytest.raises(RootKeyWrong):
        await replace(installation, root=WRONG).open()
    assert installation.files() == before


async def test_the_right_root_key_opens_and_may_write(installation: Installation) -> None:
    """The control: the same look at the stores sees a single row that was written."""
    await used(installation)
    before = await contents(installation)
    store = await installation.open()
    await store.transact(lambda tx: audit.append(tx, "looked", actor=None))
    await store.close()
    assert await contents(installation) != before


@SQLITE_ONLY
async def test_what_a_crash_left_in_the_log_survives_a_wrong_root_key(
    installation: Installation, tmp_path: Path
) -> None:
    store = await installation.open()
    person = await joined(store, Role.PARTICIPANT)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name, content in installation.files().items():  # as they lie there while the program runs
        (crashed / name).write_bytes(content)
    await store.close()
    assert (crashed / "data.db-wal").stat().st_size > 0

    left = replace(
        installation,
        data_url=f"sqlite+aiosqlite:///{crashed / 'data.db'}",
        keys_url=f"sqlite+aiosqlite:///{crashed / 'keys.db'}",
    )
    with pytest.raises(RootKeyWrong):
        await replace(left, root=WRONG).open()
    opened = await left.open()
    assert await opened.keyring.everyone() == [person.pid]
    await opened.close()
    assert await contents(left) == {
        str(make_url(url)): dump
        for url, dump in zip((left.data_url, left.keys_url), (await contents(installation)).values(), strict=True)
    }


@SQLITE_ONLY
async def test_a_missing_keys_store_is_refused_and_not_made(installation: Installation) -> None:
    await used(installation)
    file_of(installation.keys_url).unlink()
    before = installation.files()
    with pytest.raises(StoreMissing):
        await installation.open()
    assert installation.files() == before


@SQLITE_ONLY
async def test_an_empty_file_in_the_place_of_the_keys_is_refused(installation: Installation) -> None:
    await used(installation)
    file_of(installation.keys_url).write_bytes(b"")
    with pytest.raises(StoreMissing):
        await installation.open()


def test_a_missing_root_key_stops_before_the_stores_are_touched(tmp_path: Path) -> None:
    with pytest.raises(SettingWrong):
        read_root_key(tmp_path / "root.key")
    assert list(tmp_path.iterdir()) == []
    assert issubclass(SettingWrong, MentorbotError)
