"""Everything that is written in a private chat and is not a command. Read from plain JSON: this is the busiest way."""

from collections.abc import Mapping
from typing import Any

from telegram import Update

from handlers.telegram.context import Context, Desk
from handlers.telegram.updates import Raw
from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.notices import TextOnly
from mentorbot.programme.people import Person, Stage
from mentorbot.programme.wording import SAFE_FORMATS, Format, Words
from mentorbot.services import joining, messaging
from mentorbot.services.messaging import Written
from storage import outbox
from storage.transaction import Transaction

_SERVICE = frozenset(
    {"pinned_message", "message_auto_delete_timer_changed", "write_access_allowed", "chat_background_set"}
)
"""Telegram's own remarks in a private chat: nobody wrote them."""


async def message(desk: Desk, content: Raw) -> None:
    """A message: relayed when it is text, else its writer is told that it was not."""
    if not _SERVICE.isdisjoint(content):
        await desk.settle()
    elif isinstance(content.get("text"), str):
        await desk.forget(await desk.decide(lambda tx, me: _text(tx, me, content)))
    else:
        await desk.decide(_not_text)


async def edited(desk: Desk, content: Raw) -> None:
    """A message was changed after it was sent. Anything but text went nowhere; a live location changes all the time."""
    if isinstance(content.get("text"), str):
        await desk.decide(lambda tx, me: messaging.edit(tx, me, written(content)))
    else:
        await desk.settle()


async def show_people(update: Update, context: Context) -> None:
    """/people"""
    await context.desk.command(messaging.show_people)


def _not_text(tx: Transaction, me: Person) -> None:
    """Nothing but text is carried; who has not joined yet is asked again and told nothing of that."""
    if me.is_active:
        outbox.put(tx, me.pid, TextOnly())
    else:
        joining.remind(tx, me)


def _text(tx: Transaction, me: Person, content: Raw) -> list[Pid]:
    """Relay a text. Returns those who must be forgotten now, as `joining.tell_code` does."""
    if me.stage is Stage.ARRIVED:
        return joining.tell_code(tx, me, content["text"])
    if not me.is_active or me.role == "coordinator":
        joining.remind(tx, me)
    else:
        messaging.write(tx, me, written(content))
    return []


def written(content: Raw) -> Written:
    """A text message as the channel takes it."""
    entities: list[Mapping[str, Any]] = content.get("entities", [])
    return Written(
        message=MessageId(content["message_id"]),
        words=Words(text=content["text"], formats=tuple(map(_format, filter(_is_safe, entities)))),
        replied_to=_replied_to(content),
        names_account=any(map(_names_account, entities)),
    )


def _names_account(entity: Mapping[str, Any]) -> bool:
    return entity["type"] == "text_mention" or str(entity.get("url", "")).lower().startswith("tg:")


def _is_safe(entity: Mapping[str, Any]) -> bool:
    return entity["type"] in SAFE_FORMATS


def _format(entity: Mapping[str, Any]) -> Format:
    return Format(
        kind=entity["type"],
        offset=entity["offset"],
        length=entity["length"],
        url=entity.get("url", ""),
        language=entity.get("language", ""),
    )


def _replied_to(content: Raw) -> MessageId | None:
    answered = content.get("reply_to_message")
    return None if answered is None else MessageId(answered["message_id"])
