"""Makes every library that the bot uses log at DEBUG what must never be in a log.

    python -m tests.commandline.chatter safe|plain

`plain` is the control: the same with Python's usual logging. A line `== name` on stderr begins each part.
"""

import asyncio
import gc
import logging
import sqlite3
import sys
import threading
import warnings
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from enum import Enum

import aiosqlite
import httpx
from aiohttp import web
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import create_engine, text
from telegram import Bot
from telegram.ext import ApplicationBuilder
from telegram.request import HTTPXRequest

from mentorbot.demo.bot_api.server import BotApi
from mentorbot.programme.errors import StorageFailed
from mentorbot.programme.ids import Pid
from mentorbot.redaction import start_log
from storage.root_key import RootKey

from .command import TOKEN

TEXT = "Nahdaan-kahvilassa-seitsemalta"
TELEGRAM_ID = 7_214_905_531
CANARIES = (TEXT, str(TELEGRAM_ID), TOKEN, TOKEN.partition(":")[2])
LIBRARIES = ("telegram", "httpx", "httpcore", "aiosqlite", "sqlalchemy", "aiohttp", "apscheduler", "asyncio")

log = logging.getLogger("handlers.chatter")


class Said(Exception):
    """An exception whose text is what somebody wrote."""


class State(Enum):
    WAITING = TEXT


def fail(*_: object) -> None:
    raise Said(f"{TEXT} {TELEGRAM_ID}")


async def telegram() -> None:
    async with BotApi(token=TOKEN) as api:
        aino = api.telegram.person("Aino", id=TELEGRAM_ID)
        aino.start()
        async with Bot(TOKEN, base_url=f"{api.url}/bot", request=HTTPXRequest()) as bot:
            await bot.send_message(TELEGRAM_ID, TEXT)
        builder = ApplicationBuilder().token(TOKEN).base_url(f"{api.url}/bot")
        async with builder.updater(None).build() as application:
            try:
                fail()
            except Said as error:
                await application.process_error(None, error)


async def http(library: str) -> None:
    """Both httpx and the httpcore below it; the answer's headers are what httpcore tells."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(headers={"X-Said": TEXT})

    async with Server(answer) as url, httpx.AsyncClient() as client:
        logging.getLogger("httpx" if library == "httpcore" else "httpcore").disabled = True
        await client.get(f"{url}/bot{TOKEN}/getMe")
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).disabled = False


async def aiosqlite_() -> None:
    async with aiosqlite.connect(":memory:") as connection:
        await connection.execute("SELECT ?, ?", (TEXT, TELEGRAM_ID))


async def sqlalchemy_() -> None:
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text("SELECT :said, :id"), {"said": TEXT, "id": TELEGRAM_ID})


async def aiohttp_() -> None:
    async def answer(_: web.Request) -> web.Response:
        raise Said(TEXT)

    async with Server(answer) as url, httpx.AsyncClient() as client:
        await client.get(f"{url}/bot{TOKEN}/getMe")


async def apscheduler_() -> None:
    scheduler = AsyncIOScheduler()
    scheduler.start()
    scheduler.add_job(fail, "date", run_date=datetime.now(UTC), args=[TEXT], name=TEXT)
    await asyncio.sleep(0.2)
    scheduler.shutdown()


async def asyncio_() -> None:
    loop = asyncio.get_running_loop()
    loop.slow_callback_duration = 0.0
    loop.call_soon(fail, TEXT)
    task = asyncio.create_task(_fail(TEXT), name=TEXT)
    await asyncio.sleep(0.05)
    loop.slow_callback_duration = 60.0
    del task  # nobody asked how it went
    gc.collect()


async def _fail(_: str) -> None:
    fail()


async def python() -> None:
    """What Python itself writes: warnings, threads, finalizers, logging's own mistakes."""
    warnings.warn(TEXT, stacklevel=1)
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    Unraisable()
    logging.getLogger("somebody").error("%d people", TEXT)
    alone = logging.getLogger("somebody.alone")
    alone.propagate = False
    alone.error(TEXT)


class Unraisable:
    def __del__(self) -> None:
        fail()


async def ours() -> None:
    pid = Pid(bytes(16))
    log.info("%s of %s wrote: %s", 2, RootKey(epoch=1, secret=bytes(32)).name_in_log(pid), TEXT)
    log.debug("%d wrote", TELEGRAM_ID)
    log.debug("%s and %s and %s", TELEGRAM_ID, [TEXT], {"text": TEXT})
    log.debug("%(who)s wrote %(what)s", {"who": TELEGRAM_ID, "what": TEXT})
    log.debug("state %s", State.WAITING)
    log.warning("no answer: %s", TimeoutError.__name__)
    log.error("not stored: %s", StorageFailed("OperationalError: database or disk is full"))
    log.error("not stored: %s", StorageFailed(f"DataError: invalid input: {TEXT}"))
    log.error("not stored: %s", sqlite3.OperationalError(TEXT))
    try:
        try:
            fail()
        except Said as error:
            error.add_note(TEXT)
            raise ExceptionGroup(TEXT, [Said(TEXT), ValueError(TOKEN)]) from error
    except ExceptionGroup:
        log.exception("a group failed", stack_info=True)
    # A constant that ends with the token: nobody does that, and the last belt holds even so.
    log.error(f"calling {TOKEN}")  # noqa: G004


PARTS: dict[str, Callable[[], Awaitable[None]]] = {
    "telegram": telegram,
    "httpx": lambda: http("httpx"),
    "httpcore": lambda: http("httpcore"),
    "aiosqlite": aiosqlite_,
    "sqlalchemy": sqlalchemy_,
    "aiohttp": aiohttp_,
    "apscheduler": apscheduler_,
    "asyncio": asyncio_,
    "python": python,
    "ours": ours,
}


class Server:
    """A small server that answers everything in one way."""

    def __init__(self, answer: Callable[[web.Request], Awaitable[web.Response]]) -> None:
        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        self._runner = web.AppRunner(app)

    async def __aenter__(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()


async def chatter() -> None:
    asyncio.get_running_loop().slow_callback_duration = 60.0
    for name, part in PARTS.items():
        sys.stderr.write(f"== {name}\n")
        await part()
    sys.stderr.write("== uncaught\n")
    fail()


if __name__ == "__main__":
    if sys.argv[1] == "safe":
        start_log("DEBUG", TOKEN)
    else:
        logging.basicConfig(level=logging.DEBUG, format="%(name)s %(message)s")
        logging.captureWarnings(True)
    for library in LIBRARIES:
        logging.getLogger(library).setLevel(logging.DEBUG)
    asyncio.run(chatter(), debug=True)
