"""Participants who wait for an answer."""

from handlers.telegram.rendering.base import Rendered, Setting, render
from mentorbot.programme import notices
from mentorbot.programme.wording import isolated


@render.register
def _(notice: notices.AnswerAwaited, at: Setting) -> Rendered:
    since = at.say.moment(notice.since)
    return Rendered(text=at.say("waiting.answer_awaited", alias=isolated(notice.alias), since=since))


@render.register
def _(notice: notices.AnswersOverdue, at: Setting) -> Rendered:
    return Rendered(text=at.say.count("waiting.overdue", notice.number))
