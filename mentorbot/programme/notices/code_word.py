"""A code word, by which a participant tells their mentor that somebody else may be writing."""

from dataclasses import dataclass
from datetime import datetime

from mentorbot.programme.ids import ChannelId, MessageId
from mentorbot.programme.notices.base import Notice


@dataclass(frozen=True, kw_only=True)
class CodeWordShown(Notice):
    """To the participant: what a code word does; whether there is one."""

    is_settled: bool


@dataclass(frozen=True, kw_only=True)
class CodeWordSettled(Notice):
    """To the participant: it holds from now on."""


@dataclass(frozen=True, kw_only=True)
class CodeWordRefused(Notice):
    """To the participant: this can be none; nothing was changed."""


@dataclass(frozen=True, kw_only=True)
class CodeWordRemoved(Notice):
    """To the participant: there is none any more."""


@dataclass(frozen=True, kw_only=True)
class CodeWordKnown(Notice):
    """To the mentor: this participant has a new code word, or (not `is_settled`) has none any more."""

    alias: str
    is_settled: bool


@dataclass(frozen=True, kw_only=True)
class CodeWordUsed(Notice):
    """To the mentor: somebody else may be writing. What you write is held back since then."""

    alias: str
    channel: ChannelId
    since: datetime


@dataclass(frozen=True, kw_only=True)
class HeldBack(Notice):
    """To the mentor: this message is held back, as everything is."""

    to_message: MessageId
    alias: str
    channel: ChannelId
    since: datetime


@dataclass(frozen=True, kw_only=True)
class HoldLifted(Notice):
    """To the mentor: as you said, all goes on as usual."""

    alias: str
