import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Changes:
    """A version that only grows, and a way to wait for the next one. Costs nothing while nobody waits."""

    def __init__(self, also: "Changes | None" = None) -> None:
        self.version = 0
        self._also = also
        self._waiting: set[asyncio.Future[None]] = set()

    def bump(self) -> None:
        self.version += 1
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
        self._waiting.clear()
        if self._also is not None:
            self._also.bump()

    async def after(self, version: int) -> int:
        """Wait until the version is greater than `version`; give the one reached."""
        while self.version <= version:
            waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.add(waiting)
            try:
                await waiting
            finally:
                self._waiting.discard(waiting)
        return self.version

    async def until(self, found: Callable[[], T | None]) -> T:
        """Wait until `found` gives something; it is asked once now and once after every change."""
        while (result := found()) is None:
            await self.after(self.version)
        return result
