"""A participant's code word."""

from datetime import UTC, datetime, timedelta

from handlers.telegram.buttons import Action, Press
from handlers.telegram.rendering.base import Button, Rendered, Setting, plain, render
from mentorbot.programme import notices
from mentorbot.programme.wording import isolated


@render.register
def _(notice: notices.CodeWordShown, at: Setting) -> Rendered:
    line = at.say(f"safety.code_word_{'on' if notice.is_settled else 'off'}")
    remove = (at.say("code_word.remove"), Press(action=Action.REMOVE_CODE_WORD))
    return Rendered(
        text="\n\n".join((line, at.say("code_word.explained"))), keyboard=[[remove]] if notice.is_settled else []
    )


render.register(notices.CodeWordSettled, plain("code_word.settled"))
render.register(notices.CodeWordRefused, plain("code_word.refused"))
render.register(notices.CodeWordRemoved, plain("code_word.removed"))


@render.register
def _(notice: notices.CodeWordKnown, at: Setting) -> Rendered:
    what = "new" if notice.is_settled else "gone"
    return Rendered(text=at.say(f"code_word.mentor_{what}", alias=isolated(notice.alias)))


@render.register
def _(notice: notices.CodeWordUsed, at: Setting) -> Rendered:
    text = at.say("code_word.used", alias=isolated(notice.alias), emergency=at.emergency)
    return Rendered(text=text, keyboard=[[_lift(notice, at)]])


@render.register
def _(notice: notices.HeldBack, at: Setting) -> Rendered:
    return Rendered(text=at.say("code_word.held_back", alias=isolated(notice.alias)), keyboard=[[_lift(notice, at)]])


@render.register
def _(notice: notices.HoldLifted, at: Setting) -> Rendered:
    return Rendered(text=at.say("code_word.lifted", alias=isolated(notice.alias)))


def _lift(notice: notices.CodeWordUsed | notices.HeldBack, at: Setting) -> Button:
    """It is for this one time that the code word was used."""
    since = (notice.since - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)
    press = Press(action=Action.LIFT_HOLD, subject=notice.channel, object=since.to_bytes(16))
    return at.say("code_word.lift"), press
