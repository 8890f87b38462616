"""Everything that the bot says to somebody, as data; one file a topic.

Services put these into the outbox; the edge renders them, at delivery, in the recipient's language. A field holds what
the sentence needs and nothing else.
"""

from mentorbot.programme.notices.absence import (
    HasLeft as HasLeft,
    LeaveAsked as LeaveAsked,
    PauseBegun as PauseBegun,
    PauseOver as PauseOver,
    ReachableAgain as ReachableAgain,
    Stays as Stays,
    Waits as Waits,
)
from mentorbot.programme.notices.albums import (
    Album as Album,
    Piece as Piece,
)
from mentorbot.programme.notices.answering import (
    AbsenceNotUnderstood as AbsenceNotUnderstood,
    AbsenceOver as AbsenceOver,
    AbsenceShown as AbsenceShown,
    AnsweringNotUnderstood as AnsweringNotUnderstood,
    AnsweringShown as AnsweringShown,
    AnswersLater as AnswersLater,
    MentorAway as MentorAway,
    MentorBack as MentorBack,
)
from mentorbot.programme.notices.auto_erase import (
    AutoEraseNotUnderstood as AutoEraseNotUnderstood,
    AutoEraseShown as AutoEraseShown,
    Erased as Erased,
    ErasedThere as ErasedThere,
    EraseThereAgreed as EraseThereAgreed,
    EraseThereAnswered as EraseThereAnswered,
    EraseThereAsked as EraseThereAsked,
    EraseThereDeclined as EraseThereDeclined,
    EraseThereEnded as EraseThereEnded,
    EraseThereProposed as EraseThereProposed,
)
from mentorbot.programme.notices.base import (
    MOST_CHOICES as MOST_CHOICES,
    Notice as Notice,
)
from mentorbot.programme.notices.change import (
    AnotherMentorAsked as AnotherMentorAsked,
    Changeable as Changeable,
    Changed as Changed,
    ChangeHow as ChangeHow,
    ChangeImpossible as ChangeImpossible,
    ChangeMentors as ChangeMentors,
    ChangeParticipants as ChangeParticipants,
    ChangeWaits as ChangeWaits,
    ChannelOver as ChannelOver,
    MentorAsked as MentorAsked,
    MentorAskSure as MentorAskSure,
    MentorChanged as MentorChanged,
    MentorShown as MentorShown,
    NoteAsked as NoteAsked,
    NoteFromMentor as NoteFromMentor,
    NoteNotTaken as NoteNotTaken,
)
from mentorbot.programme.notices.changing import (
    ChangingExplained as ChangingExplained,
    CopiesRemoved as CopiesRemoved,
    MessageOptions as MessageOptions,
    OnlyWordsChanged as OnlyWordsChanged,
    OptionsClosed as OptionsClosed,
    RemovalTold as RemovalTold,
    Removed as Removed,
    Reworded as Reworded,
)
from mentorbot.programme.notices.channel import (
    AskedFirst as AskedFirst,
    Carried as Carried,
    Correspondent as Correspondent,
    ForWhom as ForWhom,
    Listed as Listed,
    NoMentorYet as NoMentorYet,
    NoParticipantYet as NoParticipantYet,
    NotCarried as NotCarried,
    NotSent as NotSent,
    Passed as Passed,
    PeopleShown as PeopleShown,
    Refused as Refused,
    Relayed as Relayed,
    Sent as Sent,
    SentTo as SentTo,
    SentToNobody as SentToNobody,
    WithAnother as WithAnother,
)
from mentorbot.programme.notices.code_word import (
    CodeWordKnown as CodeWordKnown,
    CodeWordRefused as CodeWordRefused,
    CodeWordRemoved as CodeWordRemoved,
    CodeWordSettled as CodeWordSettled,
    CodeWordShown as CodeWordShown,
    CodeWordUsed as CodeWordUsed,
    HeldBack as HeldBack,
    HoldLifted as HoldLifted,
)
from mentorbot.programme.notices.covering import (
    CannotBeShown as CannotBeShown,
    CoveredAgain as CoveredAgain,
    ReactionTold as ReactionTold,
    Uncovered as Uncovered,
)
from mentorbot.programme.notices.general import (
    Alarm as Alarm,
    EditNotCarried as EditNotCarried,
    Help as Help,
    NotUnderstood as NotUnderstood,
    Privacy as Privacy,
    SetAside as SetAside,
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
from mentorbot.programme.notices.pictures import Redrawn as Redrawn
from mentorbot.programme.notices.reactions import (
    ArrivalMarked as ArrivalMarked,
    Reacted as Reacted,
    ReactionNotCarried as ReactionNotCarried,
)
from mentorbot.programme.notices.safety import (
    DeliveredLater as DeliveredLater,
    HoursNotUnderstood as HoursNotUnderstood,
    HoursShown as HoursShown,
    SafetyShown as SafetyShown,
)
from mentorbot.programme.notices.substitutes import (
    MeetForAnother as MeetForAnother,
    ParticipantBack as ParticipantBack,
    SubstituteAnswered as SubstituteAnswered,
    SubstituteAsked as SubstituteAsked,
    SubstituteCan as SubstituteCan,
    SubstituteCannot as SubstituteCannot,
    SubstituteChoices as SubstituteChoices,
    SubstituteDone as SubstituteDone,
    SubstituteHere as SubstituteHere,
    SubstituteNotTaken as SubstituteNotTaken,
    SubstituteNotWanted as SubstituteNotWanted,
    SubstituteOffered as SubstituteOffered,
    SubstituteQuestion as SubstituteQuestion,
    SubstituteSettled as SubstituteSettled,
    SubstituteShown as SubstituteShown,
    SubstituteTookOver as SubstituteTookOver,
    SubstituteWanted as SubstituteWanted,
    SubstitutionOver as SubstitutionOver,
)
from mentorbot.programme.notices.topics import (
    TopicHere as TopicHere,
    TopicRemoved as TopicRemoved,
    TopicsNotPossible as TopicsNotPossible,
    TopicsShown as TopicsShown,
)
from mentorbot.programme.notices.waiting import (
    AnswerAwaited as AnswerAwaited,
    AnswersOverdue as AnswersOverdue,
)
from mentorbot.programme.notices.wiping import (
    WipeAsked as WipeAsked,
    Wiped as Wiped,
    WipeDropped as WipeDropped,
)
