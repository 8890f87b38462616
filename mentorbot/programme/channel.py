"""The one conversation between a participant and their mentor, and which one a mentor's message belongs to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from mentorbot.programme.ids import ChannelId, Pid
from mentorbot.programme.times import require_utc

CHOICE_LASTS = timedelta(minutes=10)
"""How long a mentor's choice in /people holds before it lapses."""


@dataclass(frozen=True, kw_only=True)
class Channel:
    """An open channel; a closed one is never loaded as this."""

    id: ChannelId
    participant: Pid
    mentor: Pid
    opened_at: datetime

    def __post_init__(self) -> None:
        require_utc(self.opened_at)

    def other(self, pid: Pid) -> Pid:
        """The one at the other end; ValueError for anyone who is not in this channel."""
        if pid == self.participant:
            return self.mentor
        if pid == self.mentor:
            return self.participant
        raise ValueError("not in this channel")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A mentor's choice of the channel that the next messages go to; None once its participant is erased."""

    channel: ChannelId | None
    until: datetime

    def __post_init__(self) -> None:
        require_utc(self.until)


def route(
    channels: Collection[ChannelId], *, replied_to: ChannelId | None, choice: Choice | None, now: datetime
) -> ChannelId | None:
    """The channel that a mentor's message belongs to, or None when that would be a guess.

    1. A reply belongs to the channel of the message that it answers.
    2. A choice that has not lapsed.
    3. The only channel there is.

    A reply or a choice whose channel is no longer the mentor's decides nothing and nothing else is tried: None.
    """
    if replied_to is not None:
        return replied_to if replied_to in channels else None
    if choice is not None and now < choice.until:
        return choice.channel if choice.channel in channels else None
    return next(iter(channels)) if len(channels) == 1 else None
