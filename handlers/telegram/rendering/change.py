"""Another mentor."""

from dataclasses import replace

from handlers.telegram.buttons import Action, Press
from handlers.telegram.rendering.base import Rendered, Setting, plain, render
from mentorbot.programme import notices
from mentorbot.programme.wording import isolated, units, without_label_marks


@render.register
def _(notice: notices.MentorShown, at: Setting) -> Rendered:
    press = Press(action=Action.ASK_MENTOR, subject=notice.channel)
    text = at.say("change.mentor", alias=isolated(notice.mentor))
    return Rendered(text=text, keyboard=[[(at.say("change.ask"), press)]])


@render.register
def _(notice: notices.MentorAskSure, at: Setting) -> Rendered:
    press = Press(action=Action.ASK_MENTOR_SURELY, subject=notice.channel)
    return Rendered(text=at.say("change.sure"), keyboard=[[(at.say("change.ask_surely"), press)]])


render.register(notices.MentorAsked, plain("change.asked"))
render.register(notices.NoteNotTaken, plain("change.note_not_taken"))


@render.register
def _(notice: notices.AnotherMentorAsked, at: Setting) -> Rendered:
    press = Press(action=Action.CHANGE_CHOOSE, subject=notice.pair.channel)
    return Rendered(
        text=at.say("change.another_asked", **_names(notice.pair, at)), keyboard=[[(at.say("change.choose"), press)]]
    )


@render.register
def _(notice: notices.ChangeParticipants, at: Setting) -> Rendered:
    if not notice.pairs:
        return Rendered(text=at.say("change.nobody_paired"))
    keyboard = [
        [
            (
                f"{isolated(pair.participant)} · {_mentor(pair, at)}",
                Press(action=Action.CHANGE_CHOOSE, subject=pair.channel),
            )
        ]
        for pair in notice.pairs
    ]
    return Rendered(text=at.say("change.whose"), keyboard=keyboard)


@render.register
def _(notice: notices.ChangeMentors, at: Setting) -> Rendered:
    if not notice.mentors:
        return Rendered(text=at.say("change.no_other", **_names(notice.pair, at)))
    keyboard = [
        [
            (
                at.say.count("pairing.mentor", mentor.participants, alias=isolated(mentor.alias)),
                Press(action=Action.CHANGE_TO, subject=notice.pair.channel, object=mentor.pid),
            )
        ]
        for mentor in notice.mentors
    ]
    return Rendered(text=at.say("change.to_whom", **_names(notice.pair, at)), keyboard=keyboard)


@render.register
def _(notice: notices.ChangeHow, at: Setting) -> Rendered:
    channel, new = notice.pair.channel, notice.to.pid
    return Rendered(
        text=at.say("change.how", **_names(notice.pair, at), new=isolated(notice.to.alias)),
        keyboard=[
            [(at.say("change.now"), Press(action=Action.CHANGE_NOW, subject=channel, object=new))],
            [(at.say("change.note_first"), Press(action=Action.CHANGE_NOTE, subject=channel, object=new))],
        ],
    )


@render.register
def _(notice: notices.ChangeWaits, at: Setting) -> Rendered:
    return Rendered(text=at.say("change.waits", **_names(notice.pair, at), until=at.say.moment(notice.until)))


@render.register
def _(notice: notices.ChangeImpossible, at: Setting) -> Rendered:
    return Rendered(text=at.say("change.impossible", **_names(notice.pair, at)))


@render.register
def _(notice: notices.Changed, at: Setting) -> Rendered:
    names = {"participant": isolated(notice.participant), "mentor": isolated(notice.mentor)}
    return Rendered(text=at.say("change.done", **names))


@render.register
def _(notice: notices.NoteAsked, at: Setting) -> Rendered:
    press = Press(action=Action.NO_NOTE, subject=notice.channel)
    text = at.say("change.note_asked", alias=isolated(notice.participant), until=at.say.moment(notice.until))
    return Rendered(text=text, keyboard=[[(at.say("change.no_note"), press)]])


@render.register
def _(notice: notices.NoteFromMentor, at: Setting) -> Rendered:
    head = at.say("change.note", alias=isolated(notice.mentor)) + "\n\n"
    behind = units(head)
    formats = tuple(replace(form, offset=form.offset + behind) for form in notice.words.formats)
    return Rendered(text=head + without_label_marks(notice.words.text), formats=formats)


@render.register
def _(notice: notices.MentorChanged, at: Setting) -> Rendered:
    id_ = "change.changed" if notice.goes_on else "change.changed_meanwhile"
    return Rendered(text=at.say(id_, old=isolated(notice.old), new=isolated(notice.new)))


@render.register
def _(notice: notices.ChannelOver, at: Setting) -> Rendered:
    return Rendered(text=at.say("change.over", alias=isolated(notice.participant)))


def _names(pair: notices.Changeable, at: Setting) -> dict[str, str]:
    return {"participant": isolated(pair.participant), "mentor": _mentor(pair, at)}


def _mentor(pair: notices.Changeable, at: Setting) -> str:
    """Who is there, and if that is only for a while, for whom."""
    if not pair.instead_of:
        return isolated(pair.mentor)
    return at.say("change.meanwhile", substitute=isolated(pair.mentor), mentor=isolated(pair.instead_of))
