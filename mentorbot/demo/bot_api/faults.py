"""The control side for tests: what can go wrong between a bot and Telegram, on demand."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from enum import Enum
from typing import Any

from .errors import CONFLICT_POLLER, ApiError, bad_request, forbidden, too_many_requests, unauthorized
from .limits import RateLimits
from .params import Params
from .telegram import Telegram
from .wire import encode

ANY_METHOD = "*"
_ID_PLACE = b"$UPDATE_ID"


class Kind(Enum):
    REPLY = "another answer"
    STALL = "no answer"
    DROP = "connection dropped"
    TRUNCATE = "half an answer"
    DELAY = "a late answer"


class Fault:
    """One thing that will go wrong. `effect`: whether the call is carried out all the same.

    `hits` counts how often it happened; `left` how often it still will (None: until cleared)."""

    def __init__(
        self,
        kind: Kind,
        method: str,
        *,
        effect: bool,
        chat: int | None = None,
        times: int | None = 1,
        status: int = 200,
        body: bytes = b"",
        content_type: str = "application/json",
        seconds: float = 0.0,
    ) -> None:
        self.kind = kind
        self.method = method.lower()
        self.effect = effect
        self.chat = chat
        self.left = times
        self.hits = 0
        self.status = status
        self.body = body
        self.content_type = content_type
        self.seconds = seconds
        self._hit = asyncio.Event()

    def fits(self, method: str, params: Params) -> bool:
        if self.left == 0 or self.method not in (method.lower(), ANY_METHOD):
            return False
        return self.chat is None or params.integer("chat_id") == self.chat

    def hit(self) -> None:
        self.hits += 1
        if self.left is not None:
            self.left -= 1
        self._hit.set()

    async def happened(self, timeout: float = 5.0) -> None:
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

    def too_many_requests(
        self, method: str, retry_after: int, *, chat: int | None = None, times: int | None = 1
    ) -> Fault:
        return self.fail(method, too_many_requests(retry_after), chat=chat, times=times)

    def blocked(self, method: str, *, chat: int | None = None, times: int | None = 1) -> Fault:
        return self.fail(method, forbidden("bot was blocked by the user"), chat=chat, times=times)

    def bad_request(
        self, method: str, sentence: str, *, chat: int | None = None, times: int | None = 1
    ) -> Fault:
        return self.fail(method, bad_request(sentence), chat=chat, times=times)

    def unauthorized(self, method: str, *, times: int | None = 1) -> Fault:
        return self.fail(method, unauthorized(), times=times)

    def conflict(self, method: str = "getUpdates", *, times: int | None = 1) -> Fault:
        return self.fail(method, ApiError(409, CONFLICT_POLLER), times=times)

    def fail(self, method: str, error: ApiError, *, chat: int | None = None, times: int | None = 1) -> Fault:
        return self._add(
            Fault(
                Kind.REPLY,
                method,
                effect=False,
                chat=chat,
                times=times,
                status=error.status,
                body=error.body(),
            )
        )

    def server_error(
        self,
        method: str,
        status: int = 502,
        *,
        effect: bool = False,
        chat: int | None = None,
        times: int | None = 1,
    ) -> Fault:
        """A gateway's page of HTML instead of an answer."""
        body = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>".encode()
        return self._add(
            Fault(
                Kind.REPLY,
                method,
                effect=effect,
                chat=chat,
                times=times,
                status=status,
                body=body,
                content_type="text/html",
            )
        )

    def garbage(
        self,
        method: str,
        body: bytes = b'{"ok": tru',
        *,
        effect: bool = True,
        chat: int | None = None,
        times: int | None = 1,
    ) -> Fault:
        """Status 200 with `body`, which is not what the method answers."""
        return self._add(Fault(Kind.REPLY, method, effect=effect, chat=chat, times=times, body=body))

    # What happens to the connection

    def stall(self, method: str, *, effect: bool, chat: int | None = None, times: int | None = 1) -> Fault:
        """Accept the call, then never answer (until `clear`)."""
        return self._add(Fault(Kind.STALL, method, effect=effect, chat=chat, times=times))

    def drop(self, method: str, *, effect: bool, chat: int | None = None, times: int | None = 1) -> Fault:
        """Close the connection instead of answering."""
        return self._add(Fault(Kind.DROP, method, effect=effect, chat=chat, times=times))

    def truncate(self, method: str, *, chat: int | None = None, times: int | None = 1) -> Fault:
        """Carry the call out, send half of the answer, close the connection."""
        return self._add(Fault(Kind.TRUNCATE, method, effect=True, chat=chat, times=times))

    def delay(self, method: str, seconds: float, *, chat: int | None = None, times: int | None = 1) -> Fault:
        """Carry the call out and answer, `seconds` late."""
        return self._add(Fault(Kind.DELAY, method, effect=True, chat=chat, times=times, seconds=seconds))

    # Updates

    def inject(self, update: Mapping[str, Any] | bytes) -> int:
        """Queue one update as it is, and give its id. In bytes, $UPDATE_ID stands for the id; a mapping gets
        it added. Lone surrogates and NUL are written as JSON escapes."""
        if isinstance(update, bytes):
            raw = update
            return self._telegram.updates.push_raw(
                lambda update_id: raw.replace(_ID_PLACE, str(update_id).encode())
            )
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
        if fault.method in ("getupdates", ANY_METHOD):
            # A poll that is being held came before this fault: let it go, so that the next one meets it.
            self._telegram.updates.let_go()
        return fault
