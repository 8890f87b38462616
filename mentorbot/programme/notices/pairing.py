"""Bringing people together."""

from dataclasses import dataclass

from mentorbot.programme.ids import Pid
from mentorbot.programme.notices.base import Notice


@dataclass(frozen=True, kw_only=True)
class Choosable:
    """One person on a button."""

    pid: Pid
    version: int
    alias: str
    participants: int = 0


@dataclass(frozen=True, kw_only=True)
class PairingParticipants(Notice):
    """Who is to be paired?"""

    waiting: tuple[Choosable, ...]


@dataclass(frozen=True, kw_only=True)
class PairingMentors(Notice):
    """With whom?"""

    participant: Choosable
    mentors: tuple[Choosable, ...]


@dataclass(frozen=True, kw_only=True)
class Paired(Notice):
    """To the coordinator: done."""

    participant: str
    mentor: str


@dataclass(frozen=True, kw_only=True)
class MeetYourMentor(Notice):
    """To the participant: this is your mentor, just write."""

    mentor: str


@dataclass(frozen=True, kw_only=True)
class MeetYourParticipant(Notice):
    """To the mentor: this is your participant, and how to write to them."""

    participant: str
    several: bool  # the mentor has more than one participant now
