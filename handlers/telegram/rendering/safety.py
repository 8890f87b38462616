"""What a participant settles about their own safety: a line and a button for each topic."""

from collections.abc import Callable

from handlers.telegram.buttons import Action, Press, days_and_hours
from handlers.telegram.rendering import auto_erase
from handlers.telegram.rendering.base import Button, Rendered, Setting, plain, render
from mentorbot.programme import notices
from mentorbot.programme.hours import READY, Hours
from mentorbot.programme.safety import Safety, Topic
from mentorbot.programme.wording import isolated

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


def _erase(safety: Safety, at: Setting) -> tuple[str, Button]:
    press = Press(action=Action.CHOOSE_ERASE)
    return auto_erase.in_words(safety.erase_after, at), (at.say("auto_erase.choose"), press)


def _wipe(safety: Safety, at: Setting) -> tuple[str, Button]:
    now, other = ("on", "off") if safety.wipe_asks else ("off", "on")
    press = Press(action=Action.SET_WIPE_ASKS, object=b"" if safety.wipe_asks else b"\1")
    return at.say(f"safety.wipe_asks_{now}"), (at.say(f"safety.wipe_ask_{other}"), press)


def _hours(safety: Safety, at: Setting) -> tuple[str, Button]:
    return _in_words(safety.hours, at), (at.say("safety.hours_choose"), Press(action=Action.CHOOSE_HOURS))


@render.register
def _(notice: notices.HoursShown, at: Setting) -> Rendered:
    ready: list[tuple[str, Hours | None]] = [("–".join(_ends(hours, at)), hours) for hours in READY]
    choices = [*ready, (at.say("safety.hours_any"), None)]
    return Rendered(
        text="\n\n".join((_in_words(notice.hours, at), at.say("safety.hours_shown"))),
        keyboard=[[(f"✓ {label}" if hours == notice.hours else label, _press(hours))] for label, hours in choices],
    )


render.register(notices.HoursNotUnderstood, plain("safety.hours_wrong"))


@render.register
def _(notice: notices.DeliveredLater, at: Setting) -> Rendered:
    day = "today" if notice.same_day else "another_day"
    return Rendered(text=at.say(f"channel.delivered_{day}", alias=isolated(notice.alias)))


def _in_words(hours: Hours | None, at: Setting) -> str:
    if hours is None:
        return at.say("safety.hours_none")
    opens, closes = _ends(hours, at)
    overnight = 0 < hours.closes < hours.opens
    return at.say(f"safety.hours_{'overnight' if overnight else 'daytime'}", opens=opens, closes=closes)


def _ends(hours: Hours, at: Setting) -> tuple[str, str]:
    return at.say.clock(hours.opens), at.say.clock(hours.closes or 24 * 60)


def _press(hours: Hours | None) -> Press:
    return Press(action=Action.SET_HOURS, object=days_and_hours(hours))


def _code_word(safety: Safety, at: Setting) -> tuple[str, Button]:
    now = "on" if safety.has_code_word else "off"
    return at.say(f"safety.code_word_{now}"), (at.say("safety.code_word_about"), Press(action=Action.SHOW_CODE_WORD))


TOPICS: dict[Topic, Shown] = {
    Topic.CODE_WORD: _code_word,
    Topic.HOURS: _hours,
    Topic.DISCREET: _discreet,
    Topic.PROTECTED: _protected,
    Topic.ERASE: _erase,
    Topic.WIPE: _wipe,
}
