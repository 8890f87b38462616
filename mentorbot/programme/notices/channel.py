"""The channel."""

from dataclasses import dataclass
from datetime import datetime

from mentorbot.programme.content import Concern, Form, Kind
from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.notices.base import Notice
from mentorbot.programme.wording import NO_WORDS, Words


@dataclass(frozen=True, kw_only=True)
class Passed(Notice):
    """Something that a person wrote, for the other end of the channel.

    `alias` is the label above it, empty for none (a mentor's words need none). `answers` is the message in the writer's
    own chat that it replies to, and `quote` the part of it; what that is on the other side is looked up when this
    leaves. `carried_by` is how many notices carry the message in all. `withheld`: there were words that nobody is to
    see. `doubtful`: perhaps somebody else wrote this.
    """

    from_message: MessageId
    carried_by: int = 1
    alias: str = ""
    words: Words = NO_WORDS
    answers: MessageId | None = None
    quote: str = ""
    withheld: bool = False
    doubtful: bool = False


@dataclass(frozen=True, kw_only=True)
class Relayed(Passed):
    """A person's words, one part of a message. `part` counts from 1."""

    part: int = 1
    parts: int = 1


@dataclass(frozen=True, kw_only=True)
class Carried(Passed):
    """What Telegram copies from the sender's chat: nothing of it is kept here but its caption, `words`."""

    sender: Pid
    form: Form


@dataclass(frozen=True, kw_only=True)
class AskedFirst(Notice):
    """To the writer: this message shows more than you may want. Shall it go?"""

    to_message: MessageId
    concerns: tuple[Concern, ...]
    as_photo: bool = False  # it is a picture, and could go as an ordinary photo


@dataclass(frozen=True, kw_only=True)
class NotSent(Notice):
    """To the writer: as you said, it went to nobody."""


@dataclass(frozen=True, kw_only=True)
class Sent(Notice):
    """To a participant: as you said, it is on its way."""


@dataclass(frozen=True, kw_only=True)
class Refused(Notice):
    """To the writer: this kind of content cannot be carried."""

    to_message: MessageId
    kind: Kind


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
class Listed(Correspondent):
    """One participant of a mentor, with how things stand: when they last wrote, as far as it is known, since when they
    wait for an answer and to how many messages, whether they take a break or cannot be reached. `instead_of`: whose
    participant they are until then, where the mentor is there for another."""

    heard_at: datetime | None = None
    waits_since: datetime | None = None
    unanswered: int = 0
    paused: bool = False
    unreachable: bool = False
    instead_of: str = ""
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class WithAnother:
    """One participant of a mentor who is away, for whom somebody else is there until then."""

    alias: str
    substitute: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class ForWhom(Notice):
    """To a mentor: whom is this message for? It has gone to nobody yet."""

    to_message: MessageId
    people: tuple[Correspondent, ...]


@dataclass(frozen=True, kw_only=True)
class PeopleShown(Notice):
    """A mentor's participants, those who wait longest first; `chosen` is the one whom the next messages go to, until
    then. `elsewhere` are those for whom somebody else is there."""

    people: tuple[Listed, ...]
    chosen: ChannelId | None
    until: datetime | None
    elsewhere: tuple[WithAnother, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SentTo(Notice):
    """To a mentor: your message went to this participant."""

    alias: str


@dataclass(frozen=True, kw_only=True)
class SentToNobody(Notice):
    """To a mentor: your message went to nobody."""
