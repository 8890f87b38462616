"""When a mentor answers, and when they are away."""

from handlers.telegram.buttons import Action, Press, days_and_hours
from handlers.telegram.rendering.base import Rendered, Setting, plain, render
from mentorbot.programme import notices
from mentorbot.programme.answering import READY
from mentorbot.programme.hours import EVERY_DAY, Hours

AWAY_FOR = {1: "away.tomorrow", 3: "away.in_3_days", 7: "away.in_a_week", 14: "away.in_two_weeks"}
"""In how many days a mentor can say that they are back, without typing."""

render.register(notices.AnsweringNotUnderstood, plain("answering.not_understood"))
render.register(notices.AbsenceNotUnderstood, plain("away.not_understood"))
render.register(notices.AbsenceOver, plain("away.over"))
render.register(notices.MentorBack, plain("away.mentor_back"))


@render.register
def _(notice: notices.AnsweringShown, at: Setting) -> Rendered:
    if notice.hours is None:
        now = at.say("answering.no_hours")
    else:
        now = at.say("answering.hours", hours=in_words(notice.hours, at))
    choices = [(in_words(hours, at), hours) for hours in READY]
    return Rendered(
        text="\n\n".join((now, at.say("answering.how"))),
        keyboard=[
            [(label, Press(action=Action.SET_ANSWERING, object=days_and_hours(hours)))]
            for label, hours in (*choices, (at.say("answering.choose_none"), None))
        ],
    )


@render.register
def _(notice: notices.AnswersLater, at: Setting) -> Rendered:
    text = at.say("answering.later", moment=at.say.moment(notice.answers_at), emergency=at.emergency)
    return Rendered(text=text)


@render.register
def _(notice: notices.AbsenceShown, at: Setting) -> Rendered:
    keyboard = [[(at.say(id_), Press(action=Action.GO_AWAY, object=bytes([days])))] for days, id_ in AWAY_FOR.items()]
    if notice.until is None:
        return Rendered(text=f"{at.say('away.not_away')}\n\n{at.say('away.how')}", keyboard=keyboard)
    return Rendered(
        text=at.say("away.until", day=at.say.day(notice.until)),
        keyboard=[[(at.say("away.come_back"), Press(action=Action.COME_BACK))]],
    )


@render.register
def _(notice: notices.MentorAway, at: Setting) -> Rendered:
    say_when = at.say.day if notice.some_time_that_day else at.say.moment
    return Rendered(text=at.say("away.mentor_away", moment=say_when(notice.answers_at), emergency=at.emergency))


def in_words(hours: Hours, at: Setting) -> str:
    """Such as Mon–Fri 09:00–17:00."""
    rows = [
        at.say.weekday(first) if first == last else f"{at.say.weekday(first)}–{at.say.weekday(last)}"
        for first, last in hours.runs()
    ]
    days = at.say("answering.every_day") if hours.days == EVERY_DAY else ", ".join(rows)
    return f"{days} {at.say.clock(hours.opens)}–{at.say.clock(hours.closes or 24 * 60)}"
