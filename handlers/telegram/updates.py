"""Raw updates, read without believing that they are well-formed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from mentorbot.programme.ids import TelegramId
from mentorbot.programme.wording import readable

Raw = Mapping[str, Any]

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member", "channel_post")
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


def read(raw: object) -> Envelope | None:
    """The outside of an update, or None when it has none that the bot could act on."""
    if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
        return None
    kind = next((kind for kind in ALLOWED if isinstance(raw.get(kind), dict)), None)
    if kind is None:
        return None
    content = raw[kind]
    message = content.get("message") if kind == "callback_query" else content
    sender = content.get("from") or {}
    chat = (message or {}).get("chat") or {"id": sender.get("id"), "type": "private"}
    if not isinstance(chat.get("id"), int):
        return None
    private = chat.get("type") == "private" and isinstance(sender.get("id"), int)
    return Envelope(
        update_id=raw["update_id"],
        kind=kind,
        sender=TelegramId(sender["id"]) if private else TelegramId(0),
        chat=chat["id"],
        place=Place.PRIVATE if private else Place.ELSEWHERE,
        language_code=sender.get("language_code"),
        token=_token(content) if kind == "message" else None,
        identity=_identity(raw["update_id"], kind, chat["id"], content),
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


def _token(message: Raw) -> str | None:
    text = message.get("text")
    if not isinstance(text, str) or not text.startswith("/start "):
        return None
    return text.removeprefix("/start ").strip() or None


def _identity(update_id: int, kind: str, chat: int, content: Raw) -> bytes:
    """The same for each delivery of one update, another for every other, also when Telegram counts anew."""
    own = content.get("message_id", content.get("id"))
    parts = (update_id, kind, chat, own, content.get("date"), content.get("edit_date"))
    return "/".join(map(str, parts)).encode()
