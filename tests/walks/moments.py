"""An event loop whose time passes only when it is told to: waiting costs nothing, and a walk is the same each time."""

import asyncio
import selectors
from collections.abc import Callable
from typing import Any


class Moments(asyncio.SelectorEventLoop):
    """A loop with a clock of its own, in seconds from 0. Nothing in it may come from another thread."""

    def __init__(self) -> None:
        self.moment = 0.0
        self.on_passing: Callable[[float], None] = lambda seconds: None
        self._still: asyncio.Future[None] | None = None
        super().__init__(_Selector(self))

    def time(self) -> float:
        return self.moment

    async def stillness(self) -> None:
        """Wait until everything that can happen at this moment has happened."""
        self._still = self.create_future()
        await self._still

    def leap(self, seconds: float) -> None:
        """Let time pass at once: what was due meanwhile happens after it."""
        self.moment += seconds
        self.on_passing(seconds)

    def nothing_is_ready(self, timeout: float | None) -> None:
        """Called where another loop would sleep."""
        if self._still is not None and not self._still.done():
            self._still.set_result(None)
        elif timeout is None:
            raise RuntimeError("nothing will ever happen again")
        else:
            self.leap(timeout)


class _Selector(selectors.DefaultSelector):
    def __init__(self, loop: Moments) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, Any]]:
        events = super().select(0)
        if not events and (timeout is None or timeout > 0):
            self._loop.nothing_is_ready(timeout)
        return events
