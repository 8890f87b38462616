"""When a mentor answers."""

from dataclasses import dataclass
from datetime import datetime

from mentorbot.programme.hours import Hours
from mentorbot.programme.notices.base import Notice


@dataclass(frozen=True, kw_only=True)
class AnsweringShown(Notice):
    """To a mentor: the hours in which you answer, and what can be chosen."""

    hours: Hours | None


@dataclass(frozen=True, kw_only=True)
class AnsweringNotUnderstood(Notice):
    """To a mentor: these are no hours; this is how they are written."""


@dataclass(frozen=True, kw_only=True)
class AnswersLater(Notice):
    """To a participant: your mentor answers again from then on, and this is whom to call in an emergency."""

    answers_at: datetime
