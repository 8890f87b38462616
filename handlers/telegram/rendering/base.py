"""Notices in words: what each one looks like in its recipient's language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from handlers.telegram.buttons import Press
from mentorbot.locale.catalogue import Say
from mentorbot.programme.notices import Notice, Passed
from mentorbot.programme.wording import Format

Button = tuple[str, Press]
Keyboard = Sequence[Sequence[Button]]


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A message ready to be sent, but for the buttons' tokens."""

    text: str
    formats: tuple[Format, ...] = ()
    keyboard: Keyboard = ()


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Where something is said: in whose words, by which bot, with which number for emergencies, and whether it may be
    there already."""

    say: Say
    bot_username: str
    emergency: str
    possible_repeat: bool


@singledispatch
def render(notice: Notice, at: Setting) -> Rendered:
    """The message for a notice. Every kind is registered but what is no message of ours: Telegram copies `Carried` and
    `Album`; `Reacted`, `ArrivalMarked`, `CopiesRemoved`, `Wiped`, `Erased`, `ErasedThere` and `TopicRemoved` say
    nothing."""
    raise NotImplementedError(type(notice).__name__)


def is_said(notice: Notice) -> bool:
    """Whether a notice becomes a message, not something that is done to one."""
    return isinstance(notice, Passed) or render.dispatch(type(notice)) is not render.dispatch(object)


Renderer = Callable[[Any, Setting], Rendered]


def plain(id_: str) -> Renderer:
    """Words that need nothing filled in."""
    return lambda notice, at: Rendered(text=at.say(id_))
