"""Below Telegram's limits: 30 messages a second over all, one a second in a chat with short bursts."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from mentorbot.programme.delivery import Rank

_REMEMBERED = 10_000
_KEPT = {Rank.CHORE: 0.25, Rank.BROADCAST: 0.5}
"""How much of the burst is left to those above; talk and what is above it leave nothing."""


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

    def wait(self, chat: Hashable, rank: Rank = Rank.TALK) -> float:
        """Seconds until a message of this rank may go to this chat; 0 when it may go now."""
        return max(self._wait_overall(rank), self.wait_in(chat))

    def wait_in(self, chat: Hashable) -> float:
        """Seconds until this chat may take one more, whatever goes on elsewhere."""
        limits = self._limits
        full_again = self._chats.get(chat, 0.0)
        return max(full_again - (limits.chat_burst - 1) / limits.chat_rate - self._clock(), 0.0)

    def _wait_overall(self, rank: Rank) -> float:
        limits = self._limits
        room = limits.overall_burst * (1 - _KEPT.get(rank, 0)) - 1
        return max(self._overall - room / limits.overall_rate - self._clock(), 0.0)

    def spend(self, chat: Hashable) -> None:
        """Count one message to this chat."""
        now, limits = self._clock(), self._limits
        self._overall = max(self._overall, now) + 1 / limits.overall_rate
        self._chats[chat] = max(self._chats.pop(chat, 0.0), now) + 1 / limits.chat_rate
        if len(self._chats) > _REMEMBERED:
            self._chats.popitem(last=False)

    def spend_spare(self, rank: Rank = Rank.BROADCAST) -> bool:
        """Count one message that may as well stay unsent; only while it leaves to all the others what this rank does.
        False when it must stay unsent."""
        if self._wait_overall(rank) > 0:
            return False
        self._overall = max(self._overall, self._clock()) + 1 / self._limits.overall_rate
        return True

    def refund(self, chat: Hashable) -> None:
        """Take back a message that was counted and then not sent."""
        self._overall -= 1 / self._limits.overall_rate
        if chat in self._chats:
            self._chats[chat] -= 1 / self._limits.chat_rate
