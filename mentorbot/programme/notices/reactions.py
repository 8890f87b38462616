"""Reactions."""

from dataclasses import dataclass

from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices.base import Notice


@dataclass(frozen=True, kw_only=True)
class Reacted(Notice):
    """The other one's reaction, to be set on what `to_counterpart_of`, a message in *their* chat, is in this chat.

    Nothing is said: `emoji` is set in the place of the one before, None takes it away.
    """

    to_counterpart_of: MessageId
    emoji: str | None


@dataclass(frozen=True, kw_only=True)
class ArrivalMarked(Notice):
    """To a participant: the sign that `to_message`, which they wrote, has reached the mentor. Nothing is said.

    It comes from the bot and not from the mentor: a code word does not hold it back, or its absence would tell.
    """

    to_message: MessageId


@dataclass(frozen=True, kw_only=True)
class ReactionNotCarried(Notice):
    """To the one who reacted: only ordinary emoji reach the other side."""

    to_message: MessageId
