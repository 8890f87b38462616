"""Changing and removing what was sent."""

from handlers.telegram.buttons import Action, Press
from handlers.telegram.rendering.base import Rendered, Setting, plain, render
from handlers.telegram.rendering.channel import passed
from mentorbot.programme import notices

for _kind, _id in (
    (notices.OnlyWordsChanged, "changing.only_words"),
    (notices.ChangingExplained, "changing.explained"),
    (notices.OptionsClosed, "changing.options_closed"),
):
    render.register(_kind, plain(_id))


@render.register
def _(notice: notices.Reworded, at: Setting) -> Rendered:
    """As a correction: where the message itself can be edited, its words stand there as `passed` has them."""
    return passed(notice, at, at.say("changing.corrected"))


@render.register
def _(notice: notices.RemovalTold, at: Setting) -> Rendered:
    return Rendered(text=at.say(f"changing.removal_{notice.removal}"))


@render.register
def _(notice: notices.MessageOptions, at: Setting) -> Rendered:
    message = notice.to_message.to_bytes(16)
    return Rendered(
        text=at.say("changing.options"),
        keyboard=[
            [(at.say("changing.delete_there"), Press(action=Action.DELETE_THERE, object=message))],
            [(at.say("changing.close"), Press(action=Action.CLOSE_OPTIONS))],
        ],
    )
