"""Somebody is there for a mentor who is away."""

from dataclasses import dataclass
from datetime import datetime

from mentorbot.programme.ids import ChannelId
from mentorbot.programme.notices.base import Notice
from mentorbot.programme.notices.pairing import Choosable

# --- to the mentor who goes away --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class SubstituteWanted(Notice):
    """Shall somebody be there for your participants meanwhile?"""


@dataclass(frozen=True, kw_only=True)
class SubstituteNotWanted(Notice):
    """All right, nobody."""


@dataclass(frozen=True, kw_only=True)
class SubstituteChoices(Notice):
    """Who? These, and others on the pages `before` and `after`, if there are any."""

    mentors: tuple[Choosable, ...]
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, kw_only=True)
class SubstituteAsked(Notice):
    """This mentor is asked."""

    substitute: str


@dataclass(frozen=True, kw_only=True)
class SubstituteCannot(Notice):
    """This mentor cannot, or has not answered."""

    substitute: str
    answered: bool = True


@dataclass(frozen=True, kw_only=True)
class SubstituteCan(Notice):
    """This mentor can: each of your participants is asked."""

    substitute: str


@dataclass(frozen=True, kw_only=True)
class SubstituteTookOver(Notice):
    """From here on somebody else is there for this participant, until then."""

    participant: str
    substitute: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class ParticipantBack(Notice):
    """From here on you are there for this participant again."""

    participant: str
    substitute: str


# --- to the one who is asked ------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class SubstituteQuestion(Notice):
    """Can you be there for so many participants of this mentor, until then?"""

    ask: bytes
    mentor: str
    until: datetime
    participants: int


@dataclass(frozen=True, kw_only=True)
class SubstituteAnswered(Notice):
    """You can, or you cannot."""

    can: bool


@dataclass(frozen=True, kw_only=True)
class MeetForAnother(Notice):
    """This participant is with you until then, for this mentor."""

    participant: str
    mentor: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class SubstituteDone(Notice):
    """From here on this participant is with their own mentor again."""

    participant: str
    mentor: str


# --- to the participant -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class SubstituteOffered(Notice):
    """Your mentor is away until then, and somebody else could be there. Do you want that?"""

    ask: bytes
    channel: ChannelId
    mentor: str
    substitute: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class SubstituteSettled(Notice):
    """As you said. What follows from it stands below."""


@dataclass(frozen=True, kw_only=True)
class SubstituteNotTaken(Notice):
    """Nothing changes: what you write goes to this mentor. `asked`: you said so; else it is not possible any more."""

    mentor: str
    asked: bool


@dataclass(frozen=True, kw_only=True)
class SubstituteHere(Notice):
    """From here on you write to somebody else, until then. You can end it."""

    channel: ChannelId
    mentor: str
    substitute: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class SubstituteShown(Notice):
    """Who is there for you, until when and for whom. You can end it, or ask for another mentor."""

    channel: ChannelId
    mentor: str
    substitute: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class SubstitutionOver(Notice):
    """From here on you write to your own mentor again, who is `back`, or still away."""

    mentor: str
    substitute: str
    back: bool
