"""Invites."""

from handlers.telegram.buttons import Action, Press
from handlers.telegram.rendering.base import Rendered, Setting, render
from mentorbot.programme import notices
from mentorbot.programme.wording import Format, units


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


def _invite(action: Action, id_: bytes) -> Press:
    return Press(action=action, subject=id_)


def _with_code(text: str, code: str) -> Rendered:
    """The code in type that can be copied by a tap and read letter by letter."""
    before = units(text[: text.index(code)])
    return Rendered(text=text, formats=(Format(kind="code", offset=before, length=units(code)),))
