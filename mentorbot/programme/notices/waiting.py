"""Participants who wait for an answer."""

from dataclasses import dataclass
from datetime import datetime

from mentorbot.programme.notices.base import Notice


@dataclass(frozen=True, kw_only=True)
class AnswerAwaited(Notice):
    """To a mentor: this participant waits for an answer since then."""

    alias: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class AnswersOverdue(Notice):
    """To coordinators: so many participants wait for an answer, although their mentors were reminded."""

    number: int
