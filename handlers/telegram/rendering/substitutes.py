"""Somebody is there for a mentor who is away."""

from handlers.telegram.buttons import Action, Press
from handlers.telegram.rendering.base import Button, Rendered, Setting, plain, render
from mentorbot.programme import notices
from mentorbot.programme.ids import ChannelId
from mentorbot.programme.wording import isolated

render.register(notices.SubstituteNotWanted, plain("substitute.nobody_asked"))
render.register(notices.SubstituteSettled, plain("substitute.settled"))


@render.register
def _(notice: notices.SubstituteWanted, at: Setting) -> Rendered:
    nobody = (at.say("substitute.nobody"), Press(action=Action.NO_SUBSTITUTE))
    return Rendered(text=at.say("substitute.wanted"), keyboard=[[_page(at.say("substitute.name"), 0)], [nobody]])


@render.register
def _(notice: notices.SubstituteChoices, at: Setting) -> Rendered:
    if not notice.mentors:
        return Rendered(text=at.say("substitute.no_other"))
    keyboard: list[list[Button]] = [
        [(mentor.alias, Press(action=Action.ASK_SUBSTITUTE, subject=mentor.pid))] for mentor in notice.mentors
    ]
    keyboard += [
        [_page(label, page)] for label, page in (("◀", notice.before), ("▶", notice.after)) if page is not None
    ]
    return Rendered(text=at.say("substitute.whom"), keyboard=keyboard)


def _page(label: str, page: int) -> Button:
    return label, Press(action=Action.CHOOSE_SUBSTITUTE, object=page.to_bytes(16))


@render.register
def _(notice: notices.SubstituteAsked, at: Setting) -> Rendered:
    return Rendered(text=at.say("substitute.asked", alias=isolated(notice.substitute)))


@render.register
def _(notice: notices.SubstituteCannot, at: Setting) -> Rendered:
    id_ = "substitute.cannot" if notice.answered else "substitute.no_answer"
    text = at.say(id_, alias=isolated(notice.substitute))
    return Rendered(text=text, keyboard=[[_page(at.say("substitute.name_another"), 0)]])


@render.register
def _(notice: notices.SubstituteCan, at: Setting) -> Rendered:
    return Rendered(text=at.say("substitute.can", alias=isolated(notice.substitute)))


@render.register
def _(notice: notices.SubstituteTookOver, at: Setting) -> Rendered:
    names = {"alias": isolated(notice.participant), "substitute": isolated(notice.substitute)}
    return Rendered(text=at.say("substitute.took_over", **names, day=at.say.day(notice.until)))


@render.register
def _(notice: notices.ParticipantBack, at: Setting) -> Rendered:
    names = {"alias": isolated(notice.participant), "substitute": isolated(notice.substitute)}
    return Rendered(text=at.say("substitute.yours_again", **names))


@render.register
def _(notice: notices.SubstituteQuestion, at: Setting) -> Rendered:
    values = {"alias": isolated(notice.mentor), "day": at.say.day(notice.until)}
    return Rendered(
        text=at.say.count("substitute.question", notice.participants, **values),
        keyboard=[
            [(at.say(id_), Press(action=Action.ANSWER_FOR_ANOTHER, subject=notice.ask, object=object_))]
            for id_, object_ in (("substitute.i_can", b"\1"), ("substitute.i_cannot", b""))
        ],
    )


@render.register
def _(notice: notices.SubstituteAnswered, at: Setting) -> Rendered:
    id_ = "substitute.you_can" if notice.can else "substitute.you_cannot"
    return Rendered(text=at.say(id_))


@render.register
def _(notice: notices.MeetForAnother, at: Setting) -> Rendered:
    names = {"alias": isolated(notice.participant), "mentor": isolated(notice.mentor)}
    return Rendered(text=at.say("substitute.meet", **names, day=at.say.day(notice.until)))


@render.register
def _(notice: notices.SubstituteDone, at: Setting) -> Rendered:
    names = {"alias": isolated(notice.participant), "mentor": isolated(notice.mentor)}
    return Rendered(text=at.say("substitute.done", **names))


@render.register
def _(notice: notices.SubstituteOffered, at: Setting) -> Rendered:
    yes = Press(action=Action.TAKE_SUBSTITUTE, subject=notice.ask, object=notice.channel)
    no = Press(action=Action.DECLINE_SUBSTITUTE)
    return Rendered(
        text=at.say("substitute.offered", **_both(notice), day=at.say.day(notice.until)),
        keyboard=[[(at.say("substitute.yes"), yes)], [(at.say("substitute.no"), no)]],
    )


@render.register
def _(notice: notices.SubstituteNotTaken, at: Setting) -> Rendered:
    id_ = "substitute.declined" if notice.asked else "substitute.impossible"
    return Rendered(text=at.say(id_, alias=isolated(notice.mentor)))


@render.register
def _(notice: notices.SubstituteHere, at: Setting) -> Rendered:
    text = at.say("substitute.here", **_both(notice), day=at.say.day(notice.until))
    return Rendered(text=text, keyboard=[[_ending(notice.channel, at)]])


@render.register
def _(notice: notices.SubstituteShown, at: Setting) -> Rendered:
    ask = (at.say("change.ask"), Press(action=Action.ASK_MENTOR, subject=notice.channel))
    text = at.say("substitute.shown", **_both(notice), day=at.say.day(notice.until))
    return Rendered(text=text, keyboard=[[_ending(notice.channel, at)], [ask]])


@render.register
def _(notice: notices.SubstitutionOver, at: Setting) -> Rendered:
    id_ = "substitute.back" if notice.back else "substitute.over"
    return Rendered(text=at.say(id_, **_both(notice)))


def _ending(channel: ChannelId, at: Setting) -> Button:
    return at.say("substitute.end"), Press(action=Action.END_SUBSTITUTION, subject=channel)


def _both(
    notice: notices.SubstituteOffered | notices.SubstituteHere | notices.SubstituteShown | notices.SubstitutionOver,
) -> dict[str, str]:
    return {"mentor": isolated(notice.mentor), "substitute": isolated(notice.substitute)}
