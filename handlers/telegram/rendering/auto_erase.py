"""Messages that go by themselves from a participant's own chat."""

from handlers.telegram.buttons import Action, Press
from handlers.telegram.rendering.base import Rendered, Setting, plain, render
from mentorbot.programme import notices
from mentorbot.programme.safety import ERASE_CHOICES

render.register(notices.AutoEraseNotUnderstood, plain("auto_erase.not_understood"))


@render.register
def _(notice: notices.AutoEraseShown, at: Setting) -> Rendered:
    choices = [(at.say("auto_erase.never"), 0), *((at.say.count("auto_erase.choice", n), n) for n in ERASE_CHOICES)]
    chosen = notice.hours or 0
    return Rendered(
        text="\n\n".join((in_words(notice.hours, at), at.say("auto_erase.explained"))),
        keyboard=[[(f"✓ {label}" if hours == chosen else label, _press(hours))] for label, hours in choices],
    )


def in_words(hours: int | None, at: Setting) -> str:
    return at.say("auto_erase.stays") if hours is None else at.say.count("auto_erase.line", hours)


def _press(hours: int) -> Press:
    return Press(action=Action.SET_ERASE, object=bytes([hours]))
