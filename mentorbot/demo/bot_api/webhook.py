"""Pushing updates to the bot's own address, one after the other, until each is taken."""

import asyncio
import re
from urllib.parse import urlsplit

import aiohttp

from .clock import Clock
from .errors import bad_request
from .updates import Updates
from .wire import Json

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (a name)
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_ANSWER_SECONDS = 10.0
_LONGEST_PAUSE = 60.0


class Webhook:
    def __init__(self, updates: Updates, clock: Clock) -> None:
        self.url = ""
        # The first pause after a failure; it doubles with each. Telegram's is a second or more.
        self.first_pause = 0.1
        self._updates = updates
        self._clock = clock
        self._secret: str | None = None
        self._max_connections = 40
        self._last_error: tuple[int, str] | None = None
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        updates.on_arrival(self._arrived.set)

    def set(self, url: str, *, secret: str | None, max_connections: int) -> None:
        _check(url, secret)
        self.remove()
        self.url, self._secret, self._max_connections = url, secret, max_connections
        self._last_error = None
        self._task = asyncio.get_running_loop().create_task(self._push_all())

    def remove(self) -> None:
        self.url = ""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def info(self) -> Json:
        """getWebhookInfo's answer."""
        info: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates.waiting),
        }
        if self.url:
            info |= {"max_connections": self._max_connections, "ip_address": "127.0.0.1"}
        if self._last_error is not None:
            info["last_error_date"], info["last_error_message"] = self._last_error
        if self._updates.allowed:
            info["allowed_updates"] = self._updates.allowed
        return info

    async def _push_all(self) -> None:
        headers = {"Content-Type": "application/json"}
        if self._secret is not None:
            headers[SECRET_HEADER] = self._secret
        timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
        async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
            while True:
                self._updates.drop_expired()
                if not self._updates.waiting:
                    self._arrived.clear()
                    await self._arrived.wait()
                    continue
                await self._push_first(session)

    async def _push_first(self, session: aiohttp.ClientSession) -> None:
        update = self._updates.waiting[0]
        pause = self.first_pause
        while (error := await self._push(session, update.raw)) is not None:
            self._last_error = (self._clock.now(), error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        # drop_pending_updates may have emptied the queue meanwhile.
        if self._updates.waiting and self._updates.waiting[0] is update:
            self._updates.drop_first()

    async def _push(self, session: aiohttp.ClientSession, raw: bytes) -> str | None:
        """Give what went wrong, or None."""
        try:
            async with session.post(self.url, data=raw) as answer:
                await answer.read()
                if answer.ok:
                    return None
                return f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except TimeoutError:
            return "Connection timed out"
        except aiohttp.ClientError:
            return "Connection refused"


def _check(url: str, secret: str | None) -> None:
    address = urlsplit(url)
    # Plain http is taken on the loopback only, as Telegram's server does when it runs locally.
    if address.scheme != "https" and not (address.scheme == "http" and address.hostname in _LOOPBACK):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if secret is not None and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
