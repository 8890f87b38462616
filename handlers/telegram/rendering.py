"""Notices in words: what each one looks like in its recipient's language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from handlers.telegram.buttons import Action, Press
from mentorbot.locale.catalogue import LANGUAGES, Say
from mentorbot.programme import notices
from mentorbot.programme.notices import Notice
from mentorbot.programme.wording import LABEL_MARK, Format, isolated, units, without_label_marks

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
    """Where something is said: in whose words, by which bot, and whether it may be there already."""

    say: Say
    bot_username: str
    possible_repeat: bool


@singledispatch
def render(notice: Notice, at: Setting) -> Rendered:
    """The message for a notice. Every kind of notice but `Carried`, which Telegram copies, is registered below."""
    raise NotImplementedError(type(notice).__name__)


Renderer = Callable[[Any, Setting], Rendered]


def _plain(id_: str) -> Renderer:
    """Words that need nothing filled in."""
    return lambda notice, at: Rendered(text=at.say(id_))


for _kind, _id in (
    (notices.CodeAsked, "joining.code_asked"),
    (notices.LanguageChanged, "profile.language_changed"),
    (notices.NoMentorYet, "channel.no_mentor_yet"),
    (notices.NoParticipantYet, "channel.no_participant_yet"),
    (notices.SentToNobody, "channel.sent_to_nobody"),
    (notices.Privacy, "privacy"),
    (notices.TextOnly, "channel.text_only"),
    (notices.NamesAnAccount, "channel.names_an_account"),
    (notices.EditNotCarried, "channel.edit_not_carried"),
    (notices.NotCarried, "channel.not_carried"),
    (notices.NotUnderstood, "not_understood"),
    (notices.SetAside, "set_aside"),
):
    render.register(_kind, _plain(_id))


# --- joining ----------------------------------------------------------------------------------------------------------


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


# --- profile ----------------------------------------------------------------------------------------------------------


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
    return Rendered(text=at.say(f"help_{notice.role}"))


# --- invites ----------------------------------------------------------------------------------------------------------


@render.register
def _(notice: notices.InviteOffered, at: Setting) -> Rendered:
    return Rendered(
        text=at.say("invites.offered"),
        keyboard=[
            [(at.say("invites.participant"), _invite(Action.INVITE_PARTICIPANT, notice.participant))],
            [(at.say("invites.mentor"), _invite(Action.INVITE_MENTOR, notice.mentor))],
        ],
    )


@render.register
def _(notice: notices.InviteMade, at: Setting) -> Rendered:
    return Rendered(text=at.say("invites.link", link=f"https://t.me/{at.bot_username}?start={notice.token}"))


@render.register
def _(notice: notices.InviteCode, at: Setting) -> Rendered:
    values = {"code": notice.code, "until": at.say.moment(notice.expires_at)}
    return _with_code(at.say(f"invites.code_{notice.role}", **values), notice.code)


@render.register
def _(notice: notices.InviteAlarm, at: Setting) -> Rendered:
    made = at.say.moment(notice.made_at)
    lines = (at.say(f"invites.alarm_{notice.state}", made=made), at.say(f"invites.alarm_for_{notice.role}"))
    return Rendered(text="\n\n".join(lines))


# --- pairing ----------------------------------------------------------------------------------------------------------


@render.register
def _(notice: notices.PairingParticipants, at: Setting) -> Rendered:
    if not notice.waiting:
        return Rendered(text=at.say("pairing.nobody_waits"))
    keyboard = [
        [(who.alias, Press(action=Action.PAIR_PARTICIPANT, subject=who.pid, version=who.version))]
        for who in notice.waiting
    ]
    return Rendered(text=at.say("pairing.who"), keyboard=keyboard)


@render.register
def _(notice: notices.PairingMentors, at: Setting) -> Rendered:
    participant = notice.participant
    alias = isolated(participant.alias)
    if not notice.mentors:
        return Rendered(text=at.say("pairing.no_mentors", alias=alias))
    keyboard = [
        [
            (
                at.say.count("pairing.mentor", mentor.participants, alias=isolated(mentor.alias)),
                Press(
                    action=Action.PAIR_WITH,
                    subject=participant.pid,
                    object=mentor.pid,
                    version=participant.version,
                ),
            )
        ]
        for mentor in notice.mentors
    ]
    return Rendered(text=at.say("pairing.with_whom", alias=alias), keyboard=keyboard)


@render.register
def _(notice: notices.Paired, at: Setting) -> Rendered:
    values = {"participant": isolated(notice.participant), "mentor": isolated(notice.mentor)}
    return Rendered(text=at.say("pairing.paired", **values))


@render.register
def _(notice: notices.MeetYourMentor, at: Setting) -> Rendered:
    return Rendered(text=at.say("pairing.meet_mentor", alias=isolated(notice.mentor)))


@render.register
def _(notice: notices.MeetYourParticipant, at: Setting) -> Rendered:
    id_ = "pairing.meet_participant_of_several" if notice.several else "pairing.meet_participant"
    return Rendered(text=at.say(id_, alias=isolated(notice.participant)))


# --- channel ----------------------------------------------------------------------------------------------------------


@render.register
def _(notice: notices.Relayed, at: Setting) -> Rendered:
    """The writer's alias on a line of its own, in bold; if need be the mark of a possible repeat; their words."""
    part = f" ({notice.part}/{notice.parts})" if notice.parts > 1 else ""
    label = f"{LABEL_MARK} {isolated(notice.alias)}{part}"
    head = f"{label}\n{at.say('channel.possible_repeat')}\n" if at.possible_repeat else f"{label}\n"
    behind = units(head)
    moved = (
        Format(
            kind=form.kind,
            offset=form.offset + behind,
            length=form.length,
            url=form.url,
            language=form.language,
        )
        for form in notice.words.formats
    )
    bold = Format(kind="bold", offset=0, length=units(label))
    return Rendered(text=head + without_label_marks(notice.words.text), formats=(bold, *moved))


@render.register
def _(notice: notices.ForWhom, at: Setting) -> Rendered:
    message = notice.to_message.to_bytes(16)
    keyboard = [
        [(who.alias, Press(action=Action.SEND_HELD, subject=who.channel, object=message))] for who in notice.people
    ]
    nobody = (at.say("channel.nobody"), Press(action=Action.DROP_HELD, object=message))
    return Rendered(text=at.say("channel.for_whom"), keyboard=[*keyboard, [nobody]])


@render.register
def _(notice: notices.PeopleShown, at: Setting) -> Rendered:
    if not notice.people:
        return Rendered(text=at.say("people.none"))
    chosen = next((who.alias for who in notice.people if who.channel == notice.chosen), None)
    if chosen is None:
        text = at.say("people.nobody_chosen")
    elif notice.until is None:
        text = at.say("people.only_one", alias=isolated(chosen))
    else:
        text = at.say("people.chosen", alias=isolated(chosen), until=at.say.moment(notice.until))
    keyboard = [
        [
            (
                f"✓ {isolated(who.alias)}" if who.channel == notice.chosen else who.alias,
                Press(action=Action.CHOOSE_PERSON, subject=who.channel),
            )
        ]
        for who in notice.people
    ]
    return Rendered(text=text, keyboard=keyboard)


@render.register
def _(notice: notices.SentTo, at: Setting) -> Rendered:
    return Rendered(text=at.say("channel.sent_to", alias=isolated(notice.alias)))


@render.register
def _(notice: notices.Alarm, at: Setting) -> Rendered:
    return Rendered(text=at.say(f"alarm.{notice.what}"))


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


def _invite(action: Action, id_: bytes) -> Press:
    return Press(action=action, subject=id_)


def _with_code(text: str, code: str) -> Rendered:
    """The code in type that can be copied by a tap and read letter by letter."""
    before = units(text[: text.index(code)])
    return Rendered(text=text, formats=(Format(kind="code", offset=before, length=units(code)),))
