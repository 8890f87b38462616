"""`mentorbot doctor`: every check has something broken that it must find."""

import os
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from mentorbot.config import load_settings
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.doctor import Finding, Verdict, _space, examine
from mentorbot.programme.errors import MentorbotError
from tests.postgres import Postgres

from .command import TOKEN, ended, mentorbot, running

CHECKS = [
    *("API", "token", "clock", "data store", "keys store", "keys"),
    *("migrations", "audit chain", "file modes", "disk space"),
]
NOBODY = "http://127.0.0.1:9"


async def findings(api_url: str, **settings: str) -> dict[str, Finding]:
    """The findings about the installation in the working directory, by name."""
    examined = examine(load_settings(api_url=api_url, **settings))
    return {finding.name: finding async for finding in examined}


def wrong(found: dict[str, Finding]) -> dict[str, str]:
    assert list(found) == CHECKS
    return {name: finding.text for name, finding in found.items() if finding.verdict is Verdict.WRONG}


def execute(statement: str, *, store: str = "mentorbot") -> None:
    with closing(sqlite3.connect(f"data/{store}.db")) as connection, connection:
        assert connection.execute(statement).rowcount > 0


def everything(folder: Path) -> dict[str, tuple[os.stat_result, bytes]]:
    return {
        str(path.relative_to(folder)): (path.stat(), path.read_bytes()) for path in folder.rglob("*") if path.is_file()
    }


async def test_a_sound_installation_gets_a_line_of_ok_for_each_check(home: Path, api: BotApi) -> None:
    result = await mentorbot("doctor", cwd=home, MENTORBOT_API_URL=api.url)
    assert result.code == 0, result
    lines = result.out.splitlines()
    assert len(lines) == len(CHECKS)
    for line, check in zip(lines, CHECKS, strict=True):
        assert re.match(rf"ok +{check} ", line)
    assert "@mentor_demo_bot" in result.out
    assert TOKEN not in result.out + result.err


async def test_one_finding_is_enough_for_exit_code_1(home: Path, api: BotApi) -> None:
    (home / ".env").chmod(0o644)
    result = await mentorbot("doctor", cwd=home, MENTORBOT_API_URL=api.url)
    assert result.code == 1
    assert result.out.count("WRONG") == 1
    assert "chmod 600 .env" in result.out
    assert result.err == ""


async def test_it_writes_nothing(home: Path, api: BotApi) -> None:
    before = everything(home)
    await mentorbot("doctor", cwd=home, MENTORBOT_API_URL=api.url)
    after = everything(home)
    assert {name: (stat.st_mode, stat.st_mtime_ns, data) for name, (stat, data) in after.items()} == {
        name: (stat.st_mode, stat.st_mtime_ns, data) for name, (stat, data) in before.items()
    }


async def test_it_works_beside_the_running_bot(home: Path, api: BotApi) -> None:
    async with running(api, cwd=home) as bot:
        assert wrong(await findings(api.url)) == {}
    result = await ended(bot)
    assert result.code == 0, result


BROKEN: list[tuple[Callable[[], object], dict[str, str]]] = [
    (lambda: Path("data/mentorbot.db").unlink(), {"data store": "missing", "keys": "missing"}),
    (lambda: Path("data/keys.db").unlink(), {"keys store": "missing", "keys": "missing"}),
    (lambda: Path("data/mentorbot.db").write_bytes(b""), {"data store": "empty", "keys": "empty"}),
    (
        lambda: Path("data/keys.db").write_bytes(b"no database" * 999),
        {"keys store": "cannot be opened", "keys": "cannot be opened"},
    ),
    (lambda: Path("data/root.key").unlink(), {"keys": "MENTORBOT_ROOT_KEY_FILE"}),
    (lambda: Path("data/root.key").write_text("a shopping list"), {"keys": "not a root key"}),
    (lambda: Path("data/root.key").chmod(0o640), {"file modes": "chmod 600 data/root.key"}),
    (lambda: Path("data/keys.db").chmod(0o604), {"file modes": "chmod 600 data/keys.db"}),
    (lambda: Path("data").chmod(0o755), {"file modes": "chmod 700 data"}),
    (
        lambda: execute("UPDATE alembic_version SET version_num = 'older'"),
        {"migrations": "mentorbot migrate"},
    ),
    (
        lambda: execute("UPDATE alembic_version SET version_num = 'older'", store="keys"),
        {"migrations": "mentorbot migrate"},
    ),
    (lambda: execute("UPDATE audit SET action = 'nothing'"), {"audit chain": "link 1"}),
    (lambda: execute("DELETE FROM audit"), {"audit chain": "link 1"}),
]


@pytest.mark.parametrize(("break_it", "expected"), BROKEN)
async def test_what_is_broken_is_found_with_its_mend(
    home: Path, api: BotApi, break_it: Callable[[], object], expected: dict[str, str]
) -> None:
    assert wrong(await findings(api.url)) == {}
    break_it()
    found = await findings(api.url)
    assert wrong(found).keys() == expected.keys()
    for name, words in expected.items():
        assert words in found[name].text
    assert all("\n" not in finding.text for finding in found.values())


async def test_the_root_key_of_another_installation_is_found(home: Path, api: BotApi, tmp_path: Path) -> None:
    await mentorbot("init", cwd=tmp_path, MENTORBOT_TOKEN=TOKEN)
    shutil.copy(tmp_path / "data/root.key", home / "data/root.key")
    assert "root key" in wrong(await findings(api.url))["keys"]


async def test_the_keys_store_of_another_installation_is_found(home: Path, api: BotApi, tmp_path: Path) -> None:
    await mentorbot("init", cwd=tmp_path, MENTORBOT_TOKEN=TOKEN)
    shutil.copy(tmp_path / "data/keys.db", home / "data/keys.db")
    assert "does not belong" in wrong(await findings(api.url))["keys"]


async def test_a_token_file_that_others_may_read_is_found(home: Path, api: BotApi) -> None:
    Path(".env").unlink()
    Path("token").write_text(TOKEN)
    Path("token").chmod(0o644)
    assert "chmod 600 token" in wrong(await findings(api.url, token_file="token"))["file modes"]


async def test_a_disk_that_is_nearly_full_is_found(home: Path) -> None:
    settings = load_settings()
    assert "free" in await _space(settings, at_least=1)
    with pytest.raises(MentorbotError, match="make room"):
        await _space(settings, at_least=2**80)


async def test_an_api_that_cannot_be_reached_is_one_finding(home: Path) -> None:
    found = await findings(NOBODY)
    assert list(wrong(found)) == ["API"]
    assert "MENTORBOT_API_URL" in found["API"].text
    assert found["token"].verdict is found["clock"].verdict is Verdict.UNSEEN


@pytest.mark.parametrize("fault", ["server_error", "garbage", "drop", "truncate"])
async def test_an_answer_that_is_not_the_bot_apis_is_found(home: Path, api: BotApi, fault: str) -> None:
    faults = api.faults
    {
        "server_error": lambda: faults.server_error("getMe"),
        "garbage": lambda: faults.garbage("getMe"),
        "drop": lambda: faults.drop("getMe", effect=True, times=None),
        "truncate": lambda: faults.truncate("getMe"),
    }[fault]()
    found = await findings(api.url)
    assert list(wrong(found)) == ["API"]
    assert TOKEN not in found["API"].text


async def test_a_token_that_telegram_refuses_is_found(home: Path, api: BotApi) -> None:
    api.faults.revoke_token()
    assert list(wrong(await findings(api.url))) == ["token"]


@pytest.mark.parametrize(("ahead", "said"), [(90, "slow"), (-90, "fast")])
async def test_a_clock_that_is_off_by_more_than_a_minute_is_found(
    home: Path, api: BotApi, ahead: int, said: str
) -> None:
    async with dated(api, timedelta(seconds=ahead)) as url:
        text = wrong(await findings(url))["clock"]
    assert re.search(rf"\b(89|90|91) seconds {said}", text)


@pytest.mark.parametrize("ahead", [-50, 0, 50])
async def test_a_clock_that_is_off_by_less_is_well(home: Path, api: BotApi, ahead: int) -> None:
    async with dated(api, timedelta(seconds=ahead)) as url:
        assert wrong(await findings(url)) == {}


async def test_stores_on_postgresql_are_looked_at(tmp_path: Path, api: BotApi, postgres: Postgres) -> None:
    data, keys = await postgres.fresh_database(), await postgres.fresh_database()
    stores = {"MENTORBOT_DATABASE_URL": data, "MENTORBOT_KEYS_URL": keys, "MENTORBOT_API_URL": api.url}
    await mentorbot("init", cwd=tmp_path, MENTORBOT_TOKEN=TOKEN, **stores)
    sound = await mentorbot("doctor", cwd=tmp_path)
    assert sound.code == 0, sound
    nowhere = data.replace("test_", "nowhere_")
    broken = await mentorbot("doctor", cwd=tmp_path, MENTORBOT_DATABASE_URL=nowhere)
    assert broken.code == 1
    assert re.search(r"^WRONG +data store +.*see whether the database is running", broken.out, re.MULTILINE)


@asynccontextmanager
async def dated(api: BotApi, ahead: timedelta) -> AsyncIterator[str]:
    """The stand-in behind a server whose clock is ahead."""

    async def pass_on(request: web.Request) -> web.Response:
        async with aiohttp.ClientSession() as session, session.get(f"{api.url}{request.path}") as answer:
            date = format_datetime(datetime.now(UTC) + ahead, usegmt=True)
            return web.Response(body=await answer.read(), headers={"Date": date})

    app = web.Application()
    app.router.add_get("/{path:.*}", pass_on)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
