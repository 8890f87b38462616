"""Row 10: a broken page or a missing log. It refuses to start, says where to read how to go on, and changes nothing."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mentorbot.programme.errors import CannotStart
from mentorbot.programme.people import Role
from storage import intact
from storage.tables import people
from storage.transaction import Store
from tests.people import SQLITE_ONLY, Installation, file_of, joined

pytestmark = SQLITE_ONLY
BOTH = pytest.mark.parametrize("which", ["data_url", "keys_url"])


def store_file(installation: Installation, which: str) -> Path:
    return file_of(getattr(installation, which))


async def how_many(store: Store) -> int:
    return await store.transact(lambda tx: tx.conn.execute(select(func.count()).select_from(people)).scalar_one())


async def crashed(installation: Installation) -> None:
    """What lies there when a process that used the stores was killed: the log holds what is not in the file yet."""
    store = await installation.open()
    await joined(store, Role.PARTICIPANT)
    folder = file_of(installation.data_url).parent
    shutil.copytree(folder, aside := folder.parent / "killed")
    await store.close()
    shutil.rmtree(folder)
    aside.rename(folder)


@BOTH
@pytest.mark.parametrize("written", [b"\0" * 4096, b"\xa5" * 4096], ids=["zeros", "rubbish"])
async def test_a_broken_page_is_refused(installation: Installation, which: str, written: bytes) -> None:
    file = store_file(installation, which)
    with file.open("r+b") as raw:
        raw.seek(2 * 4096)
        raw.write(written)
    before = installation.files()
    with pytest.raises(CannotStart, match=rf"{file.name} cannot be opened: it is damaged; docs/restoring\.md"):
        await installation.open()
    assert installation.files() == before


@BOTH
async def test_a_file_that_was_cut_short_is_refused(installation: Installation, which: str) -> None:
    file = store_file(installation, which)
    with file.open("r+b") as raw:
        raw.truncate(file.stat().st_size // 2 // 4096 * 4096)
    with pytest.raises(CannotStart, match=r"docs/restoring\.md"):
        await installation.open()


@BOTH
async def test_a_missing_log_is_refused(installation: Installation, which: str) -> None:
    await crashed(installation)
    file = store_file(installation, which)
    Path(f"{file}-wal").unlink()
    with pytest.raises(CannotStart, match=rf"{file.name}-wal is missing beside it; docs/restoring\.md"):
        await installation.open()


async def test_the_log_of_a_crash_is_all_that_it_takes(installation: Installation) -> None:
    """The control: the same crash with its log opens, and nothing is lost."""
    await crashed(installation)
    assert Path(f"{file_of(installation.data_url)}-wal").exists()
    store = await installation.open()
    assert await how_many(store) == 1
    await store.close()


async def test_without_the_look_at_it_what_is_in_the_missing_log_would_be_lost_in_silence(
    installation: Installation,
) -> None:
    """The control of the guard: SQLite by itself opens the store and knows nobody any more."""
    await crashed(installation)
    file = file_of(installation.data_url)
    Path(f"{file}-wal").unlink()
    raw = sqlite3.connect(file)
    assert raw.execute("SELECT count(*) FROM people").fetchone() == (0,)
    raw.close()


async def test_a_store_that_was_closed_needs_no_log(installation: Installation) -> None:
    for _ in range(2):
        store = await installation.open()
        await joined(store, Role.PARTICIPANT)
        await store.close()
        assert set(installation.files()) == {"data.db", "keys.db"}
    store = await installation.open()
    assert await how_many(store) == 2
    await store.close()


async def test_after_a_crash_a_short_command_leaves_a_store_that_starts(installation: Installation) -> None:
    """`mentorbot doctor` or `invite` takes up the log and, being the last to close, removes it."""
    await crashed(installation)
    await (await installation.open()).close()
    assert set(installation.files()) == {"data.db", "keys.db"}
    await (await installation.open()).close()


async def test_a_command_that_ends_beside_the_bot_hides_no_missing_log(installation: Installation) -> None:
    bot = await installation.open()
    await joined(bot, Role.PARTICIPANT)
    await (await installation.open()).close()
    folder = file_of(installation.data_url).parent
    shutil.copytree(folder, aside := folder.parent / "killed")
    await bot.close()
    shutil.rmtree(folder)
    aside.rename(folder)
    Path(f"{file_of(installation.data_url)}-wal").unlink()
    with pytest.raises(CannotStart, match="is missing beside it"):
        await installation.open()


@BOTH
async def test_two_that_end_in_the_same_moment_leave_the_store_closed(installation: Installation, which: str) -> None:
    """The first says that the store stays open for the second, which has just said that it is closed."""
    path = store_file(installation, which)
    second = sqlite3.connect(path, isolation_level=None)
    second.execute("SELECT count(*) FROM sqlite_master").fetchall()
    intact.say_closed(second)
    intact.say_still_open(path)
    second.close()
    intact.say_still_open(path)
    assert not Path(f"{path}-wal").exists()
    await (await installation.open()).close()


async def test_a_copy_that_sqlite_made_while_the_bot_ran_is_whole_without_a_log(
    installation: Installation, tmp_path: Path
) -> None:
    store = await installation.open()
    await joined(store, Role.PARTICIPANT)
    for which in ("data_url", "keys_url"):
        file = store_file(installation, which)
        raw = sqlite3.connect(file)
        raw.execute("VACUUM INTO ?", (str(tmp_path / file.name),))
        raw.close()
    await store.close()
    for which in ("data_url", "keys_url"):
        file = store_file(installation, which)
        shutil.copy(tmp_path / file.name, file)
    restored = await installation.open()
    assert await how_many(restored) == 1
    await restored.close()
