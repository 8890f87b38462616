"""Whatever happens and whoever logs it at DEBUG, no text, Telegram id or token is in the log."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.redaction import WITHHELD
from tests.guards import ROOT

from .chatter import CANARIES, PARTS, TELEGRAM_ID, TEXT
from .command import TOKEN, ended, environment, mentorbot, running

SECTIONS = [*PARTS, "uncaught"]
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (DEBUG|INFO|WARNING|ERROR|CRITICAL) \S.*")


def leaks(written: str) -> list[str]:
    """The canaries in what was written, plain or as they stand in an address. Nothing written is an error."""
    assert written.strip(), "nothing was written"
    return [canary for canary in CANARIES if canary in written or quote(canary, safe="") in written]


def chatter(mode: str) -> dict[str, str]:
    """What each part of the chatter wrote."""
    command = [sys.executable, "-m", "tests.commandline.chatter", mode]
    result = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=50, check=False
    )
    assert result.returncode == 1, result  # the uncaught one at the end
    assert result.stdout == ""
    parts = re.split(r"^== (\w+)\n", result.stderr, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.fixture(scope="module")
def safe() -> dict[str, str]:
    return chatter("safe")


@pytest.fixture(scope="module")
def plain() -> dict[str, str]:
    return chatter("plain")


@pytest.mark.parametrize("section", SECTIONS)
def test_without_the_filter_each_of_them_tells_what_it_must_not(plain: dict[str, str], section: str) -> None:
    assert leaks(plain[section])


def test_with_it_none_does(safe: dict[str, str]) -> None:
    assert list(safe) == SECTIONS
    assert leaks("\n".join(safe.values())) == []


def test_every_line_is_a_whole_record(safe: dict[str, str]) -> None:
    lines = [line for part in safe.values() for line in part.splitlines()]
    assert lines
    assert [line for line in lines if not LINE.fullmatch(line)] == []


@pytest.mark.parametrize("section", ["telegram", "aiohttp", "apscheduler", "asyncio", "python", "uncaught"])
def test_that_something_went_wrong_and_where_is_still_told(safe: dict[str, str], section: str) -> None:
    assert re.search(r"(ERROR|CRITICAL) .*Said at .*chatter\.py:\d+", safe[section]), safe[section]


@pytest.mark.parametrize("section", ["httpx", "httpcore", "aiosqlite", "sqlalchemy"])
def test_the_small_talk_of_libraries_is_left_out(safe: dict[str, str], section: str) -> None:
    assert "DEBUG" not in safe[section]
    assert "INFO" not in safe[section]


@pytest.mark.parametrize(
    "line",
    [
        f"handlers.chatter: 2 of person-[0-9a-f]{{6}} wrote: {re.escape(WITHHELD)}",
        f"handlers.chatter: %d wrote {re.escape(WITHHELD)}",
        "handlers.chatter: state WAITING",
        "handlers.chatter: no answer: TimeoutError",
        "handlers.chatter: not stored: StorageFailed: OperationalError: database or disk is full",
        "handlers.chatter: not stored: StorageFailed: DataError",
        "handlers.chatter: not stored: OperationalError",
        r"handlers.chatter: a group failed \(ExceptionGroup at .+ of Said, ValueError, after Said at .+\)",
        f"handlers.chatter: calling {re.escape(WITHHELD)}",
    ],
)
def test_our_own_lines_keep_what_is_harmless(safe: dict[str, str], line: str) -> None:
    assert re.search(rf"Z [A-Z]+ {line}$", safe["ours"], re.MULTILINE), safe["ours"]


def test_a_warning_names_its_class_and_the_place_that_is_warned_about(safe: dict[str, str]) -> None:
    assert re.search(r"WARNING .*chatter\.py:\d+: .* \(UserWarning\)$", safe["python"], re.MULTILINE)


def test_the_scan_finds_each_canary_and_says_when_it_saw_nothing() -> None:
    for canary in (TEXT, str(TELEGRAM_ID), TOKEN):
        assert leaks(f"before {canary} after")
        assert leaks(f"https://x/{quote(canary, safe='')}")
    assert leaks("all is well") == []
    with pytest.raises(AssertionError, match="nothing was written"):
        leaks("\n")


async def test_a_whole_run_at_debug_tells_nothing(home: Path, api: BotApi) -> None:
    """Joining, talking, strangers, poison and lost connections, with the log of the real bot as the judge."""
    sari, otto = api.telegram.person("Sari", id=TELEGRAM_ID), api.telegram.person("Otto", username=TEXT)
    async with running(api, cwd=home, MENTORBOT_LOG_LEVEL="DEBUG") as bot:
        invite = (await mentorbot("invite", "coordinator", cwd=home, MENTORBOT_API_URL=api.url)).out
        link, code = re.findall(r"start=([\w-]+)", invite)[0], invite.splitlines()[-1]
        await is_answered(sari, sari.start(link))
        await is_answered(sari, sari.write(code))
        await is_answered(otto, otto.start())
        api.faults.inject({"message": {"text": TEXT, "from": {"id": TELEGRAM_ID}}})
        api.faults.inject({"message": {"message_id": 9, "date": 1, "text": [TEXT], "chat": {"id": 1}}})
        lost = api.faults.drop("sendMessage", effect=True)
        gone = api.faults.drop("getUpdates", effect=False)
        await is_answered(sari, sari.write(TEXT))
        await lost.happened()
        await gone.happened()
    result = await ended(bot)
    assert result.code == 0, result
    assert leaks(result.err) == []
    assert link not in result.err
    assert code not in result.err
    assert [line for line in result.err.splitlines() if not LINE.fullmatch(line)] == []


async def is_answered(person: Phone, message: int) -> None:
    await person.wait_for(lambda shown: shown.from_bot, after=message, timeout=20)
