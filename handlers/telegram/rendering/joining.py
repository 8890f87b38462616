"""Joining, and what somebody changes about themselves."""

from handlers.telegram.buttons import Action, Press
from handlers.telegram.rendering.base import Keyboard, Rendered, Setting, render
from mentorbot.locale.catalogue import LANGUAGES
from mentorbot.programme import notices
from mentorbot.programme.wording import isolated


@render.register
def _(notice: notices.CodeWrong, at: Setting) -> Rendered:
    return Rendered(text=at.say.count("joining.code_wrong", notice.tries_left))


@render.register
def _(notice: notices.LanguageAsked, at: Setting) -> Rendered:
    keyboard = _languages(Action.CHOOSE_LANGUAGE, notice.pid, notice.version, at)
    return Rendered(text=at.say("joining.language_asked"), keyboard=keyboard)


@render.register
def _(notice: notices.LimitsShown, at: Setting) -> Rendered:
    who = at.say(f"joining.as_{notice.role}")
    return Rendered(
        text="\n\n".join((who, at.say("joining.limits"))),
        keyboard=[
            [(at.say("joining.accept"), _about_me(Action.ACCEPT, notice))],
            [(at.say("joining.postpone"), _about_me(Action.POSTPONE, notice))],
        ],
    )


@render.register
def _(notice: notices.JoiningPostponed, at: Setting) -> Rendered:
    text = at.say("joining.postponed", until=at.say.moment(notice.until))
    return Rendered(text=text, keyboard=[[(at.say("joining.accept"), _about_me(Action.ACCEPT, notice))]])


@render.register
def _(notice: notices.Welcomed, at: Setting) -> Rendered:
    return Rendered(text=at.say(f"joining.welcome_{notice.role}", alias=isolated(notice.alias)))


@render.register
def _(notice: notices.SomebodyJoined, at: Setting) -> Rendered:
    text = at.say(f"joining.joined_{notice.role}", alias=isolated(notice.alias))
    if notice.role != "participant":
        return Rendered(text=text)
    press = Press(action=Action.PAIR_PARTICIPANT, subject=notice.pid, version=notice.version)
    return Rendered(text=text, keyboard=[[(at.say("pairing.choose_mentor"), press)]])


@render.register
def _(notice: notices.AliasShown, at: Setting) -> Rendered:
    id_ = "profile.alias_changed" if notice.changed else "profile.alias_shown"
    return Rendered(text=at.say(id_, alias=isolated(notice.alias)))


@render.register
def _(notice: notices.RenamedOther, at: Setting) -> Rendered:
    return Rendered(text=at.say("profile.other_renamed", old=isolated(notice.old), new=isolated(notice.new)))


@render.register
def _(notice: notices.AliasNotTaken, at: Setting) -> Rendered:
    return Rendered(text=at.say("profile.alias_not_taken", alias=isolated(notice.alias)))


@render.register
def _(notice: notices.LanguageOffered, at: Setting) -> Rendered:
    keyboard = _languages(Action.CHANGE_LANGUAGE, notice.pid, notice.version, at)
    return Rendered(text=at.say("profile.language_offered"), keyboard=keyboard)


@render.register
def _(notice: notices.Help, at: Setting) -> Rendered:
    return Rendered(text=at.say(f"help_{notice.role}", emergency=at.emergency))


def _languages(action: Action, pid: bytes, version: int, at: Setting) -> Keyboard:
    """A button a language, each in its own words, the present guess first."""
    order = sorted(LANGUAGES, key=lambda language: language != at.say.language)
    return [
        [
            (
                _OWN_NAMES[language],
                Press(action=action, subject=pid, object=language.encode(), version=version),
            )
        ]
        for language in order
    ]


_OWN_NAMES = {"fi": "Suomi", "sv": "Svenska", "en": "English"}


def _about_me(action: Action, notice: notices.LimitsShown | notices.JoiningPostponed) -> Press:
    return Press(action=action, subject=notice.pid, version=notice.version)
