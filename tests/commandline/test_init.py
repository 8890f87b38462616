"""`mentorbot init` makes what is missing, closed to others, and changes nothing that is there."""

import asyncio
import os
import pty
import shutil
import sys
from pathlib import Path

import pytest

from tests.postgres import Postgres

from .command import TOKEN, ended, environment, mentorbot, start

MADE = ("data/root.key", "data/mentorbot.db", "data/keys.db", ".env")


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file's mode and bytes."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): (path.stat().st_mode, path.read_bytes()) for path in files}


def modes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_mode & 0o777 for path in folder.rglob("*")}


async def test_a_new_installation_is_closed_to_others(home: Path) -> None:
    assert modes(home) == {"data": 0o700, **dict.fromkeys(MADE, 0o600)}


async def test_it_tells_what_it_made_and_what_to_do_next(tmp_path: Path) -> None:
    result = await mentorbot("init", cwd=tmp_path, MENTORBOT_TOKEN=TOKEN)
    assert result.code == 0, result
    for thing in (*MADE, "mentorbot doctor", "mentorbot invite coordinator", "mentorbot run"):
        assert thing in result.out
    assert TOKEN not in result.out + result.err


async def test_a_second_init_changes_nothing_and_says_so(home: Path) -> None:
    before = contents(home)
    result = await mentorbot("init", cwd=home)
    assert result.code == 0, result
    assert "nothing was changed" in result.out
    assert contents(home) == before


async def test_what_the_environment_says_at_init_holds_afterwards(tmp_path: Path) -> None:
    stores = {
        "MENTORBOT_DATABASE_URL": "sqlite+aiosqlite:///here/everything.db",
        "MENTORBOT_KEYS_URL": "sqlite+aiosqlite:///there/people.db",
        "MENTORBOT_ROOT_KEY_FILE": "elsewhere/root.key",
    }
    first = await mentorbot("init", cwd=tmp_path, MENTORBOT_TOKEN=TOKEN, **stores)
    assert first.code == 0, first
    assert {"here/everything.db", "there/people.db", "elsewhere/root.key"} <= modes(tmp_path).keys()
    second = await mentorbot("init", cwd=tmp_path)
    assert "nothing was changed" in second.out, second


async def test_the_token_may_come_by_a_file_and_stays_there(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    for said in ("Made .env", "nothing was changed"):
        result = await mentorbot("init", "--token-file", "token", cwd=tmp_path)
        assert result.code == 0, result
        assert said in result.out
    written = (tmp_path / ".env").read_text()
    assert "MENTORBOT_TOKEN_FILE='token'" in written
    assert TOKEN not in written


async def test_a_token_file_that_env_does_not_name_is_refused(home: Path) -> None:
    before = contents(home)
    (home / "token").write_text(TOKEN)
    complaint = (await mentorbot("init", "--token-file", "token", cwd=home)).complaint
    assert complaint.startswith("MENTORBOT_TOKEN_FILE")
    (home / "token").unlink()
    assert contents(home) == before


async def test_without_a_terminal_and_a_token_nothing_is_made(tmp_path: Path) -> None:
    complaint = (await mentorbot("init", cwd=tmp_path)).complaint
    assert complaint.startswith("MENTORBOT_TOKEN is missing")
    assert "--token-file" in complaint
    assert "mentorbot init" not in complaint  # that is what was just tried
    assert contents(tmp_path) == {}


async def test_whoever_begins_with_another_command_is_told_to_begin_with_init(tmp_path: Path) -> None:
    assert "begin with `mentorbot init`" in (await mentorbot("run", cwd=tmp_path)).complaint


async def test_an_env_without_a_token_is_not_answered_with_init(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MENTORBOT_LOCALE=en\n")
    complaint = (await mentorbot("init", cwd=tmp_path)).complaint
    assert complaint.startswith("MENTORBOT_TOKEN is missing: set it")
    assert "init" not in complaint


async def test_the_person_is_asked_until_it_is_a_token_and_it_is_not_shown(tmp_path: Path) -> None:
    outside, inside = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "mentorbot", "init"),
        cwd=tmp_path,
        env=environment(TERM="dumb"),
        stdin=inside,
        stdout=inside,
        stderr=inside,
        start_new_session=True,  # or it asks on the terminal of whoever runs the tests
    )
    os.close(inside)
    screen = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(screen), os.fdopen(os.dup(outside), "rb", buffering=0)
    )
    async with asyncio.timeout(30):
        seen = await screen.readuntil(b"token from @BotFather: ")
        os.write(outside, b"7312000001 AA-mistyped\n")
        seen += await screen.readuntil(b"not a bot's token")
        seen += await screen.readuntil(b"token from @BotFather: ")
        os.write(outside, f"{TOKEN}\n".encode())
        seen += await screen.readuntil(b"mentorbot invite")
        assert await process.wait() == 0
    transport.close()
    os.close(outside)
    assert TOKEN.encode() not in seen
    assert b"mistyped" not in seen
    assert f"MENTORBOT_TOKEN='{TOKEN}'" in (tmp_path / ".env").read_text()


async def test_a_root_key_that_is_there_is_kept(tmp_path: Path, home: Path) -> None:
    (tmp_path / "data").mkdir()
    key = tmp_path / "data" / "root.key"
    shutil.copy(home / "data" / "root.key", key)
    before = key.read_bytes()
    result = await mentorbot("init", cwd=tmp_path, MENTORBOT_TOKEN=TOKEN)
    assert result.code == 0, result
    assert "root key data/root.key" not in result.out
    assert key.read_bytes() == before
    assert "nothing was changed" in (await mentorbot("init", cwd=tmp_path)).out


@pytest.mark.parametrize("lost", MADE[:3])
async def test_a_lost_part_is_not_replaced_by_a_new_one(home: Path, lost: str) -> None:
    (home / lost).unlink()
    before = contents(home)
    complaint = (await mentorbot("init", cwd=home)).complaint
    assert lost in complaint
    assert "nothing was changed" in complaint
    assert contents(home) == before


async def test_a_key_that_is_not_these_stores_own_is_refused(home: Path, tmp_path: Path) -> None:
    await mentorbot("init", cwd=tmp_path, MENTORBOT_TOKEN=TOKEN)
    shutil.copy(tmp_path / "data" / "root.key", home / "data" / "root.key")
    before = contents(home)
    assert "root key" in (await mentorbot("init", cwd=home)).complaint
    assert contents(home) == before


async def test_two_at_once_make_one_installation(tmp_path: Path) -> None:
    racing = [await start("init", cwd=tmp_path, MENTORBOT_TOKEN=TOKEN) for _ in range(2)]
    results = [await ended(process) for process in racing]
    assert 0 in {result.code for result in results}, results
    assert all("Traceback" not in result.err for result in results)
    assert "nothing was changed" in (await mentorbot("init", cwd=tmp_path)).out


async def test_stores_on_postgresql_are_made_and_found_again(tmp_path: Path, postgres: Postgres) -> None:
    data, keys = await postgres.fresh_database(), await postgres.fresh_database()
    stores = {"MENTORBOT_DATABASE_URL": data, "MENTORBOT_KEYS_URL": keys}
    result = await mentorbot("init", cwd=tmp_path, MENTORBOT_TOKEN=TOKEN, **stores)
    assert result.code == 0, result
    assert modes(tmp_path) == {"data": 0o700, "data/root.key": 0o600, ".env": 0o600}
    assert "nothing was changed" in (await mentorbot("init", cwd=tmp_path)).out
