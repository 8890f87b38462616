"""Emptying a participant's own chat."""

from handlers.telegram.buttons import Action, Press
from handlers.telegram.rendering.base import Rendered, Setting, plain, render
from mentorbot.programme import notices

render.register(notices.WipeDropped, plain("wiping.dropped"))


@render.register
def _(notice: notices.WipeAsked, at: Setting) -> Rendered:
    return Rendered(
        text=at.say("wiping.asked"),
        keyboard=[
            [(at.say("wiping.wipe"), Press(action=Action.WIPE))],
            [(at.say("wiping.drop"), Press(action=Action.DROP_WIPE))],
        ],
    )
