"""The channel."""

from dataclasses import dataclass
from datetime import datetime

from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.notices.base import Notice
from mentorbot.programme.wording import Words


@dataclass(frozen=True, kw_only=True)
class Relayed(Notice):
    """A person's words under a label, one part of a message. `part` counts from 1."""

    alias: str
    words: Words
    part: int
    parts: int
    from_message: MessageId


@dataclass(frozen=True, kw_only=True)
class Carried(Notice):
    """A message that Telegram copies from the sender's chat: nothing of it is kept here."""

    sender: Pid
    from_message: MessageId


@dataclass(frozen=True, kw_only=True)
class NotCarried(Notice):
    """To the sender: this message did not arrive, and never will."""

    to_message: MessageId | None


@dataclass(frozen=True, kw_only=True)
class NoMentorYet(Notice):
    """To a participant: nobody is there to read it yet."""


@dataclass(frozen=True, kw_only=True)
class NoParticipantYet(Notice):
    """To a mentor: there is nobody to write to yet."""


@dataclass(frozen=True, kw_only=True)
class Correspondent:
    """One participant of a mentor, on a button."""

    channel: ChannelId
    alias: str


@dataclass(frozen=True, kw_only=True)
class ForWhom(Notice):
    """To a mentor: whom is this message for? It has gone to nobody yet."""

    to_message: MessageId
    people: tuple[Correspondent, ...]


@dataclass(frozen=True, kw_only=True)
class PeopleShown(Notice):
    """A mentor's participants; `chosen` is the one whom the next messages go to, until then."""

    people: tuple[Correspondent, ...]
    chosen: ChannelId | None
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class SentTo(Notice):
    """To a mentor: your message went to this participant."""

    alias: str


@dataclass(frozen=True, kw_only=True)
class SentToNobody(Notice):
    """To a mentor: your message went to nobody."""
