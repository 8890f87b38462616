"""Everything that is written in a private chat and is not a command. Read from plain JSON: this is the busiest way."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from telegram import Update

from handlers.telegram.albums import part_of
from handlers.telegram.context import Context, Desk
from handlers.telegram.pictures import picture_in
from handlers.telegram.updates import Raw
from mentorbot.programme.content import Concern, Kind, Written
from mentorbot.programme.ids import MessageId, Pid, ThreadId
from mentorbot.programme.people import Person, Stage
from mentorbot.programme.wording import SAFE_FORMATS, Format, Words
from mentorbot.services import change, changing, joining, messaging
from storage.transaction import Transaction

_SERVICE = frozenset(
    {
        "pinned_message",
        "message_auto_delete_timer_changed",
        "write_access_allowed",
        "chat_background_set",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
    }
)
"""Telegram's own remarks in a private chat: nobody wrote them."""


async def message(desk: Desk, content: Raw) -> None:
    """A message: to the other end of the channel, or wherever its writer stands in joining."""
    if _SERVICE.isdisjoint(content):
        await desk.forget(await desk.decide(lambda tx, me: _take(tx, me, content)))
    else:
        await desk.settle()


async def edited(desk: Desk, content: Raw) -> None:
    """A message was changed after it was sent. A live location changes all the time and was refused once."""
    if kind_of(content) is Kind.LIVE_LOCATION:
        await desk.settle()
    else:
        await desk.decide(lambda tx, me: changing.edit(tx, me, written(content)))


async def show_people(update: Update, context: Context) -> None:
    """/people"""
    await context.desk.command(messaging.show_people)


def _take(tx: Transaction, me: Person, content: Raw) -> list[Pid]:
    """Pass a message on. Returns those who must be forgotten now, as `joining.tell_code` does."""
    if me.stage is Stage.ARRIVED and "text" in content:
        return joining.tell_code(tx, me, content["text"])
    if not me.is_active or me.role == "coordinator":
        joining.remind(tx, me)
    else:
        said = written(content)
        if not change.take_note(tx, me, said):
            messaging.write(tx, me, said)
    return []


def written(content: Raw) -> Written:
    """A message as the channel takes it."""
    kind = kind_of(content)
    answered = _answered(content)
    words, entities = ("text", "entities") if kind is Kind.TEXT else ("caption", "caption_entities")
    formats: list[Mapping[str, Any]] = content.get(entities, [])
    return Written(
        message=MessageId(content["message_id"]),
        kind=kind,
        words=Words(text=content.get(words, ""), formats=tuple(map(_format, filter(_is_safe, formats)))),
        replied_to=None if answered is None else MessageId(answered["message_id"]),
        answers_bot=(answered or {}).get("from", {}).get("is_bot", False) or "external_reply" in content,
        quote=content.get("quote", {}).get("text", ""),
        concerns=tuple(_concerns(content, kind, formats)),
        album=part_of(content, kind),
        picture=picture_in(content, kind),
        at=datetime.fromtimestamp(content["date"], UTC),
        topic=ThreadId(content["message_thread_id"]) if content.get("is_topic_message") else None,
    )


def kind_of(content: Raw) -> Kind:
    """The kind of a message. What Telegram gives two names (an animation is a document too) goes by the first here."""
    if "live_period" in content.get("location", {}):
        return Kind.LIVE_LOCATION
    return next((kind for kind in _LOOKED_FOR if kind in content), Kind.OTHER)


_TWO_NAMES = (Kind.ANIMATION, Kind.VENUE)
_LOOKED_FOR = (*_TWO_NAMES, *(kind for kind in Kind if kind not in _TWO_NAMES))


def _concerns(content: Raw, kind: Kind, entities: list[Mapping[str, Any]]) -> Iterator[Concern]:
    if kind is Kind.CONTACT:
        yield Concern.CONTACT
    if kind is Kind.DOCUMENT:
        yield Concern.FILE
    origin = content.get("forward_origin")
    if origin is not None and origin.get("sender_user", {}).get("id") != content["from"]["id"]:
        yield Concern.FORWARDED
    if any(map(_names_account, entities)):
        yield Concern.ACCOUNT


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


def _answered(content: Raw) -> Raw | None:
    """The message that this one replies to. Whatever is written in a topic seems to reply to the topic's beginning."""
    answered: Raw | None = content.get("reply_to_message")
    return None if answered is None or "forum_topic_created" in answered else answered
