"""Invites."""

from dataclasses import dataclass
from datetime import datetime

from mentorbot.programme.invite import InviteState
from mentorbot.programme.notices.base import Notice
from mentorbot.programme.people import Role


@dataclass(frozen=True, kw_only=True)
class InviteOffered(Notice):
    """Whom to invite? Each button makes one invite: the ids are drawn when the buttons are."""

    mentor: bytes
    participant: bytes


@dataclass(frozen=True, kw_only=True)
class InviteMade(Notice):
    """The link to pass on, in words that give nothing away."""

    role: Role
    token: str


@dataclass(frozen=True, kw_only=True)
class InviteCode(Notice):
    """The code, to be told by another way than the link."""

    role: Role
    code: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class InviteAlarm(Notice):
    """An invite that is over was tried again, or too many codes were guessed."""

    role: Role
    state: InviteState
    made_at: datetime
