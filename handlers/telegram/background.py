"""Calls that may fail and that nobody waits for."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from telegram.error import TelegramError

from handlers.telegram.api import ApiError

log = logging.getLogger(__name__)


class Background:
    """At most so many calls at once; a flood beyond that is dropped, so that it delays nobody else."""

    def __init__(self, *, at_once: int) -> None:
        self._at_once = at_once
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, call: Coroutine[Any, Any, Any]) -> bool:
        """Make a call, at most once. False when too many are under way."""
        if len(self._tasks) >= self._at_once:
            call.close()
            return False
        task = asyncio.create_task(_at_most_once(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def finish(self) -> None:
        await asyncio.gather(*self._tasks)


async def _at_most_once(call: Coroutine[Any, Any, Any]) -> None:
    try:
        await call
    except (ApiError, TelegramError) as error:
        log.info("a call that nobody waits for failed: %s", type(error).__name__)
