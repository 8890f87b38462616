"""Telegram's own pace: 30 messages a second over all, about one a second to a chat with short bursts,
20 a minute to a group. Off until a test or a benchmark turns it on."""

import math
import time

from .errors import too_many_requests

_OVER_ALL = (30.0, 30.0)
_PRIVATE = (1.0, 3.0)
_GROUP = (20.0 / 60.0, 20.0)


class _Bucket:
    def __init__(self, rate: float, size: float, now: float) -> None:
        self._rate = rate
        self._size = size
        self._tokens = size
        self._at = now

    def missing(self, now: float) -> float:
        """Seconds until a token is there; 0 where one is."""
        self._tokens = min(self._size, self._tokens + (now - self._at) * self._rate)
        self._at = now
        return max(0.0, (1.0 - self._tokens) / self._rate)

    def take(self) -> None:
        self._tokens -= 1.0


class RateLimits:
    def __init__(self) -> None:
        self.enabled = False
        self._over_all: _Bucket | None = None
        self._by_chat: dict[int, _Bucket] = {}

    def check(self, chat_id: int) -> None:
        """Count one message to a chat, or raise 429 with the seconds to wait."""
        now = time.monotonic()
        if self._over_all is None:
            self._over_all = _Bucket(*_OVER_ALL, now)
        chat = self._by_chat.get(chat_id)
        if chat is None:
            chat = self._by_chat[chat_id] = _Bucket(*(_GROUP if chat_id < 0 else _PRIVATE), now)
        wait = max(self._over_all.missing(now), chat.missing(now))
        if wait > 0:
            raise too_many_requests(math.ceil(wait))
        self._over_all.take()
        chat.take()
