"""`mentorbot invite ROLE`: a link, its QR code, and a code to be told by another way."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mentorbot.demo.bot_api.server import BotApi
from mentorbot.programme.invite import CODE_LETTERS, VALID_FOR

from .command import ended, mentorbot, running
from .test_doctor import NOBODY


def invites_made() -> list[tuple[str, bytes | None]]:
    with closing(sqlite3.connect("data/mentorbot.db")) as connection:
        return connection.execute("SELECT role, issuer FROM invites").fetchall()


@pytest.mark.parametrize("role", ["coordinator", "mentor", "participant"])
async def test_it_tells_a_link_and_apart_from_it_a_code(home: Path, api: BotApi, role: str) -> None:
    result = await mentorbot("invite", role, cwd=home, MENTORBOT_API_URL=api.url)
    assert result.code == 0, result
    lines = result.out.splitlines()
    [link] = [line for line in lines if line.startswith("https://")]
    assert re.fullmatch(r"https://t\.me/mentor_demo_bot\?start=[\w-]{1,64}", link)
    assert re.fullmatch(f"[{CODE_LETTERS}]{{6}}", lines[-1])
    assert any("another way" in line for line in lines)
    assert invites_made() == [(role, None)]


async def test_the_qr_code_is_the_links(home: Path, api: BotApi) -> None:
    out = (await mentorbot("invite", "mentor", cwd=home, MENTORBOT_API_URL=api.url)).out
    rows = [line for line in out.splitlines() if line and set(line) <= set(" ▀▄█")]
    # Two modules stand above each other in a character; the border is four modules wide.
    side = len(rows[0])
    assert {len(row) for row in rows} == {side}
    assert len(rows) == (side + 1) // 2
    assert rows[0] == rows[1] == "█" * side
    finder = rows[2][4:11]
    assert finder == " ▄▄▄▄▄ "


async def test_the_expiry_is_told_in_the_programmes_own_time(home: Path, api: BotApi) -> None:
    zone = "Pacific/Kiritimati"  # where it is another day than in most places
    result = await mentorbot("invite", "mentor", cwd=home, MENTORBOT_API_URL=api.url, MENTORBOT_TIMEZONE=zone)
    expected = (datetime.now(UTC) + VALID_FOR).astimezone(ZoneInfo(zone))
    told = {f"{expected - timedelta(minutes=ago):%A %d %B %Y %H:%M} ({zone})" for ago in (0, 1)}
    assert any(moment in result.out for moment in told), result.out


async def test_it_works_beside_the_running_bot(home: Path, api: BotApi) -> None:
    async with running(api, cwd=home) as bot:
        result = await mentorbot("invite", "coordinator", cwd=home, MENTORBOT_API_URL=api.url)
    await ended(bot)
    assert result.code == 0, result
    assert invites_made() == [("coordinator", None)]


async def test_when_the_api_is_away_one_line_says_so_and_no_invite_is_made(home: Path) -> None:
    complaint = (await mentorbot("invite", "mentor", cwd=home, MENTORBOT_API_URL=NOBODY)).complaint
    assert "MENTORBOT_API_URL" in complaint
    assert invites_made() == []


async def test_an_unknown_role_is_a_mistake_in_usage(home: Path) -> None:
    result = await mentorbot("invite", "outsider", cwd=home)
    assert result.code == 2
    assert "participant" in result.err
    assert "Traceback" not in result.err


async def test_before_init_it_says_what_is_missing(tmp_path: Path, api: BotApi) -> None:
    settings = {"MENTORBOT_API_URL": api.url, "MENTORBOT_TOKEN": api.token}
    assert "mentorbot init" in (await mentorbot("invite", "mentor", cwd=tmp_path, **settings)).complaint
