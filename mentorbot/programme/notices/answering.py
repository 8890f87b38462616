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


@dataclass(frozen=True, kw_only=True)
class AbsenceShown(Notice):
    """To a mentor: until when you are away (None: you are not), and what can be chosen."""

    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class AbsenceNotUnderstood(Notice):
    """To a mentor: this is no day to come; this is how one is written."""


@dataclass(frozen=True, kw_only=True)
class AbsenceOver(Notice):
    """To a mentor: you are back, and those who were told of your absence are told so."""


@dataclass(frozen=True, kw_only=True)
class MentorAway(Notice):
    """To a participant: your mentor is away and answers again from then on, or some time that day."""

    answers_at: datetime
    some_time_that_day: bool


@dataclass(frozen=True, kw_only=True)
class MentorBack(Notice):
    """To a participant: your mentor is back, earlier than you were told."""
