"""Below Telegram's limits: 30 messages a second over all, one a second in a chat with short bursts."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

_REMEMBERED = 10_000


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many messages at once, and how many a second after that; over all and in one chat."""

    overall_burst: int = 25
    overall_rate: float = 28.0
    chat_burst: int = 6
    chat_rate: float = 1.0


class Pace:
    """Two token buckets, kept as the moment at which each will be full again."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._overall = 0.0
        self._chats: OrderedDict[Hashable, float] = OrderedDict()

    def wait(self, chat: Hashable) -> float:
        """Seconds until a message may go to this chat; 0 when it may go now."""
        now, limits = self._clock(), self._limits
        overall = self._overall - limits.overall_burst / limits.overall_rate - now
        own = self._chats.get(chat, 0.0) - limits.chat_burst / limits.chat_rate - now
        return max(overall + 1 / limits.overall_rate, own + 1 / limits.chat_rate, 0.0)

    def spend(self, chat: Hashable) -> None:
        """Count one message to this chat."""
        now, limits = self._clock(), self._limits
        self._overall = max(self._overall, now) + 1 / limits.overall_rate
        self._chats[chat] = max(self._chats.pop(chat, 0.0), now) + 1 / limits.chat_rate
        if len(self._chats) > _REMEMBERED:
            self._chats.popitem(last=False)

    def spend_spare(self) -> bool:
        """Count one message that may as well stay unsent; only while half of the burst is left to all the others. False
        when it must stay unsent."""
        now, limits = self._clock(), self._limits
        if max(self._overall, now) - now + 1 / limits.overall_rate > limits.overall_burst / limits.overall_rate / 2:
            return False
        self._overall = max(self._overall, now) + 1 / limits.overall_rate
        return True

    def refund(self, chat: Hashable) -> None:
        """Take back a message that was counted and then not sent."""
        self._overall -= 1 / self._limits.overall_rate
        if chat in self._chats:
            self._chats[chat] -= 1 / self._limits.chat_rate
