"""The composition root: the only file that knows every part."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
from telegram.error import InvalidToken, TelegramError

from handlers import ticks
from handlers.telegram.alarms import Alarms
from handlers.telegram.api import Api, TokenRevoked, open_session
from handlers.telegram.context import Surroundings
from handlers.telegram.delivery import Deliverer
from handlers.telegram.intake import Intake
from handlers.telegram.pace import Limits, Pace
from handlers.telegram.routes import Routes, build_application
from handlers.telegram.strangers import Strangers
from handlers.telegram.transmission import Transmitter
from handlers.telegram.work import Work
from mentorbot.config import Settings
from mentorbot.programme.errors import AlreadyRunning, CannotStart
from mentorbot.services import retention
from storage import claims, installation
from storage.engine import open_database
from storage.installation import OpenDatabase
from storage.leadership import Leadership, leadership_of
from storage.root_key import read_root_key
from storage.transaction import Clock, Store, utc_now

FINISH_WITHIN = 8.0  # seconds for what is in hand when the bot is told to stop

log = logging.getLogger(__name__)


class LeadershipLost(CannotStart):
    """Another mentorbot leads now."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a test or a measurement may replace."""

    open_database: OpenDatabase = open_database
    open_session: Callable[[], AbstractAsyncContextManager[aiohttp.ClientSession]] = open_session
    limits: Limits = field(default_factory=Limits)
    clock: Clock = utc_now


async def run(settings: Settings, parts: Parts | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is claimed and return.

    Raises TokenRevoked, LeadershipLost, or whatever forbids a start (a MentorbotError).
    """
    parts = parts or Parts()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
            stack.callback(loop.remove_signal_handler, number)
        store = await installation.open_store(
            settings.database_url,
            settings.keys_url,
            read_root_key(settings.root_key_file),
            clock=parts.clock,
            zone=settings.timezone,
            open_database=parts.open_database,
        )
        stack.push_async_callback(store.close)
        leadership = leadership_of(store, settings.database_url)
        epoch = await _lead(leadership, stop)
        stack.push_async_callback(leadership.give_up)
        await _serve(settings, parts, store, leadership, epoch, stop, stack)


async def _serve(
    settings: Settings,
    parts: Parts,
    store: Store,
    leadership: Leadership,
    epoch: int,
    stop: asyncio.Event,
    stack: AsyncExitStack,
) -> None:
    """Put the parts together and let them run until one ends.

    1. What an earlier leader left behind is put in order before anything new is taken in.
    2. Delivery and work start before polling does.
    3. At the end polling stops first, then work, then delivery, so that nothing is taken on that cannot be finished.
    """
    session = await stack.enter_async_context(parts.open_session())
    api_url, token = settings.api_url, settings.token.get_secret_value()
    api = Api(session, base_url=f"{api_url}/bot{token}/")
    left = await store.transact(lambda tx: claims.adopt(tx, epoch=epoch))
    if left:
        log.warning("%s notices were being sent when the last run ended", left)
    await retention.forget_orphans(store)
    application = build_application(session, token=token, api_url=api_url)
    await _until_telegram_answers(application.initialize, stop)
    if stop.is_set():
        return
    stack.push_async_callback(application.shutdown)
    zone = settings.timezone
    pace = Pace(parts.limits)
    strangers = Strangers(api, pace, default_language=settings.locale, zone=zone)
    surroundings = Surroundings(store=store, strangers=strangers, default_language=settings.locale, zone=zone)
    routes = Routes(surroundings, application)
    work = Work(store, handle=routes.handle, set_aside=routes.set_aside)
    deliverer = Deliverer(
        store,
        Transmitter(store, api, bot_username=application.bot.username, zone=zone, emergency=settings.emergency_number),
        epoch=epoch,
        pace=pace,
    )
    store.on_commit = deliverer.wake
    intake = Intake(
        store,
        api,
        strangers=strangers,
        alarms=Alarms(store, api, pace, zone=zone),
        take=work.take,
        resume=work.resume,
        has_in_hand=work.has_in_hand,
    )
    scheduler = ticks.start(store, patience=timedelta(hours=settings.unanswered_hours))
    stack.callback(scheduler.shutdown, wait=False)
    log.info("serving")
    try:
        await _until_one_ends(stop.wait(), intake.run(), deliverer.run(), _failure(deliverer), _lost(leadership))
    finally:
        await _finish(work, deliverer, strangers)
    log.info("stopped")


async def _lead(leadership: Leadership, stop: asyncio.Event) -> int:
    """The epoch of this leader, once the lease of one that died has run out. Raises AlreadyRunning."""
    deadline = asyncio.get_running_loop().time() + leadership.patience
    while True:
        try:
            return await leadership.take()
        except AlreadyRunning:
            if stop.is_set() or asyncio.get_running_loop().time() >= deadline:
                raise
            log.info("waiting for the lease of an earlier leader to run out")
            await asyncio.sleep(1)


async def _until_telegram_answers(initialize: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Introduce the bot to Telegram, again and again while Telegram is away. Raises TokenRevoked."""
    pause = 0.5
    while not stop.is_set():
        try:
            await initialize()
            return
        except InvalidToken:
            raise TokenRevoked(401, "Unauthorized") from None
        except TelegramError as error:
            log.warning("Telegram does not answer: %s", type(error).__name__)
        try:
            await asyncio.wait_for(stop.wait(), timeout=pause)
        except TimeoutError:
            pause = min(pause * 2, 30.0)


async def _until_one_ends(*parts: Coroutine[Any, Any, Any]) -> None:
    """Run side by side; when one ends (or this is cancelled), cancel the others and raise what it raised."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def _finish(work: Work, deliverer: Deliverer, strangers: Strangers) -> None:
    """Finish what is in hand. What Telegram keeps waiting is left: the next start finds it, and it may repeat."""
    try:
        async with asyncio.timeout(FINISH_WITHIN):
            await work.finish()
            await deliverer.finish()
            await strangers.finish()
    except TimeoutError:
        log.warning("something was still being sent at the end")


async def _failure(deliverer: Deliverer) -> None:
    await deliverer.failed


async def _lost(leadership: Leadership) -> None:
    await leadership.lost()
    raise LeadershipLost
