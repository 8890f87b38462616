"""What `mentorbot doctor` looks at. It changes nothing and may run beside the bot."""

import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum
from pathlib import Path

import aiohttp
from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from mentorbot.config import ENV_FILE, Settings, wrong
from mentorbot.programme.errors import CannotStart, MentorbotError, SettingWrong, StorageFailed, StoreMissing
from storage import audit
from storage.engine import open_database
from storage.installation import open_store, pending
from storage.root_key import read_root_key
from storage.transaction import Store

API_PATIENCE = 10  # seconds
CLOCK_TOLERANCE = 60  # seconds
_BESIDE = "it lies beside them, and who takes the folder can read all: move it, and name it in MENTORBOT_ROOT_KEY_FILE"
LEAST_SPACE = 256 * 1024**2  # bytes free

# systemd closes its folder of credentials itself; the ACL that lets the service in shows as a group's right.
_CLOSED_BY_SYSTEMD = Path("/run/credentials")


class Verdict(Enum):
    OK = "ok"
    WRONG = "WRONG"
    UNSEEN = "-"  # could not be looked at, for what is wrong above


@dataclass(frozen=True, kw_only=True)
class Finding:
    name: str
    verdict: Verdict
    text: str


@dataclass(frozen=True, kw_only=True)
class Me:
    """The bot as the Bot API knows it; `clock_ahead` in seconds, None when the API told no date."""

    username: str
    clock_ahead: float | None


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Every check's finding, as soon as there is one."""
    async for finding in _examine_api(settings):
        yield finding
    async for finding in _examine_stores(settings):
        yield finding
    yield await _find("file modes", lambda: _modes(settings))
    yield await _find("disk space", lambda: _space(settings, LEAST_SPACE))


async def get_me(settings: Settings) -> Me:
    """Ask the Bot API who the token belongs to.

    Raises SettingWrong when it refuses the token, CannotStart when it gives no answer that can be used.
    """
    url = f"{settings.api_url}/bot{settings.token.get_secret_value()}/getMe"
    before = time.time()
    try:
        timeout = aiohttp.ClientTimeout(total=API_PATIENCE)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as answer:
            now = (before + time.time()) / 2
            if answer.status in (401, 404):
                raise wrong("token", "is refused by the Bot API")
            username: str = (await answer.json(content_type=None))["result"]["username"]
            date = answer.headers.get("Date")
    except (aiohttp.ClientConnectionError, TimeoutError, OSError) as error:
        reason = type(error).__name__
        raise CannotStart(
            f"{settings.api_url} cannot be reached ({reason}): check the network, and MENTORBOT_API_URL"
        ) from None
    except (aiohttp.ClientError, ValueError, LookupError, TypeError):
        raise CannotStart(
            f"{settings.api_url} does not answer as the Bot API does: check MENTORBOT_API_URL, or wait"
        ) from None
    return Me(username=username, clock_ahead=_ahead(now, date))


async def _examine_api(settings: Settings) -> AsyncIterator[Finding]:
    try:
        me = await get_me(settings)
    except SettingWrong as error:
        yield Finding(name="API", verdict=Verdict.OK, text=f"{settings.api_url} answers")
        yield Finding(name="token", verdict=Verdict.WRONG, text=str(error))
        yield _unseen("clock", "the Bot API")
    except CannotStart as error:
        yield Finding(name="API", verdict=Verdict.WRONG, text=str(error))
        yield _unseen("token", "the Bot API")
        yield _unseen("clock", "the Bot API")
    else:
        yield Finding(name="API", verdict=Verdict.OK, text=f"{settings.api_url} answers")
        yield Finding(name="token", verdict=Verdict.OK, text=f"it is @{me.username}'s")
        yield _judge_clock(me)


def _judge_clock(me: Me) -> Finding:
    if me.clock_ahead is None:
        return _unseen("clock", "a date in the Bot API's answer")
    seconds = abs(round(me.clock_ahead))
    way = "fast" if me.clock_ahead > 0 else "slow"
    if seconds <= CLOCK_TOLERANCE:
        return Finding(name="clock", verdict=Verdict.OK, text="right to the minute")
    text = f"{seconds} seconds {way}: set this machine's clock by the network's (NTP)"
    return Finding(name="clock", verdict=Verdict.WRONG, text=text)


async def _examine_stores(settings: Settings) -> AsyncIterator[Finding]:
    yield await _find("data store", lambda: _is_there(settings.database_url))
    yield await _find("keys store", lambda: _is_there(settings.keys_url))
    opened: list[Store] = []

    async def open_both() -> str:
        root = read_root_key(settings.root_key_file)
        opened.append(await open_store(settings.database_url, settings.keys_url, root, require_current=False))
        text = f"{settings.root_key_file} opens both stores"
        return f"{text}; {_BESIDE}" if _lies_beside_a_store(settings) else text

    yield await _find("keys", open_both)
    if not opened:
        yield _unseen("migrations", "the stores")
        yield _unseen("audit chain", "the stores")
        return
    [store] = opened
    try:
        yield await _find("migrations", lambda: _no_migration_is_pending(store))
        yield await _find("audit chain", lambda: _chain_is_whole(store))
    finally:
        await store.close()


def _lies_beside_a_store(settings: Settings) -> bool:
    files = (make_url(url).database for url in (settings.database_url, settings.keys_url) if url.startswith("sqlite"))
    folders = {Path(file).resolve().parent for file in files if file}
    return settings.root_key_file.resolve().parent in folders


async def _find(name: str, check: Callable[[], Awaitable[str]]) -> Finding:
    try:
        return Finding(name=name, verdict=Verdict.OK, text=await check())
    except StorageFailed as error:
        text = f"{error}: see whether the database is running and its URL right"
    except MentorbotError as error:
        text = str(error)
    except Exception as error:  # noqa: BLE001 (whatever stops a check is what the doctor was asked for)
        text = f"it cannot be used ({type(error).__name__}): restore it from a backup, or correct its setting"
    return Finding(name=name, verdict=Verdict.WRONG, text=" ".join(text.split()))


def _unseen(name: str, what: str) -> Finding:
    return Finding(name=name, verdict=Verdict.UNSEEN, text=f"cannot be looked at without {what}")


async def _is_there(url: str) -> str:
    database = await open_database(url)
    try:
        if not await database.run(lambda conn: inspect(conn).get_table_names()):
            raise StoreMissing("it is empty: run `mentorbot init`, or restore it from a backup")
    finally:
        await database.close()
    return make_url(url).render_as_string()


async def _no_migration_is_pending(store: Store) -> str:
    if await pending(store):
        raise CannotStart("the stores' schema is older than this program: run `mentorbot migrate`")
    return "none is pending"


async def _chain_is_whole(store: Store) -> str:
    bad = await store.transact(audit.first_bad_link)
    if bad is not None:
        raise MentorbotError(
            f"link {bad} was edited or is missing: find out who could write there, and restore a backup"
        )
    return "whole"


async def _modes(settings: Settings) -> str:
    open_ones = [path for path in _private_paths(settings) if path.exists() and path.stat().st_mode & 0o077]
    if open_ones:
        mends = " && ".join(f"chmod {'700' if path.is_dir() else '600'} {path}" for path in open_ones)
        raise MentorbotError(f"others may look into {', '.join(map(str, open_ones))}: {mends}")
    return "the files are their owner's alone"


def _private_paths(settings: Settings) -> list[Path]:
    files = [ENV_FILE, settings.root_key_file]
    if settings.token_file is not None:
        files.append(settings.token_file)
    files = [file for file in files if not file.is_relative_to(_CLOSED_BY_SYSTEMD)]
    stores = _store_files(settings)
    files += [Path(f"{store}{end}") for store in stores for end in ("", "-wal", "-shm", ".lock")]
    return list(dict.fromkeys([*files, *(store.parent for store in stores)]))


async def _space(settings: Settings, at_least: int) -> str:
    folders = dict.fromkeys(file.parent for file in (settings.root_key_file, *_store_files(settings)))
    free = min((shutil.disk_usage(folder).free for folder in folders if folder.exists()), default=None)
    if free is None:
        raise MentorbotError("there is no folder to write to: run `mentorbot init`")
    if free < at_least:
        raise MentorbotError(f"only {free // 1024**2} MiB are free: make room, or move the stores")
    return f"{free // 1024**2} MiB are free"


def _store_files(settings: Settings) -> list[Path]:
    urls = [make_url(url) for url in (settings.database_url, settings.keys_url)]
    return [Path(url.database) for url in urls if url.get_backend_name() == "sqlite" and url.database]


def _ahead(now: float, date: str | None) -> float | None:
    try:
        return None if date is None else now - parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None
