"""Chats and what was said in them. Every chat counts its messages by itself, both sides together."""

from dataclasses import dataclass, field
from typing import Protocol

from .changes import Changes
from .errors import ApiError, forbidden
from .wire import Json

# Fields of a message that are what it says, and so what a copy of it says too.
CONTENT = frozenset(
    {
        "text",
        "entities",
        "link_preview_options",
        "caption",
        "caption_entities",
        "show_caption_above_media",
        "has_media_spoiler",
        "photo",
        "document",
        "video",
        "animation",
        "audio",
        "voice",
        "video_note",
        "sticker",
        "location",
        "venue",
        "contact",
        "poll",
        "dice",
        "game",
        "story",
    }
)


TOPIC_NAME_LIMIT = 128
TOPIC_COLOR = 0x6FB9F0


@dataclass(frozen=True, kw_only=True, slots=True)
class Toast:
    """The bot's answer to a pressed button: a short notice, or an alert that must be closed."""

    query_id: str
    text: str | None
    alert: bool
    url: str | None


@dataclass(slots=True)
class Stored:
    """A message in a chat. `body` is the Bot API's Message; it is replaced, never changed in place."""

    body: Json
    from_bot: bool
    reply_markup: Json | None = None
    deleted: bool = False
    bot_reactions: list[Json] = field(default_factory=list)
    person_reactions: list[Json] = field(default_factory=list)
    version: int = 0

    @property
    def id(self) -> int:
        message_id: int = self.body["message_id"]
        return message_id

    @property
    def text(self) -> str:
        """The text, or the caption of a file."""
        text: str = self.body["text"] if "text" in self.body else self.body.get("caption", "")
        return text

    def content(self) -> Json:
        return {key: value for key, value in self.body.items() if key in CONTENT}

    def as_replied(self) -> Json:
        """This message inside another one that answers it: replies are not nested."""
        return {key: value for key, value in self.body.items() if key not in ("reply_to_message", "quote")}

    def as_forwarded(self) -> Json:
        """The fields of a message that forwards this one: its first author stays named."""
        made = {"type": "user", "date": self.body["date"], "sender_user": self.body.get("from")}
        return {"forward_origin": self.body.get("forward_origin", made), **self.content()}

    @property
    def topic(self) -> int | None:
        """The topic that it stands in; None in the chat's general one."""
        thread: int | None = self.body.get("message_thread_id")
        return thread

    @property
    def protected(self) -> bool:
        return "has_protected_content" in self.body

    def replace(self, body: Json) -> None:
        self.body = body
        self.version += 1

    def delete(self) -> None:
        self.deleted = True
        self.version += 1


class Chat:
    def __init__(self, info: Json, *, last_message_id: int, changes: Changes) -> None:
        self.id: int = info["id"]
        self.info = info
        self.changes = changes
        self.messages: dict[int, Stored] = {}
        self.topics: dict[int, Json] = {}
        self.pinned: list[int] = []
        self._last_message_id = last_message_id

    def add(self, sender: Json | None, content: Json, *, date: int, from_bot: bool = False) -> Stored:
        self._last_message_id += 1
        body: Json = {"message_id": self._last_message_id}
        if sender is not None:
            body["from"] = sender
        else:
            body["sender_chat"] = self.info
        body["chat"] = self.info
        body["date"] = date
        body.update(content)
        stored = Stored(body, from_bot)
        self.messages[self._last_message_id] = stored
        return stored

    def open_topic(self, sender: Json, topic: Json, *, date: int, from_bot: bool = False) -> Stored:
        """Make a topic; the service message that opens it gives it its id."""
        opened = self.add(sender, {"forum_topic_created": topic}, date=date, from_bot=from_bot)
        opened.replace({**opened.body, **in_topic(opened.id)})
        self.topics[opened.id] = topic
        return opened

    def delete_topic(self, thread: int) -> None:
        """With everything that was said in it, however long ago."""
        del self.topics[thread]
        for stored in self.messages.values():
            if stored.topic == thread:
                stored.delete()
        self.changes.bump()

    def find(self, message_id: int | None) -> Stored | None:
        stored = self.messages.get(message_id) if message_id is not None else None
        return None if stored is None or stored.deleted else stored

    def refusal(self) -> ApiError | None:
        """Why the bot may not write here, if it may not."""
        return None

    def bot_wrote(self, stored: Stored) -> None:
        self.changes.bump()

    def bot_is_busy(self, action: str, until: int) -> None:
        """sendChatAction: what the other side sees, and until when."""


class Owner(Protocol):
    """The person at the other end of a private chat."""

    def receives(self, stored: Stored) -> None: ...

    def sees_action(self, action: str, until: int) -> None: ...

    def sees_toast(self, toast: Toast) -> None: ...

    def transcript(self) -> str: ...


class PrivateChat(Chat):
    def __init__(self, info: Json, *, owner: Owner, last_message_id: int, changes: Changes) -> None:
        super().__init__(info, last_message_id=last_message_id, changes=changes)
        self.owner = owner
        self.blocked = False

    def refusal(self) -> ApiError | None:
        return forbidden("bot was blocked by the user") if self.blocked else None

    def bot_wrote(self, stored: Stored) -> None:
        self.owner.receives(stored)
        self.changes.bump()

    def bot_is_busy(self, action: str, until: int) -> None:
        self.owner.sees_action(action, until)
        self.changes.bump()


class GroupChat(Chat):
    def __init__(self, info: Json, *, last_message_id: int, changes: Changes) -> None:
        super().__init__(info, last_message_id=last_message_id, changes=changes)
        self.bot_is_member = False
        self.bot_was_kicked = False

    def refusal(self) -> ApiError | None:
        if self.bot_is_member:
            return None
        kind = {"group": "group", "supergroup": "supergroup"}.get(self.info["type"], "channel")
        verb = "was kicked from" if self.bot_was_kicked else "is not a member of"
        return forbidden(f"bot {verb} the {kind} chat")


def in_topic(thread: int) -> Json:
    """The fields of a message that stands in a topic."""
    return {"message_thread_id": thread, "is_topic_message": True}
