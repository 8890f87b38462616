"""Another mentor."""

from dataclasses import dataclass
from datetime import datetime

from mentorbot.programme.ids import ChannelId, MessageId
from mentorbot.programme.notices.base import Notice
from mentorbot.programme.notices.pairing import Choosable
from mentorbot.programme.wording import Words


@dataclass(frozen=True, kw_only=True)
class Changeable:
    """One pair, on a button; `instead_of` is the mentor who is away, where `mentor` is there only meanwhile."""

    channel: ChannelId
    participant: str
    mentor: str
    instead_of: str = ""


@dataclass(frozen=True, kw_only=True)
class MentorShown(Notice):
    """To the participant: this is your mentor; you can ask for another one."""

    channel: ChannelId
    mentor: str


@dataclass(frozen=True, kw_only=True)
class MentorAskSure(Notice):
    """To the participant: shall I ask the coordinators?"""

    channel: ChannelId


@dataclass(frozen=True, kw_only=True)
class MentorAsked(Notice):
    """To the participant: the coordinators know."""


@dataclass(frozen=True, kw_only=True)
class AnotherMentorAsked(Notice):
    """To coordinators: this participant asks for another mentor."""

    pair: Changeable


@dataclass(frozen=True, kw_only=True)
class ChangeParticipants(Notice):
    """To a coordinator: whose mentor is to change?"""

    pairs: tuple[Changeable, ...]


@dataclass(frozen=True, kw_only=True)
class ChangeMentors(Notice):
    """To a coordinator: to whom?"""

    pair: Changeable
    mentors: tuple[Choosable, ...]


@dataclass(frozen=True, kw_only=True)
class ChangeHow(Notice):
    """To a coordinator: now, or after a note from the old mentor?"""

    pair: Changeable
    to: Choosable


@dataclass(frozen=True, kw_only=True)
class ChangeWaits(Notice):
    """To a coordinator: the old mentor is asked for a note."""

    pair: Changeable
    until: datetime


@dataclass(frozen=True, kw_only=True)
class ChangeImpossible(Notice):
    """To a coordinator: the new mentor is not there any more, so nothing changed."""

    pair: Changeable


@dataclass(frozen=True, kw_only=True)
class Changed(Notice):
    """To a coordinator: done."""

    participant: str
    mentor: str


@dataclass(frozen=True, kw_only=True)
class NoteAsked(Notice):
    """To the old mentor: somebody else takes over; will you write a note?"""

    channel: ChannelId
    participant: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class NoteNotTaken(Notice):
    """To the old mentor: this cannot be a note."""

    to_message: MessageId


@dataclass(frozen=True, kw_only=True)
class NoteFromMentor(Notice):
    """To the participant: what the old mentor leaves them with."""

    mentor: str
    words: Words


@dataclass(frozen=True, kw_only=True)
class MentorChanged(Notice):
    """To the participant: from here on you write to somebody else. `goes_on`: what the old one had not received goes to
    the new one; else it goes to nobody, as the old one was there only for a while."""

    old: str
    new: str
    goes_on: bool = True


@dataclass(frozen=True, kw_only=True)
class ChannelOver(Notice):
    """To the old mentor: from here on nothing goes between you two."""

    participant: str
