"""Everything that the bot says to somebody, as data.

Services put these into the outbox; the edge renders them, at delivery, in the recipient's language. A field holds what
the sentence needs and nothing else.
"""

from dataclasses import dataclass
from datetime import datetime

from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.invite import InviteState
from mentorbot.programme.people import Role
from mentorbot.programme.wording import Words

MOST_CHOICES = 90
"""People at most to choose from in one message: Telegram takes 100 buttons."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something to say. `replaces` is the bot's own message that this one takes the place of, if any."""

    replaces: MessageId | None = None


# --- joining ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class CodeAsked(Notice):
    """Somebody opened an invite's link: tell the code, please."""


@dataclass(frozen=True, kw_only=True)
class CodeWrong(Notice):
    """That was not the code; so many tries are left."""

    tries_left: int


@dataclass(frozen=True, kw_only=True)
class LanguageAsked(Notice):
    """Which language? Buttons follow."""

    pid: Pid
    version: int


@dataclass(frozen=True, kw_only=True)
class LimitsShown(Notice):
    """The honest limits, before the person accepts."""

    pid: Pid
    version: int
    role: Role


@dataclass(frozen=True, kw_only=True)
class JoiningPostponed(Notice):
    """Not now: nothing happens, and the button stays good until then."""

    pid: Pid
    version: int
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Welcomed(Notice):
    """Joined; this is your alias."""

    role: Role
    alias: str


@dataclass(frozen=True, kw_only=True)
class SomebodyJoined(Notice):
    """To coordinators: somebody joined under this alias."""

    pid: Pid
    version: int
    role: Role
    alias: str


@dataclass(frozen=True, kw_only=True)
class AliasShown(Notice):
    """Your alias, and how to change it."""

    alias: str
    changed: bool


@dataclass(frozen=True, kw_only=True)
class RenamedOther(Notice):
    """To the other end of a channel: the same person goes by another alias now."""

    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class AliasNotTaken(Notice):
    """That alias cannot be used, or somebody has it."""

    alias: str


@dataclass(frozen=True, kw_only=True)
class LanguageChanged(Notice):
    """From now on in this language."""


@dataclass(frozen=True, kw_only=True)
class LanguageOffered(Notice):
    """An active person asks for another language."""

    pid: Pid
    version: int


# --- invites ----------------------------------------------------------------------------------------------------------


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


# --- pairing ----------------------------------------------------------------------------------------------------------


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


# --- channel ----------------------------------------------------------------------------------------------------------


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


# --- anything else ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Help(Notice):
    """What this person can do here."""

    role: Role


@dataclass(frozen=True, kw_only=True)
class Privacy(Notice):
    """The honest limits, at any time."""


@dataclass(frozen=True, kw_only=True)
class TextOnly(Notice):
    """What was sent is not carried yet: only text is."""


@dataclass(frozen=True, kw_only=True)
class NamesAnAccount(Notice):
    """What was sent mentions somebody's Telegram account and was not passed on."""


@dataclass(frozen=True, kw_only=True)
class EditNotCarried(Notice):
    """A message was changed after it was carried; the other side has the old wording."""

    to_message: MessageId


@dataclass(frozen=True, kw_only=True)
class NotUnderstood(Notice):
    """This cannot be done here: an unknown command, or one that is for another role."""


@dataclass(frozen=True, kw_only=True)
class SetAside(Notice):
    """Something of this person's could not be handled and was set aside; nobody received it."""


@dataclass(frozen=True, kw_only=True)
class Alarm(Notice):
    """To coordinators: something about the bot itself needs a look."""

    what: str
