"""What a participant settles about their own safety."""

from dataclasses import dataclass

from mentorbot.programme.hours import Hours
from mentorbot.programme.notices.base import Notice
from mentorbot.programme.safety import Safety


@dataclass(frozen=True, kw_only=True)
class SafetyShown(Notice):
    """What is settled, and what can be settled."""

    safety: Safety


@dataclass(frozen=True, kw_only=True)
class HoursShown(Notice):
    """When what others start reaches them (None: at any time), and what can be chosen instead."""

    hours: Hours | None


@dataclass(frozen=True, kw_only=True)
class HoursNotUnderstood(Notice):
    """What was typed is no hours; nothing was changed."""


@dataclass(frozen=True, kw_only=True)
class DeliveredLater(Notice):
    """To a mentor: what you write to this participant reaches them later, on the same day or on another."""

    alias: str
    same_day: bool
