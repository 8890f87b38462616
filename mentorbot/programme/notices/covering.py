"""Neutral lines, and what stands behind them."""

from dataclasses import dataclass

from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices.base import Notice


@dataclass(frozen=True, kw_only=True)
class Uncovered(Notice):
    """Says nothing itself: what stands behind this line, when this leaves, is put into its place or below it."""

    line: MessageId


@dataclass(frozen=True, kw_only=True)
class CoveredAgain(Notice):
    """Says nothing itself: of what was shown for this line, only the line is left."""

    line: MessageId


@dataclass(frozen=True, kw_only=True)
class CannotBeShown(Notice):
    """To the participant, behind a line: what stood here cannot be had any more."""


@dataclass(frozen=True, kw_only=True)
class ReactionTold(Notice):
    """To a participant, behind a line: the mentor's reaction to this message of theirs, in words."""

    to_message: MessageId
    emoji: str
