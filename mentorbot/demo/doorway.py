"""The invites that the people of the demo were given, and how far each of them has come in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.shown import ShownMessage
from mentorbot.demo.bot_process import Invitation
from mentorbot.demo.cast import Actor
from mentorbot.demo.sayings import saying_of
from mentorbot.demo.stage import Stage

_ALIAS_SAYINGS = ("joining.welcome_", "profile.alias_")
_PAYLOAD = re.compile(r"start=([\w-]+)")


class Joining(StrEnum):
    """How far somebody has come; later is further. AWAY: they have not opened the chat yet."""

    AWAY = "away"
    OUTSIDE = "outside"
    CODE = "code"
    LANGUAGE = "language"
    LIMITS = "limits"
    JOINED = "joined"


INSIDE = frozenset({Joining.LANGUAGE, Joining.LIMITS, Joining.JOINED})
"""Where the code has been told and is of no use any more."""

_SIGNS = {
    "joining.code_asked": Joining.CODE,
    "joining.code_wrong": Joining.CODE,
    "joining.language_asked": Joining.LANGUAGE,
    "joining.limits": Joining.LIMITS,
    "joining.postponed": Joining.LIMITS,
    "joining.welcome_coordinator": Joining.JOINED,
    "joining.welcome_mentor": Joining.JOINED,
    "joining.welcome_participant": Joining.JOINED,
}


@dataclass(frozen=True, kw_only=True)
class Doorway:
    """An invite for this person that they are still outside of. `opened`: they have followed its link."""

    payload: str
    code: str
    opened: bool


def joining(phone: Phone) -> Joining:
    """How far somebody has come. What was removed from their chat since, has been."""
    messages = phone.history
    if not messages:
        return Joining.AWAY
    signs = {_SIGNS.get(said(message), Joining.OUTSIDE) for message in messages}
    return next(step for step in reversed(Joining) if step in signs)


def said(message: ShownMessage) -> str:
    """The id of what the bot says in a message; empty for what people wrote."""
    saying = saying_of(message)
    return saying.id if saying is not None else ""


def alias_of(messages: Sequence[ShownMessage]) -> str | None:
    """What the person with these messages is called in the programme, by the last that the bot told them about it."""
    for message in reversed(messages):
        saying = saying_of(message)
        if saying is not None and saying.id.startswith(_ALIAS_SAYINGS):
            return saying.values.get("alias")
    return None


def doorway(stage: Stage, actor: Actor, first: Invitation) -> Doorway | None:
    """The coordinator's own invite is `first`, from the command line; she makes the others in her chat."""
    if joining(actor.phone) in INSIDE:
        return None
    coordinator = stage.cast.sari
    if actor is coordinator:
        payload, code = first.payload, first.code
    else:
        made = last_made(coordinator.phone.messages, actor.role)
        if made is None:
            return None
        payload, code = made
        if any(_has_opened(other.phone, payload) for other in stage.cast if other is not actor):
            return None  # of two mentors, the one who was first
    return Doorway(payload=payload, code=code, opened=_has_opened(actor.phone, payload))


def _has_opened(phone: Phone, payload: str) -> bool:
    return any(not message.from_bot and message.text == f"/start {payload}" for message in phone.history)


def last_made(messages: Sequence[ShownMessage], role: str) -> tuple[str, str] | None:
    """Payload and code of the newest invite for a role: a message with the link, then one with the code."""
    payload, last = "", None
    for message in messages:
        saying = saying_of(message)
        if saying is None:
            continue
        if saying.id == "invites.link":
            payload = _PAYLOAD.findall(message.text)[0]
        elif saying.id == f"invites.code_{role}" and payload:
            last = (payload, saying.values["code"])
    return last
