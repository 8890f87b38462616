"""`mentorbot run` and `mentorbot migrate`."""

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mentorbot.demo.bot_api.server import BotApi

from .command import TOKEN, ended, mentorbot, running


def forget_the_migrations(home: Path) -> None:
    with closing(sqlite3.connect(home / "data" / "keys.db")) as connection, connection:
        connection.execute("DELETE FROM alembic_version")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_polls_and_stops_cleanly_when_it_is_told_to(home: Path, api: BotApi, number: signal.Signals) -> None:
    async with running(api, cwd=home, MENTORBOT_LOG_LEVEL="DEBUG") as bot:
        bot.send_signal(number)
        result = await ended(bot)
    assert result.code == 0, result
    assert "mentorbot.app: serving" in result.err
    assert TOKEN not in result.out + result.err


async def test_a_refused_token_ends_it_with_one_line(home: Path, api: BotApi) -> None:
    api.faults.revoke_token()
    result = await mentorbot("run", cwd=home, MENTORBOT_API_URL=api.url)
    assert result.complaint.startswith("MENTORBOT_TOKEN is refused")


async def test_a_second_bot_on_the_same_stores_ends_with_one_line(home: Path, api: BotApi) -> None:
    async with running(api, cwd=home) as bot:
        assert "is running" in (await mentorbot("run", cwd=home, MENTORBOT_API_URL=api.url)).complaint
    await ended(bot)


async def test_run_asks_for_a_migration_that_is_pending(home: Path, api: BotApi) -> None:
    forget_the_migrations(home)
    complaint = (await mentorbot("run", cwd=home, MENTORBOT_API_URL=api.url)).complaint
    assert "mentorbot migrate" in complaint


async def test_stores_that_are_up_to_date_need_no_migration(home: Path) -> None:
    result = await mentorbot("migrate", cwd=home)
    assert result.code == 0, result
    assert "already" in result.out


async def test_nothing_is_migrated_under_a_running_bot(home: Path, api: BotApi) -> None:
    async with running(api, cwd=home) as bot:
        forget_the_migrations(home)
        assert "is running" in (await mentorbot("migrate", cwd=home)).complaint
    await ended(bot)


async def test_a_migration_that_fails_says_so_in_one_line(home: Path) -> None:
    forget_the_migrations(home)  # the first one will find its tables there
    assert "already exists" in (await mentorbot("migrate", cwd=home)).complaint
