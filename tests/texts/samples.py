"""At least one notice of each kind, with all that changes what it says, and the widest that it holds."""

from mentorbot.programme import notices
from mentorbot.programme.change import LONGEST_NOTE
from mentorbot.programme.changing import Removal
from mentorbot.programme.content import CONTENTS, Concern, Form, Treatment
from mentorbot.programme.hours import READY, Hours
from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.invite import CODE_LENGTH, InviteState
from mentorbot.programme.notices import Choosable, Correspondent, Listed, Notice
from mentorbot.programme.people import Role
from mentorbot.programme.safety import Safety
from mentorbot.programme.wording import LONGEST_MESSAGE, NO_WORDS, Format, Words
from mentorbot.services.messaging import ROOM_FOR_LABEL
from tests.texts import MOMENT, messages

KINDS = [
    kind
    for kind in vars(notices).values()
    if isinstance(kind, type) and issubclass(kind, Notice) and kind not in (Notice, notices.Passed)
]

AINO = Pid(b"A" * 16)
MIKAEL = Pid(b"M" * 16)
FIRST, SECOND = ChannelId(b"1" * 16), ChannelId(b"2" * 16)
LAST_MESSAGE = MessageId(2**53)
WIDEST_ALIAS = "𐌰" * 32
"""As long as an alias can be, of letters that take two code units each."""
ALARMS = [id_.removeprefix("alarm.") for id_ in messages("en") if id_.startswith("alarm.")]
NEVER_TRIED_IN_VAIN = InviteState.OPEN

_AINO = Choosable(pid=AINO, version=70_000, alias=WIDEST_ALIAS)
_MENTORS = tuple(Choosable(pid=MIKAEL, version=3, alias="Lind", participants=n) for n in (0, 1, 2, 21))
_PEOPLE = (Correspondent(channel=FIRST, alias="Koivu"), Correspondent(channel=SECOND, alias=WIDEST_ALIAS))
_LISTED = (
    Listed(channel=FIRST, alias="Koivu", heard_at=MOMENT, paused=True),
    Listed(channel=SECOND, alias=WIDEST_ALIAS, heard_at=MOMENT, waits_since=MOMENT, unanswered=999, unreachable=True),
)
_PAIR = notices.Changeable(channel=FIRST, participant=WIDEST_ALIAS, mentor=WIDEST_ALIAS)
_MEANWHILE = notices.Changeable(channel=SECOND, participant=WIDEST_ALIAS, mentor=WIDEST_ALIAS, instead_of=WIDEST_ALIAS)
_FOR_ANOTHER = Listed(channel=FIRST, alias=WIDEST_ALIAS, heard_at=MOMENT, instead_of=WIDEST_ALIAS, until=MOMENT)
_ELSEWHERE = notices.WithAnother(alias=WIDEST_ALIAS, substitute=WIDEST_ALIAS, until=MOMENT)
_FULL = Words(text="😀" * ((LONGEST_MESSAGE - ROOM_FOR_LABEL) // 2), formats=(Format(kind="bold", offset=0, length=2),))
_NIGHT = Hours(opens=22 * 60, closes=6 * 60 + 5)

SAMPLES: dict[type[Notice], list[Notice]] = {
    notices.CodeAsked: [notices.CodeAsked()],
    notices.CodeWrong: [notices.CodeWrong(tries_left=n) for n in (1, 2, 4)],
    notices.LanguageAsked: [notices.LanguageAsked(pid=AINO, version=1)],
    notices.LimitsShown: [notices.LimitsShown(pid=AINO, version=2, role=role) for role in Role],
    notices.JoiningPostponed: [notices.JoiningPostponed(pid=AINO, version=2, until=MOMENT)],
    notices.Welcomed: [notices.Welcomed(role=role, alias=WIDEST_ALIAS) for role in Role],
    notices.SomebodyJoined: [
        notices.SomebodyJoined(pid=AINO, version=3, role=role, alias=WIDEST_ALIAS) for role in Role
    ],
    notices.AliasShown: [notices.AliasShown(alias=WIDEST_ALIAS, changed=changed) for changed in (False, True)],
    notices.RenamedOther: [notices.RenamedOther(old=WIDEST_ALIAS, new=WIDEST_ALIAS)],
    notices.AliasNotTaken: [notices.AliasNotTaken(alias=WIDEST_ALIAS)],
    notices.LanguageChanged: [notices.LanguageChanged()],
    notices.LanguageOffered: [notices.LanguageOffered(pid=AINO, version=65_536)],
    notices.InviteOffered: [notices.InviteOffered(mentor=b"m" * 16, participant=b"p" * 16)],
    notices.InviteMade: [notices.InviteMade(role=role, token="t" * 32) for role in (Role.PARTICIPANT, Role.MENTOR)],
    notices.InviteCode: [
        notices.InviteCode(role=role, code="W" * CODE_LENGTH, expires_at=MOMENT)
        for role in (Role.PARTICIPANT, Role.MENTOR)
    ],
    notices.InviteAlarm: [
        notices.InviteAlarm(role=role, state=state, made_at=MOMENT)
        for role in Role
        for state in InviteState
        if state is not NEVER_TRIED_IN_VAIN
    ],
    notices.PairingParticipants: [
        notices.PairingParticipants(waiting=()),
        notices.PairingParticipants(waiting=(_AINO,)),
    ],
    notices.PairingMentors: [
        notices.PairingMentors(participant=_AINO, mentors=()),
        notices.PairingMentors(participant=_AINO, mentors=_MENTORS),
    ],
    notices.Paired: [notices.Paired(participant=WIDEST_ALIAS, mentor=WIDEST_ALIAS)],
    notices.MeetYourMentor: [notices.MeetYourMentor(mentor=WIDEST_ALIAS)],
    notices.MeetYourParticipant: [
        notices.MeetYourParticipant(participant=WIDEST_ALIAS, several=several) for several in (False, True)
    ],
    notices.Relayed: [
        notices.Relayed(alias=WIDEST_ALIAS, words=_FULL, part=999, parts=999, from_message=LAST_MESSAGE),
        notices.Relayed(alias=WIDEST_ALIAS, words=_FULL, part=999, parts=999, from_message=LAST_MESSAGE, doubtful=True),
        notices.Relayed(alias=WIDEST_ALIAS, from_message=LAST_MESSAGE, withheld=True, doubtful=True),
        notices.Relayed(alias="Koivu", words=Words(text="Hei"), part=1, parts=1, from_message=LAST_MESSAGE),
    ],
    notices.AskedFirst: [
        *(notices.AskedFirst(to_message=LAST_MESSAGE, concerns=(concern,)) for concern in Concern),
        notices.AskedFirst(to_message=LAST_MESSAGE, concerns=tuple(Concern), as_photo=True),
    ],
    notices.Sent: [notices.Sent()],
    notices.NotSent: [notices.NotSent()],
    notices.Refused: [
        notices.Refused(to_message=LAST_MESSAGE, kind=content.kind)
        for content in CONTENTS.values()
        if content.treatment is Treatment.REFUSED
    ],
    notices.ReactionNotCarried: [notices.ReactionNotCarried(to_message=LAST_MESSAGE)],
    notices.NotCarried: [notices.NotCarried(to_message=message) for message in (None, LAST_MESSAGE)],
    notices.NoMentorYet: [notices.NoMentorYet()],
    notices.NoParticipantYet: [notices.NoParticipantYet()],
    notices.ForWhom: [notices.ForWhom(to_message=LAST_MESSAGE, people=_PEOPLE)],
    notices.PeopleShown: [
        notices.PeopleShown(people=(), chosen=None, until=None),
        notices.PeopleShown(people=(), chosen=None, until=None, elsewhere=(_ELSEWHERE,)),
        notices.PeopleShown(people=(_FOR_ANOTHER,) * 99, chosen=None, until=None, elsewhere=(_ELSEWHERE,) * 99),
        notices.PeopleShown(people=_LISTED, chosen=None, until=None),
        notices.PeopleShown(people=_LISTED[1:], chosen=SECOND, until=None),
        notices.PeopleShown(people=_LISTED, chosen=SECOND, until=MOMENT),
        notices.PeopleShown(people=_LISTED[1:] * notices.MOST_CHOICES, chosen=SECOND, until=MOMENT),
    ],
    notices.SentTo: [notices.SentTo(alias=WIDEST_ALIAS)],
    notices.SentToNobody: [notices.SentToNobody()],
    notices.MentorShown: [notices.MentorShown(channel=FIRST, mentor=WIDEST_ALIAS)],
    notices.MentorAskSure: [notices.MentorAskSure(channel=FIRST)],
    notices.MentorAsked: [notices.MentorAsked()],
    notices.AnotherMentorAsked: [notices.AnotherMentorAsked(pair=_PAIR)],
    notices.ChangeParticipants: [
        notices.ChangeParticipants(pairs=()),
        notices.ChangeParticipants(pairs=(_PAIR, _MEANWHILE)),
    ],
    notices.ChangeMentors: [
        notices.ChangeMentors(pair=_PAIR, mentors=()),
        notices.ChangeMentors(pair=_PAIR, mentors=_MENTORS),
    ],
    notices.ChangeHow: [notices.ChangeHow(pair=_PAIR, to=_AINO)],
    notices.ChangeWaits: [notices.ChangeWaits(pair=_PAIR, until=MOMENT)],
    notices.ChangeImpossible: [notices.ChangeImpossible(pair=_PAIR)],
    notices.Changed: [notices.Changed(participant=WIDEST_ALIAS, mentor=WIDEST_ALIAS)],
    notices.NoteAsked: [notices.NoteAsked(channel=FIRST, participant=WIDEST_ALIAS, until=MOMENT)],
    notices.NoteNotTaken: [notices.NoteNotTaken(to_message=LAST_MESSAGE)],
    notices.NoteFromMentor: [
        notices.NoteFromMentor(mentor=WIDEST_ALIAS, words=Words(text="😀" * (LONGEST_NOTE // 2))),
    ],
    notices.MentorChanged: [
        notices.MentorChanged(old=WIDEST_ALIAS, new=WIDEST_ALIAS, goes_on=goes_on) for goes_on in (False, True)
    ],
    notices.ChannelOver: [notices.ChannelOver(participant=WIDEST_ALIAS)],
    notices.SubstituteWanted: [notices.SubstituteWanted()],
    notices.SubstituteNotWanted: [notices.SubstituteNotWanted()],
    notices.SubstituteChoices: [
        notices.SubstituteChoices(mentors=()),
        notices.SubstituteChoices(mentors=_MENTORS, after=1),
        notices.SubstituteChoices(mentors=_MENTORS, before=0, after=2),
    ],
    notices.SubstituteAsked: [notices.SubstituteAsked(substitute=WIDEST_ALIAS)],
    notices.SubstituteCannot: [
        notices.SubstituteCannot(substitute=WIDEST_ALIAS, answered=answered) for answered in (False, True)
    ],
    notices.SubstituteCan: [notices.SubstituteCan(substitute=WIDEST_ALIAS)],
    notices.SubstituteTookOver: [
        notices.SubstituteTookOver(participant=WIDEST_ALIAS, substitute=WIDEST_ALIAS, until=MOMENT)
    ],
    notices.ParticipantBack: [notices.ParticipantBack(participant=WIDEST_ALIAS, substitute=WIDEST_ALIAS)],
    notices.SubstituteQuestion: [
        notices.SubstituteQuestion(ask=b"a" * 16, mentor=WIDEST_ALIAS, until=MOMENT, participants=n) for n in (1, 2, 21)
    ],
    notices.SubstituteAnswered: [notices.SubstituteAnswered(can=can) for can in (False, True)],
    notices.MeetForAnother: [notices.MeetForAnother(participant=WIDEST_ALIAS, mentor=WIDEST_ALIAS, until=MOMENT)],
    notices.SubstituteDone: [notices.SubstituteDone(participant=WIDEST_ALIAS, mentor=WIDEST_ALIAS)],
    notices.SubstituteOffered: [
        notices.SubstituteOffered(
            ask=b"a" * 16, channel=FIRST, mentor=WIDEST_ALIAS, substitute=WIDEST_ALIAS, until=MOMENT
        )
    ],
    notices.SubstituteSettled: [notices.SubstituteSettled()],
    notices.SubstituteNotTaken: [
        notices.SubstituteNotTaken(mentor=WIDEST_ALIAS, asked=asked) for asked in (False, True)
    ],
    notices.SubstituteHere: [
        notices.SubstituteHere(channel=FIRST, mentor=WIDEST_ALIAS, substitute=WIDEST_ALIAS, until=MOMENT)
    ],
    notices.SubstituteShown: [
        notices.SubstituteShown(channel=FIRST, mentor=WIDEST_ALIAS, substitute=WIDEST_ALIAS, until=MOMENT)
    ],
    notices.SubstitutionOver: [
        notices.SubstitutionOver(mentor=WIDEST_ALIAS, substitute=WIDEST_ALIAS, back=back) for back in (False, True)
    ],
    notices.Help: [notices.Help(role=role) for role in Role],
    notices.Privacy: [notices.Privacy()],
    notices.EditNotCarried: [notices.EditNotCarried(to_message=LAST_MESSAGE)],
    notices.Reworded: [
        notices.Reworded(alias=WIDEST_ALIAS, words=_FULL, part=2, parts=9, from_message=LAST_MESSAGE, form=Form.TEXT),
        notices.Reworded(words=NO_WORDS, from_message=LAST_MESSAGE, form=Form.CAPTION),
    ],
    notices.OnlyWordsChanged: [notices.OnlyWordsChanged(to_message=LAST_MESSAGE)],
    notices.RemovalTold: [notices.RemovalTold(to_message=LAST_MESSAGE, removal=removal) for removal in Removal],
    notices.ChangingExplained: [notices.ChangingExplained()],
    notices.MessageOptions: [notices.MessageOptions(to_message=LAST_MESSAGE)],
    notices.OptionsClosed: [notices.OptionsClosed()],
    notices.CannotBeShown: [notices.CannotBeShown()],
    notices.ReactionTold: [notices.ReactionTold(to_message=LAST_MESSAGE, emoji="🥰")],
    notices.AutoEraseShown: [
        *(notices.AutoEraseShown(hours=hours) for hours in (None, 1, 8, 47)),
        notices.AutoEraseShown(hours=8, there=8),
    ],
    notices.EraseThereProposed: [
        notices.EraseThereProposed(channel=FIRST, alias=WIDEST_ALIAS, hours=hours) for hours in (1, 47)
    ],
    notices.EraseThereAgreed: [
        notices.EraseThereAgreed(channel=FIRST, alias=WIDEST_ALIAS, hours=hours) for hours in (1, 47)
    ],
    notices.EraseThereDeclined: [notices.EraseThereDeclined()],
    notices.EraseThereAsked: [notices.EraseThereAsked()],
    notices.EraseThereAnswered: [
        notices.EraseThereAnswered(hours=hours, agreed=agreed) for hours in (1, 8) for agreed in (False, True)
    ],
    notices.EraseThereEnded: [notices.EraseThereEnded(alias=alias) for alias in ("", WIDEST_ALIAS)],
    notices.AutoEraseNotUnderstood: [notices.AutoEraseNotUnderstood()],
    notices.WipeAsked: [notices.WipeAsked()],
    notices.WipeDropped: [notices.WipeDropped()],
    notices.SafetyShown: [
        notices.SafetyShown(safety=Safety()),
        notices.SafetyShown(safety=Safety(discreet=True)),
        notices.SafetyShown(safety=Safety(protected=True)),
        notices.SafetyShown(safety=Safety(erase_after=47, wipe_asks=False)),
        notices.SafetyShown(safety=Safety(has_code_word=True)),
        notices.SafetyShown(safety=Safety(hours=READY[0])),
    ],
    notices.HoursShown: [
        notices.HoursShown(hours=hours) for hours in (None, *READY, _NIGHT, Hours(opens=1081, closes=0))
    ],
    notices.HoursNotUnderstood: [notices.HoursNotUnderstood()],
    notices.DeliveredLater: [
        notices.DeliveredLater(alias=WIDEST_ALIAS, same_day=same_day) for same_day in (False, True)
    ],
    notices.AnsweringShown: [
        notices.AnsweringShown(hours=hours)
        for hours in (
            None,
            Hours(opens=0, closes=1439),
            Hours(opens=1, closes=0, days=frozenset({0, 2, 4, 6})),
        )
    ],
    notices.AnsweringNotUnderstood: [notices.AnsweringNotUnderstood()],
    notices.AnswersLater: [notices.AnswersLater(answers_at=MOMENT)],
    notices.AbsenceShown: [notices.AbsenceShown(until=until) for until in (None, MOMENT)],
    notices.AbsenceNotUnderstood: [notices.AbsenceNotUnderstood()],
    notices.AbsenceOver: [notices.AbsenceOver()],
    notices.MentorAway: [notices.MentorAway(answers_at=MOMENT, some_time_that_day=vague) for vague in (False, True)],
    notices.MentorBack: [notices.MentorBack()],
    notices.AnswerAwaited: [notices.AnswerAwaited(alias=WIDEST_ALIAS, since=MOMENT)],
    notices.AnswersOverdue: [notices.AnswersOverdue(number=n) for n in (1, 2, 21)],
    notices.CodeWordShown: [notices.CodeWordShown(is_settled=is_settled) for is_settled in (False, True)],
    notices.CodeWordSettled: [notices.CodeWordSettled()],
    notices.CodeWordRefused: [notices.CodeWordRefused()],
    notices.CodeWordRemoved: [notices.CodeWordRemoved()],
    notices.CodeWordKnown: [
        notices.CodeWordKnown(alias=WIDEST_ALIAS, is_settled=is_settled) for is_settled in (False, True)
    ],
    notices.CodeWordUsed: [notices.CodeWordUsed(alias=WIDEST_ALIAS, channel=FIRST, since=MOMENT)],
    notices.HeldBack: [
        notices.HeldBack(to_message=LAST_MESSAGE, alias=WIDEST_ALIAS, channel=FIRST, since=MOMENT),
    ],
    notices.HoldLifted: [notices.HoldLifted(alias=WIDEST_ALIAS)],
    notices.TopicsShown: [
        notices.TopicsShown(on=on, possible=possible) for on in (False, True) for possible in (False, True)
    ],
    notices.TopicHere: [notices.TopicHere(alias=WIDEST_ALIAS)],
    notices.TopicsNotPossible: [notices.TopicsNotPossible()],
    notices.NotUnderstood: [notices.NotUnderstood()],
    notices.SetAside: [notices.SetAside()],
    notices.Waits: [
        notices.Waits(alias="", paused=False),
        *(notices.Waits(alias=WIDEST_ALIAS, paused=paused) for paused in (False, True)),
    ],
    notices.ReachableAgain: [notices.ReachableAgain(alias=alias) for alias in ("", WIDEST_ALIAS)],
    notices.PauseBegun: [notices.PauseBegun()],
    notices.PauseOver: [notices.PauseOver()],
    notices.LeaveAsked: [notices.LeaveAsked(version=70_000)],
    notices.Stays: [notices.Stays()],
    notices.HasLeft: [notices.HasLeft(alias=WIDEST_ALIAS, to_mentor=to_mentor) for to_mentor in (False, True)],
    notices.Alarm: [notices.Alarm(what=what) for what in ALARMS],
}
