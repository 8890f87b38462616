"""Raw updates, read without believing that they are well-formed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any

from mentorbot.programme.ids import MessageId, TelegramId
from mentorbot.programme.wording import readable
from storage.standing import Standing

Raw = Mapping[str, Any]

_START = re.compile(r"/start\s+([\w-]{1,64})\s*", re.ASCII)
_TOO_LARGE = 2**63
_LAST_DATE = 2**32  # seconds since 1970

ALLOWED = ("message", "edited_message", "message_reaction", "callback_query", "my_chat_member", "channel_post")
"""The kinds of update that the bot asks Telegram for."""


class Place(Enum):
    """Where something happened."""

    PRIVATE = auto()
    ELSEWHERE = auto()  # a group or a channel: never a place for this bot


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """The outside of an update: who sent it, where, and what tells it from every other."""

    update_id: int
    kind: str
    sender: TelegramId
    chat: int
    place: Place
    language_code: str | None
    token: str | None  # of an invite's link: `/start TOKEN`
    identity: bytes
    stands: Standing | None  # the message that was written, in its chat


def read(raw: object) -> Envelope | None:
    """The outside of an update, or None when it has none that the bot could act on."""
    if not isinstance(raw, dict):
        return None
    kind = next((kind for kind in ALLOWED if isinstance(raw.get(kind), dict)), None)
    if kind is None:
        return None
    content = raw[kind]
    message = _object(content, "message") if kind == "callback_query" else content
    sender = _object(content, "user" if kind == "message_reaction" else "from")
    chat = _object(message, "chat") or {"id": sender.get("id"), "type": "private"}
    update_id, sender_id, chat_id = (
        _number(raw.get("update_id")),
        _number(sender.get("id")),
        _number(chat.get("id")),
    )
    if update_id is None or chat_id is None:
        return None
    private = chat.get("type") == "private" and sender_id is not None
    language_code = sender.get("language_code")
    return Envelope(
        update_id=update_id,
        kind=kind,
        sender=TelegramId(sender_id) if private and sender_id is not None else TelegramId(0),
        chat=chat_id,
        place=Place.PRIVATE if private else Place.ELSEWHERE,
        language_code=language_code if isinstance(language_code, str) else None,
        token=_token(content) if kind == "message" else None,
        identity=_identity(update_id, kind, chat_id, content),
        stands=_standing(content) if kind == "message" else None,
    )


def legible(value: Any) -> Any:
    """The same JSON value with U+FFFD for every character that cannot be stored or shown."""
    if isinstance(value, str):
        return value if value.isascii() and "\x00" not in value else readable(value)
    if isinstance(value, dict):
        return {key: legible(item) for key, item in value.items()}
    if isinstance(value, list):
        return [legible(item) for item in value]
    return value


def _object(content: Raw, key: str) -> Raw:
    value = content.get(key)
    return value if isinstance(value, dict) else {}


def _number(value: object) -> int | None:
    """An id that the databases can hold."""
    return value if isinstance(value, int) and abs(value) < _TOO_LARGE else None


def _token(message: Raw) -> str | None:
    text = message.get("text")
    found = _START.fullmatch(text) if isinstance(text, str) else None
    return None if found is None else found[1]


def _standing(message: Raw) -> Standing | None:
    id_, date = _number(message.get("message_id")), _number(message.get("date"))
    if id_ is None or date is None or not 0 <= date < _LAST_DATE:
        return None
    return Standing(message=MessageId(id_), at=datetime.fromtimestamp(date, UTC))


def _identity(update_id: int, kind: str, chat: int, content: Raw) -> bytes:
    """The same for each delivery of one update, another for every other, also when Telegram counts anew."""
    own = content.get("message_id", content.get("id"))
    parts = [update_id, kind, chat, own, content.get("date"), content.get("edit_date")]
    if kind == "message_reaction":  # two changes in one second
        parts += [content.get("old_reaction"), content.get("new_reaction")]
    return "/".join(map(str, parts)).encode(errors="backslashreplace")
