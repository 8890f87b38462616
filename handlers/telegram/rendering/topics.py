"""A topic for each participant in a mentor's chat."""

from handlers.telegram.buttons import Action, Press
from handlers.telegram.rendering.base import Rendered, Setting, plain, render
from mentorbot.programme import notices
from mentorbot.programme.wording import isolated

render.register(notices.TopicsNotPossible, plain("topics.not_possible"))


@render.register
def _(notice: notices.TopicsShown, at: Setting) -> Rendered:
    if not notice.possible:
        return Rendered(text=at.say("topics.none_here"))
    now, other = ("on", "off") if notice.on else ("off", "on")
    press = Press(action=Action.SET_TOPICS, object=b"" if notice.on else b"\1")
    return Rendered(text=at.say(f"topics.are_{now}"), keyboard=[[(at.say(f"topics.turn_{other}"), press)]])


@render.register
def _(notice: notices.TopicHere, at: Setting) -> Rendered:
    return Rendered(text=at.say("topics.here", alias=isolated(notice.alias)))
