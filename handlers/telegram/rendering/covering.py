"""Neutral lines, and what stands behind them while it is shown."""

from dataclasses import replace
from datetime import datetime

from handlers.telegram.buttons import Action, Press
from handlers.telegram.rendering.base import Rendered, Setting, plain, render
from mentorbot.programme import notices
from mentorbot.programme.notices import Notice

render.register(notices.CannotBeShown, plain("covering.cannot_be_shown"))


@render.register
def _(notice: notices.ReactionTold, at: Setting) -> Rendered:
    return Rendered(text=at.say("covering.reacted", emoji=notice.emoji))


def line(at: Setting) -> Rendered:
    """What stands for anything at all."""
    return Rendered(
        text=at.say("covering.line"),
        keyboard=[[(at.say("covering.show"), Press(action=Action.SHOW_COVERED))]],
    )


def shown(notice: Notice | None, at: Setting, *, until: datetime) -> Rendered:
    """What stands in the place of a line while its contents are shown there, or (without a notice) below it."""
    content = Rendered(text=at.say("covering.line")) if notice is None else render(notice, at)
    close = (at.say("covering.close"), Press(action=Action.COVER_AGAIN))
    text = "\n\n".join((content.text, at.say("covering.until", until=at.say.moment(until))))
    return replace(content, text=text, keyboard=[*content.keyboard, [close]])
