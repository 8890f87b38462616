"""The queue of updates and getUpdates. What is here stays until an offset acknowledges it, a webhook took it,
or a day has passed."""

import asyncio
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from .clock import Clock
from .errors import CONFLICT_POLLER, ApiError
from .wire import Json, encode

MOST_PER_POLL = 100
LONGEST_POLL = 50
# TDLib's queue takes an offset further ahead than this for a stranger's and answers from its head.
FURTHEST_AHEAD = 10
KEPT_SECONDS = 24 * 3600
# Telegram sends these only to a bot that names them in allowed_updates.
_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
UPDATE_KINDS = frozenset(
    {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "guest_message",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
        "subscription",
        "stopped_message_generation",
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    id: int
    raw: bytes
    date: int


class Updates:
    def __init__(self, clock: Clock, first_id: int) -> None:
        self.allowed: list[str] | None = None
        self.waiting: deque[Waiting] = deque()
        self.next_id = first_id
        # Turned by the control side: how many of the coming updates come twice, how many polls come reversed.
        self.doubled = 0
        self.reversed = 0
        self._clock = clock
        self._poller: asyncio.Future[None] | None = None
        self._listeners: list[Callable[[], None]] = []
        self._held = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    def on_arrival(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def push(self, kind: str, payload: Json) -> int | None:
        """Queue an update; None where the bot did not ask for this kind."""
        allowed = self.allowed
        if (kind not in allowed) if allowed else (kind in _ON_REQUEST):
            return None
        return self.push_raw(lambda update_id: encode({"update_id": update_id, kind: payload}))

    def push_raw(self, render: Callable[[int], bytes]) -> int:
        update_id = self.next_id
        self.next_id += 1
        waiting = Waiting(id=update_id, raw=render(update_id), date=self._clock.now())
        self.waiting.append(waiting)
        self._empty.clear()
        if self.doubled:
            self.doubled -= 1
            self.waiting.append(waiting)
        self.let_go()
        for listener in self._listeners:
            listener()
        return update_id

    async def poll(self, offset: int, limit: int, timeout: float) -> list[bytes]:
        """getUpdates: wait up to `timeout` seconds for something from `offset` on; forget what is before."""
        self.end_poll(ApiError(409, CONFLICT_POLLER))
        batch = self._take(offset, limit)
        if batch or timeout <= 0:
            return batch
        loop = asyncio.get_running_loop()
        poller = self._poller = loop.create_future()
        self._held.set()
        bell = loop.call_later(min(timeout, LONGEST_POLL), self._ring, poller)
        try:
            await poller
        finally:
            bell.cancel()
            if self._poller is poller:
                self._poller = None
                self._held.clear()
        return self._take(offset, limit)

    def end_poll(self, error: ApiError) -> None:
        """Answer the poll that is being held, if one is, with an error."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(error)
        self._poller = None
        self._held.clear()

    def let_go(self) -> None:
        """Answer the poll that is being held with what there is, be it nothing."""
        if self._poller is not None:
            self._ring(self._poller)
            self._held.clear()

    async def held(self) -> None:
        """Wait until a poll is being held: whoever polls has nothing left to fetch."""
        await self._held.wait()

    def acknowledge(self, offset: int) -> None:
        while self.waiting and self.waiting[0].id < offset:
            self.drop_first()

    def drop_first(self) -> None:
        self.waiting.popleft()
        if not self.waiting:
            self._empty.set()

    def drop_all(self) -> None:
        self.waiting.clear()
        self._empty.set()

    async def drained(self) -> None:
        """Wait until nothing is left unacknowledged."""
        await self._empty.wait()

    def drop_expired(self) -> None:
        oldest = self._clock.now() - KEPT_SECONDS
        while self.waiting and self.waiting[0].date < oldest:
            self.drop_first()

    def _take(self, offset: int, limit: int) -> list[bytes]:
        self.drop_expired()
        if offset < 0 and self.waiting:
            offset = self.waiting[max(len(self.waiting) + offset, 0)].id
        if 0 < offset <= self.next_id + FURTHEST_AHEAD:
            self.acknowledge(offset)
        batch = [waiting.raw for waiting in itertools.islice(self.waiting, limit)]
        if self.reversed and len(batch) > 1:
            self.reversed -= 1
            batch.reverse()
        return batch

    @staticmethod
    def _ring(poller: asyncio.Future[None]) -> None:
        if not poller.done():
            poller.set_result(None)
