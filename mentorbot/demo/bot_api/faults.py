"""The control side for tests: what can go wrong between a bot and Telegram, on demand."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from enum import Enum
from typing import Any, TypedDict, Unpack

from .errors import CONFLICT_POLLER, ApiError, bad_request, forbidden, too_many_requests, unauthorized
from .limits import RateLimits
from .params import Params
from .telegram import Telegram
from .wire import Reply, encode

ANY_METHOD = "*"
_ID_PLACE = b"$UPDATE_ID"


class Kind(Enum):
    REPLY = "another answer"
    STALL = "no answer"
    DROP = "connection dropped"
    TRUNCATE = "half an answer"
    DELAY = "a late answer"
    MISPLACE = "beside the topic"


class Where(TypedDict, total=False):
    """Which calls a fault meets: those to one chat (else any), and how many (1; None: until cleared)."""

    chat: int | None
    times: int | None


class Fault:
    """One thing that will go wrong. `effect`: whether the call is carried out all the same.

    `hits` counts how often it happened; `left` how often it still will (None: until cleared)."""

    def __init__(
        self,
        kind: Kind,
        method: str,
        *,
        effect: bool,
        reply: Reply | None = None,
        seconds: float = 0.0,
        chat: int | None = None,
        times: int | None = 1,
    ) -> None:
        self.kind = kind
        self.effect = effect
        self.reply = reply
        self.seconds = seconds
        self.left = times
        self.hits = 0
        self._method = method.lower()
        self._chat = chat
        self._hit = asyncio.Event()

    def fits(self, method: str, params: Params) -> bool:
        if self._method not in (method.lower(), ANY_METHOD):
            return False
        if self.kind is Kind.MISPLACE and "message_thread_id" not in params.raw:
            return False
        return self._chat is None or params.integer("chat_id") == self._chat

    def hit(self) -> None:
        self.hits += 1
        if self.left is not None:
            self.left -= 1
        self._hit.set()

    async def happened(self, timeout: float = 20.0) -> None:
        """Wait until it has happened at least once; TimeoutError otherwise."""
        async with asyncio.timeout(timeout):
            await self._hit.wait()


class Faults:
    """Faults wait in the order in which they were asked for; each call meets at most one."""

    def __init__(
        self,
        telegram: Telegram,
        *,
        stop_listening: Callable[[], Awaitable[None]],
        listen_again: Callable[[], Awaitable[None]],
    ) -> None:
        self.limits = RateLimits()
        self.token_revoked = False
        self.refuse_connections = stop_listening
        self.accept_connections = listen_again
        self._telegram = telegram
        self._queue: list[Fault] = []
        self._released = asyncio.Event()

    # Answers instead of the effect

    def too_many_requests(self, method: str, retry_after: int, **where: Unpack[Where]) -> Fault:
        return self.fail(method, too_many_requests(retry_after), **where)

    def blocked(self, method: str, **where: Unpack[Where]) -> Fault:
        return self.fail(method, forbidden("bot was blocked by the user"), **where)

    def bad_request(self, method: str, sentence: str, **where: Unpack[Where]) -> Fault:
        return self.fail(method, bad_request(sentence), **where)

    def unauthorized(self, method: str, **where: Unpack[Where]) -> Fault:
        return self.fail(method, unauthorized(), **where)

    def conflict(self, method: str = "getUpdates", **where: Unpack[Where]) -> Fault:
        return self.fail(method, ApiError(409, CONFLICT_POLLER), **where)

    def fail(self, method: str, error: ApiError, **where: Unpack[Where]) -> Fault:
        return self._add(Fault(Kind.REPLY, method, effect=False, reply=error.reply(), **where))

    def server_error(self, method: str, status: int = 502, *, effect: bool = False, **where: Unpack[Where]) -> Fault:
        """A gateway's page of HTML instead of an answer."""
        page = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
        reply = Reply(status, page.encode(), "text/html")
        return self._add(Fault(Kind.REPLY, method, effect=effect, reply=reply, **where))

    def garbage(
        self, method: str, body: bytes = b'{"ok": tru', *, effect: bool = True, **where: Unpack[Where]
    ) -> Fault:
        """Status 200 with `body`, which is not what the method answers."""
        return self._add(Fault(Kind.REPLY, method, effect=effect, reply=Reply(200, body), **where))

    # What happens to the connection

    def stall(self, method: str, *, effect: bool, **where: Unpack[Where]) -> Fault:
        """Accept the call, then never answer (until `clear`)."""
        return self._add(Fault(Kind.STALL, method, effect=effect, **where))

    def drop(self, method: str, *, effect: bool, **where: Unpack[Where]) -> Fault:
        """Close the connection instead of answering."""
        return self._add(Fault(Kind.DROP, method, effect=effect, **where))

    def truncate(self, method: str, **where: Unpack[Where]) -> Fault:
        """Carry the call out, send half of the answer, close the connection."""
        return self._add(Fault(Kind.TRUNCATE, method, effect=True, **where))

    def delay(self, method: str, seconds: float, **where: Unpack[Where]) -> Fault:
        """Carry the call out and answer, both `seconds` late."""
        return self._add(Fault(Kind.DELAY, method, effect=True, seconds=seconds, **where))

    # Where a message comes to stand

    def misplace_topic(self, method: str = ANY_METHOD, **where: Unpack[Where]) -> Fault:
        """Carry the next call that names a topic out as if it named none: what is sent stands in the chat's general
        one, as Telegram has done with topics that their user deleted."""
        return self._add(Fault(Kind.MISPLACE, method, effect=True, **where))

    # Updates

    def inject(self, update: Mapping[str, Any] | bytes) -> int:
        """Queue one update as it is, and give its id. In bytes, $UPDATE_ID stands for the id; a mapping gets
        it added. Lone surrogates and NUL are written as JSON escapes."""
        if isinstance(update, bytes):
            raw = update
            return self._telegram.updates.push_raw(lambda update_id: raw.replace(_ID_PLACE, str(update_id).encode()))
        fields = dict(update)
        return self._telegram.updates.push_raw(lambda update_id: encode({"update_id": update_id, **fields}))

    def poison_poll(self, body: bytes) -> Fault:
        """Answer the next getUpdates with `body`, whatever it is; nothing is acknowledged by it."""
        return self.garbage("getUpdates", body, effect=False)

    def deliver_twice(self, count: int = 1) -> None:
        """The next `count` updates come twice, under the same id."""
        self._telegram.updates.doubled += count

    def reverse_next_batch(self) -> None:
        """The next batch of two or more updates comes in reverse."""
        self._telegram.updates.reversed += 1

    def restart_update_ids(self, at: int) -> None:
        """Go on counting from `at`, as Telegram does after a quiet week: only while nothing is waiting."""
        updates = self._telegram.updates
        if updates.waiting:
            raise ValueError("updates are still waiting to be acknowledged: await telegram.updates.drained()")
        updates.next_id = at

    # Time, token, end

    def travel(self, by: timedelta) -> None:
        """Move Telegram's clock: the dates it gives, and every limit counted from them."""
        self._telegram.clock.travel(by.total_seconds())

    def revoke_token(self) -> None:
        self.token_revoked = True
        self._telegram.updates.end_poll(unauthorized())

    def clear(self) -> None:
        """Forget what has not happened yet, and close the connections of calls that are stalled."""
        self._queue.clear()
        self._released.set()
        self._released = asyncio.Event()

    # For the server

    def take(self, method: str, params: Params) -> Fault | None:
        """The fault that this call meets, if any."""
        for fault in self._queue:
            if fault.fits(method, params):
                fault.hit()
                if fault.left == 0:
                    self._queue.remove(fault)
                return fault
        return None

    async def until_cleared(self) -> None:
        await self._released.wait()

    def _add(self, fault: Fault) -> Fault:
        self._queue.append(fault)
        if fault.fits("getUpdates", Params({}, {})):
            # A poll that is being held came before this fault: let it go, so that the next one meets it.
            self._telegram.updates.let_go()
        return fault
