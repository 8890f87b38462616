"""What the page shows, as JSON: one document for each phone, one for the guide, one for the bot."""

import json
import re
from typing import Any

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.shown import Attachment, ShownMessage
from mentorbot.demo.bot_process import Invitation
from mentorbot.demo.cast import Actor
from mentorbot.demo.doorway import alias_of, doorway
from mentorbot.demo.page.guide import steps
from mentorbot.demo.page.media import picture_type
from mentorbot.demo.sayings import label_of
from mentorbot.demo.stage import Stage

Document = dict[str, Any]

# Older messages stay at Telegram; a page of them is not read by anybody.
_SHOWN = 200
_QUOTED = 120
_TOASTS = 5
_COMMAND = re.compile(r"(?<![\w/])/([a-z]+)")
_DESCRIBED = re.compile(r"^/([a-z]+) – (.+)$", re.MULTILINE)
_KINDS = {"document": "File", "contact": "Contact card", "voice": "Voice message", "video_note": "Video message"}


def documents(stage: Stage, first: Invitation) -> dict[str, Document]:
    """By name: each person's key, `guide` and `bot`."""
    waiting = _waiting(stage)
    found: dict[str, Document] = {actor.key: _phone(stage, actor, first, waiting) for actor in stage.cast}
    found["guide"] = {
        "steps": [
            {"title": step.title, "done": step.done, "now": step.now, "at": step.at} for step in steps(stage, first)
        ]
    }
    found["bot"] = {"running": stage.bot.running}
    return found


def is_moving(stage: Stage) -> bool:
    """Something on the page will change by itself soon: typing ends, the bot fetches what is waiting."""
    return bool(stage.api.telegram.updates.waiting) or any(actor.phone.typing for actor in stage.cast)


def _phone(stage: Stage, actor: Actor, first: Invitation, waiting: set[tuple[int, int]]) -> Document:
    phone = actor.phone
    topics = phone.topics
    messages = [message for message in phone.messages if message.opens_topic is None][-_SHOWN:]
    door = doorway(stage, actor, first)
    return {
        "messages": [_message(phone, actor.key, message, waiting, topics) for message in messages],
        "topics": [{"id": id_, "name": name} for id_, name in topics.items()],
        "typing": phone.typing is not None,
        "unread": phone.unread,
        "alias": alias_of(phone.history),
        "begun": bool(phone.history),
        "door": {"code": door.code, "opened": door.opened} if door is not None else None,
        "commands": _commands(messages),
        "toasts": [
            {"id": toast.query_id, "text": toast.text or "", "alert": toast.alert} for toast in phone.toasts[-_TOASTS:]
        ],
    }


def _message(
    phone: Phone, actor_key: str, message: ShownMessage, waiting: set[tuple[int, int]], topics: dict[int, str]
) -> Document:
    # Telegram's apps show nothing of what a link hands over.
    handed_over = not message.from_bot and message.text.startswith("/start ")
    return {
        "id": message.id,
        "mine": not message.from_bot,
        "at": message.date.timestamp(),
        "text": "/start" if handed_over else message.text,
        "entities": message.entities,
        "media": _media(phone, actor_key, message),
        "album": message.album,
        "forwarded": message.forwarded_from,
        "protected": message.protected,
        "topic": None if message.topic is None else {"id": message.topic, "name": topics.get(message.topic, "")},
        "keyboard": message.keyboard,
        "reply": _reply(phone, message),
        # Telegram's apps do not call a message edited whose buttons come and go.
        "edited": message.edited and not message.keyboard,
        "reactions": message.reactions,
        "reaction": message.own_reaction,
        "waits": (phone.id, message.id) in waiting,
    }


def _media(phone: Phone, key: str, message: ShownMessage) -> Document | None:
    """A picture by its address here, which changes with the picture; anything else by what it is called."""
    shown = message.media
    if shown is None:
        return None
    picture = None
    if picture_type(shown) is not None:
        picture = f"/phones/{key}/media/{message.id}?{shown.details['file_unique_id']}"
    return {"kind": shown.kind, "label": _called(shown), "detail": _detail(shown), "picture": picture}


def _called(shown: Attachment) -> str:
    return _KINDS.get(shown.kind, shown.kind.replace("_", " ").capitalize())


def _detail(shown: Attachment) -> str:
    details = shown.details
    if shown.kind == "contact":
        return f"{details['first_name']}, {details['phone_number']}"
    if shown.kind == "location":
        return f"{details['latitude']:.4f}, {details['longitude']:.4f}"
    if "duration" in details:
        return f"{details['duration'] // 60}:{details['duration'] % 60:02}"
    return shown.file_name or str(details.get("emoji", details.get("question", details.get("title", ""))))


def _reply(phone: Phone, message: ShownMessage) -> Document | None:
    if message.reply_to is None:
        return None
    replied = next((other for other in phone.messages if other.id == message.reply_to), None)
    if replied is None:
        return {"id": message.reply_to, "mine": False, "text": message.quote or "(deleted message)"}
    text = message.quote or replied.text or (_called(replied.media) if replied.media is not None else "")
    return {"id": replied.id, "mine": not replied.from_bot, "text": text[:_QUOTED]}


def _commands(messages: list[ShownMessage]) -> list[Document]:
    """The commands that the bot has told this person of, with what it said about each, if it did."""
    found: dict[str, str] = {}
    for message in messages:
        if message.from_bot and label_of(message.text) is None:
            for command in _COMMAND.findall(message.text):
                found.setdefault(command, "")
            found |= dict(_DESCRIBED.findall(message.text))
    return [{"command": command, "description": found[command]} for command in sorted(found)]


def _waiting(stage: Stage) -> set[tuple[int, int]]:
    """Chat and message id of what people sent and the bot has not taken over yet."""
    found = set()
    for update in stage.api.telegram.updates.waiting:
        message = json.loads(update.raw).get("message")
        if message is not None:
            found.add((message["chat"]["id"], message["message_id"]))
    return found
