"""Everything that the bot says to somebody, as data; one file a topic.

Services put these into the outbox; the edge renders them, at delivery, in the recipient's language. A field holds what
the sentence needs and nothing else.
"""

from mentorbot.programme.notices.base import (
    MOST_CHOICES as MOST_CHOICES,
    Notice as Notice,
)
from mentorbot.programme.notices.channel import (
    Carried as Carried,
    Correspondent as Correspondent,
    ForWhom as ForWhom,
    NoMentorYet as NoMentorYet,
    NoParticipantYet as NoParticipantYet,
    NotCarried as NotCarried,
    PeopleShown as PeopleShown,
    Relayed as Relayed,
    SentTo as SentTo,
    SentToNobody as SentToNobody,
)
from mentorbot.programme.notices.general import (
    Alarm as Alarm,
    EditNotCarried as EditNotCarried,
    Help as Help,
    NamesAnAccount as NamesAnAccount,
    NotUnderstood as NotUnderstood,
    Privacy as Privacy,
    SetAside as SetAside,
    TextOnly as TextOnly,
)
from mentorbot.programme.notices.invites import (
    InviteAlarm as InviteAlarm,
    InviteCode as InviteCode,
    InviteMade as InviteMade,
    InviteOffered as InviteOffered,
)
from mentorbot.programme.notices.joining import (
    AliasNotTaken as AliasNotTaken,
    AliasShown as AliasShown,
    CodeAsked as CodeAsked,
    CodeWrong as CodeWrong,
    JoiningPostponed as JoiningPostponed,
    LanguageAsked as LanguageAsked,
    LanguageChanged as LanguageChanged,
    LanguageOffered as LanguageOffered,
    LimitsShown as LimitsShown,
    RenamedOther as RenamedOther,
    SomebodyJoined as SomebodyJoined,
    Welcomed as Welcomed,
)
from mentorbot.programme.notices.pairing import (
    Choosable as Choosable,
    MeetYourMentor as MeetYourMentor,
    MeetYourParticipant as MeetYourParticipant,
    Paired as Paired,
    PairingMentors as PairingMentors,
    PairingParticipants as PairingParticipants,
)
