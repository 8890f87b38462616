"""What a person sees on their screen, as records."""

from dataclasses import dataclass
from datetime import UTC, datetime

from .chats import Stored
from .files import KINDS, Files
from .wire import Json

_OTHER_KINDS = ("venue", "location", "contact", "poll", "dice", "story", "game")


class PhoneError(Exception):
    """Something that this person cannot do or see on their phone."""


class WaitedInVain(PhoneError, TimeoutError):
    """What was waited for did not come; the message shows everybody's chats."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """What a message carries besides text: `details` as the Bot API gives them, `data` for files."""

    kind: str
    details: Json
    file_name: str | None
    data: bytes | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownMessage:
    """`text` is the caption where the message is a file; offsets of entities in UTF-16 code units;
    `keyboard` holds the labels of the buttons under the message, row by row; `reactions` holds everybody's,
    `own_reaction` is this person's among them, `bot_reactions` are the bot's; `album`
    is the same for all files of one album; `topic` is the id of the topic it stands in (None: the general one),
    `opens_topic` the name under which it opened one."""

    id: int
    from_bot: bool
    date: datetime
    text: str
    entities: tuple[Json, ...]
    keyboard: tuple[tuple[str, ...], ...]
    media: Attachment | None
    reply_to: int | None
    quote: str | None
    reactions: tuple[str, ...]
    own_reaction: str | None
    bot_reactions: tuple[str, ...]
    album: str | None
    edited: bool
    forwarded_from: str | None
    protected: bool
    deleted: bool
    topic: int | None
    opens_topic: str | None

    @property
    def forwarded(self) -> bool:
        return self.forwarded_from is not None

    def line(self, first_name: str) -> str:
        """The message in one line, for errors and stories."""
        marks = [
            f"[{self.media.kind}]" if self.media else "",
            f"(topic {self.opens_topic})" if self.opens_topic else "",
            self.text,
            "".join(f" [{' | '.join(row)}]" for row in self.keyboard),
            " (edited)" if self.edited else "",
            " (deleted)" if self.deleted else "",
        ]
        return f"{self.id:>6} {'bot' if self.from_bot else first_name}: {''.join(marks)}"


def show(stored: Stored, files: Files) -> ShownMessage:
    body = stored.body
    buttons = body.get("reply_markup", {}).get("inline_keyboard", [])
    return ShownMessage(
        id=body["message_id"],
        from_bot=stored.from_bot,
        date=datetime.fromtimestamp(body["date"], UTC),
        text=stored.text,
        entities=tuple(body.get("entities") or body.get("caption_entities") or ()),
        keyboard=tuple(tuple(button["text"] for button in row) for row in buttons),
        media=_attachment(body, files),
        reply_to=_answered(stored),
        quote=body.get("quote", {}).get("text"),
        reactions=_emoji([*stored.person_reactions, *stored.bot_reactions]),
        own_reaction=next(iter(_emoji(stored.person_reactions)), None),
        bot_reactions=_emoji(stored.bot_reactions),
        album=body.get("media_group_id"),
        edited="edit_date" in body,
        forwarded_from=_author(body["forward_origin"]) if "forward_origin" in body else None,
        protected=stored.protected,
        deleted=stored.deleted,
        topic=stored.topic,
        opens_topic=body.get("forum_topic_created", {}).get("name"),
    )


def _answered(stored: Stored) -> int | None:
    """Apps do not show that what is written in a topic seems to answer its beginning."""
    replied: int | None = stored.body.get("reply_to_message", {}).get("message_id")
    return None if replied == stored.topic else replied


def _emoji(reactions: list[Json]) -> tuple[str, ...]:
    return tuple(str(reaction.get("emoji", reaction["type"])) for reaction in reactions)


def _author(origin: Json) -> str:
    """Whom an app names above a forwarded message."""
    if origin["type"] == "user":
        user: Json = origin["sender_user"]
        return " ".join(user[key] for key in ("first_name", "last_name") if key in user)
    name: str = origin["sender_user_name"]
    return name


def _attachment(body: Json, files: Files) -> Attachment | None:
    # An animation is a document too: the more telling kind is looked for first.
    for kind in ("animation", *KINDS):
        if kind in body:
            details: Json = body[kind][-1] if kind == "photo" else body[kind]
            data = files.by_id(details["file_id"]).data
            return Attachment(kind=kind, details=details, file_name=details.get("file_name"), data=data)
    for kind in _OTHER_KINDS:
        if kind in body:
            return Attachment(kind=kind, details=body[kind], file_name=None, data=None)
    return None
