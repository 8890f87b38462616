"""What a participant settles about their own safety: a line and a button for each topic."""

from collections.abc import Callable

from handlers.telegram.buttons import Action, Press
from handlers.telegram.rendering.base import Button, Rendered, Setting, render
from mentorbot.programme import notices
from mentorbot.programme.safety import Safety, Topic

Shown = Callable[[Safety, Setting], tuple[str, Button]]
"""What is settled about one topic, and the button that changes it."""


@render.register
def _(notice: notices.SafetyShown, at: Setting) -> Rendered:
    lines, buttons = zip(*(TOPICS[topic](notice.safety, at) for topic in Topic if topic in TOPICS), strict=True)
    return Rendered(
        text="\n\n".join([at.say("safety.shown"), *lines]),
        keyboard=[[button] for button in buttons],
    )


def _protected(safety: Safety, at: Setting) -> tuple[str, Button]:
    now, other = ("on", "off") if safety.protected else ("off", "on")
    press = Press(action=Action.SET_PROTECTED, object=b"" if safety.protected else b"\1")
    return at.say(f"safety.protected_{now}"), (at.say(f"safety.protect_{other}"), press)


def _discreet(safety: Safety, at: Setting) -> tuple[str, Button]:
    now, other = ("on", "off") if safety.discreet else ("off", "on")
    press = Press(action=Action.SET_DISCREET, object=b"" if safety.discreet else b"\1")
    text = at.say(f"safety.discreet_{now}", line=at.say("covering.line"), show=at.say("covering.show"))
    return text, (at.say(f"safety.only_line_{other}"), press)


def _wipe(safety: Safety, at: Setting) -> tuple[str, Button]:
    now, other = ("on", "off") if safety.wipe_asks else ("off", "on")
    press = Press(action=Action.SET_WIPE_ASKS, object=b"" if safety.wipe_asks else b"\1")
    return at.say(f"safety.wipe_asks_{now}"), (at.say(f"safety.wipe_ask_{other}"), press)


TOPICS: dict[Topic, Shown] = {
    Topic.DISCREET: _discreet,
    Topic.PROTECTED: _protected,
    Topic.WIPE: _wipe,
}
