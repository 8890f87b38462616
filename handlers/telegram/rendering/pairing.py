"""Bringing people together."""

from handlers.telegram.buttons import Action, Press
from handlers.telegram.rendering.base import Rendered, Setting, render
from mentorbot.programme import notices
from mentorbot.programme.wording import isolated


@render.register
def _(notice: notices.PairingParticipants, at: Setting) -> Rendered:
    change = [(at.say("change.open"), Press(action=Action.CHANGE_LIST))]
    if not notice.waiting:
        return Rendered(text=at.say("pairing.nobody_waits"), keyboard=[change])
    keyboard = [
        [(who.alias, Press(action=Action.PAIR_PARTICIPANT, subject=who.pid, version=who.version))]
        for who in notice.waiting
    ]
    return Rendered(text=at.say("pairing.who"), keyboard=[*keyboard, change])


@render.register
def _(notice: notices.PairingMentors, at: Setting) -> Rendered:
    participant = notice.participant
    alias = isolated(participant.alias)
    if not notice.mentors:
        return Rendered(text=at.say("pairing.no_mentors", alias=alias))
    keyboard = [
        [
            (
                at.say.count("pairing.mentor", mentor.participants, alias=isolated(mentor.alias)),
                Press(
                    action=Action.PAIR_WITH,
                    subject=participant.pid,
                    object=mentor.pid,
                    version=participant.version,
                ),
            )
        ]
        for mentor in notice.mentors
    ]
    return Rendered(text=at.say("pairing.with_whom", alias=alias), keyboard=keyboard)


@render.register
def _(notice: notices.Paired, at: Setting) -> Rendered:
    values = {"participant": isolated(notice.participant), "mentor": isolated(notice.mentor)}
    return Rendered(text=at.say("pairing.paired", **values))


@render.register
def _(notice: notices.MeetYourMentor, at: Setting) -> Rendered:
    text = at.say("pairing.meet_mentor", alias=isolated(notice.mentor), emergency=at.emergency)
    return Rendered(text=text)


@render.register
def _(notice: notices.MeetYourParticipant, at: Setting) -> Rendered:
    id_ = "pairing.meet_participant_of_several" if notice.several else "pairing.meet_participant"
    return Rendered(text=at.say(id_, alias=isolated(notice.participant)))
