"""What a person does. Everything they do is an update for the bot; ids are message ids in their own chat."""

import secrets
from collections.abc import Sequence, Set

from . import contents
from .chats import Stored, in_topic
from .entities import CAPTION_LIMIT, TEXT_LIMIT, find_entities, in_order, trim, utf16_length
from .files import KINDS
from .shown import PhoneError
from .topics import WithTopics
from .wire import Json

EDITABLE_SECONDS = 48 * 3600
_PAYLOAD = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
_LONGEST_PAYLOAD = 64


class Phone(WithTopics):
    def start(self, payload: str | None = None) -> int:
        """Open the chat through a deep link, or by its start button; a blocked bot is unblocked by it."""
        if payload is not None and not (0 < len(payload) <= _LONGEST_PAYLOAD and _PAYLOAD.issuperset(payload)):
            raise PhoneError(f"not a start payload: {payload!r}")
        if self.chat.blocked:
            self.unblock()
        return self.write("/start" if payload is None else f"/start {payload}")

    def write(
        self,
        text: str,
        *,
        entities: Sequence[Json] = (),
        reply_to: int | None = None,
        quote: str | None = None,
        topic: int | None = None,
    ) -> int:
        content = self._text(text, entities)
        return self.send(content, reply_to=reply_to, quote=quote, topic=topic)

    def send(
        self,
        content: Json,
        *,
        reply_to: int | None = None,
        quote: str | None = None,
        topic: int | None = None,
    ) -> int:
        """Send any fields of a Message, also ones no method here makes (story, giveaway, paid_media …)."""
        self._reach()
        extra = {} if reply_to is None else self._reply(reply_to, quote)
        if topic is not None:
            extra = self._beginning_of(topic) | extra | in_topic(topic)
        stored = self.chat.add(self.user, {**extra, **content}, date=self._world.clock.now())
        self._world.updates.push("message", stored.body)
        self.changes.bump()
        return stored.id

    def send_file(
        self,
        kind: str,
        data: bytes,
        *,
        caption: str = "",
        caption_entities: Sequence[Json] = (),
        file_name: str | None = None,
        mime_type: str | None = None,
        reply_to: int | None = None,
        quote: str | None = None,
        topic: int | None = None,
        **details: object,
    ) -> int:
        """`kind` is one of photo, document, video, animation, audio, voice, video_note, sticker."""
        content = self._file(kind, data, caption, caption_entities, file_name, mime_type, details)
        return self.send(content, reply_to=reply_to, quote=quote, topic=topic)

    def send_album(
        self,
        kind: str,
        files: Sequence[bytes],
        *,
        caption: str = "",
        reply_to: int | None = None,
        topic: int | None = None,
    ) -> list[int]:
        """One message for each file, held together by a media_group_id; the first carries the caption."""
        group = str(secrets.randbits(54))
        return [
            self.send(
                {
                    "media_group_id": group,
                    **self._file(kind, data, "" if number else caption, (), None, None, {}),
                },
                reply_to=reply_to,
                topic=topic,
            )
            for number, data in enumerate(files)
        ]

    def send_contact(
        self,
        phone_number: str,
        first_name: str,
        *,
        owner: "Phone | None" = None,
        reply_to: int | None = None,
        topic: int | None = None,
    ) -> int:
        content = contents.contact(phone_number, first_name, user_id=owner.id if owner else None)
        return self.send(content, reply_to=reply_to, topic=topic)

    def send_location(
        self,
        latitude: float,
        longitude: float,
        *,
        live_period: int | None = None,
        reply_to: int | None = None,
        topic: int | None = None,
    ) -> int:
        content = contents.location(latitude, longitude, live_period=live_period)
        return self.send(content, reply_to=reply_to, topic=topic)

    def send_venue(self, latitude: float, longitude: float, title: str, address: str) -> int:
        return self.send(contents.venue(latitude, longitude, title, address))

    def send_poll(self, question: str, options: Sequence[str]) -> int:
        return self.send(contents.poll(question, list(options)))

    def send_dice(self, emoji: str = "🎲") -> int:
        return self.send(contents.dice(emoji))

    def forward(self, text: str, *, author: "Phone | str") -> int:
        """Forward what someone wrote elsewhere; an author given as a name hides the account behind it."""
        date = self._world.clock.now()
        origin: Json = (
            {"type": "hidden_user", "date": date, "sender_user_name": author}
            if isinstance(author, str)
            else {"type": "user", "date": date, "sender_user": author.user}
        )
        return self.send({"forward_origin": origin, **self._text(text, ())})

    def forward_message(self, message_id: int) -> int:
        """Forward a message of this chat, anybody's, to the bot."""
        source = self._seen(message_id)
        if source.protected:
            raise PhoneError(f"message {message_id} is protected and cannot be forwarded")
        return self.send(source.as_forwarded())

    def press(self, message_id: int, button: str | tuple[int, int]) -> str:
        """Press a button by its label or its place (row, column); give the callback query's id."""
        pressed = self.button(message_id, button)
        if "callback_data" not in pressed:
            raise PhoneError(f"the button {pressed['text']!r} does not call the bot")
        return self.press_data(message_id, pressed["callback_data"])

    def press_data(self, message_id: int, data: str) -> str:
        """What a forged client can do: call the bot with any data from any message."""
        stored = self.chat.find(message_id)
        gone: Json = {"chat": self.chat.info, "message_id": message_id, "date": 0}
        return self._world.ask(self.chat, stored.body if stored else gone, data)

    def button(self, message_id: int, button: str | tuple[int, int]) -> Json:
        rows = self._seen(message_id).body.get("reply_markup", {}).get("inline_keyboard", [])
        if isinstance(button, str):
            found = [candidate for row in rows for candidate in row if candidate["text"] == button]
        else:
            row, column = button
            found = [rows[row][column]] if row < len(rows) and column < len(rows[row]) else []
        if not found:
            raise PhoneError(f"no button {button!r} under message {message_id}\n{self.transcript()}")
        pressed: Json = found[0]
        return pressed

    def edit(self, message_id: int, text: str, *, entities: Sequence[Json] = ()) -> None:
        """Change the text, or the caption of a file."""
        stored = self._own(message_id)
        content = self._text(text, entities) if "text" in stored.body else self._caption(text, entities)
        self._change(stored, content, {key for key in stored.body if key.endswith("entities")})

    def replace_file(self, message_id: int, kind: str, data: bytes) -> None:
        """Put another file in the place of a message's own; the caption stays."""
        stored = self._own(message_id)
        self._change(stored, self._file(kind, data, "", (), None, None, {}), set(KINDS))

    def _change(self, stored: Stored, content: Json, gone: Set[str]) -> None:
        now = self._world.clock.now()
        if now - stored.body["date"] > EDITABLE_SECONDS:
            raise PhoneError(f"message {stored.id} is older than 48 hours and cannot be edited")
        kept = {key: value for key, value in stored.body.items() if key not in gone}
        stored.replace({**kept, **content, "edit_date": now})
        self._world.updates.push("edited_message", stored.body)
        self.changes.bump()

    def delete(self, message_id: int) -> None:
        """Delete a message on both sides; Telegram does not tell the bot."""
        stored = self._seen(message_id)
        stored.delete()
        self.changes.bump()

    def react(self, message_id: int, emoji: str | None) -> None:
        """None takes the reaction back."""
        self.react_with(message_id, *([] if emoji is None else [{"type": "emoji", "emoji": emoji}]))

    def react_with(self, message_id: int, *reactions: Json) -> None:
        """All the reactions of this person, as the Bot API has them: subscribers have up to three, also custom ones."""
        stored = self._seen(message_id)
        old = stored.person_reactions
        stored.person_reactions = list(reactions)
        stored.version += 1
        self._world.updates.push(
            "message_reaction",
            {
                "chat": self.chat.info,
                "message_id": message_id,
                "user": self.user,
                "date": self._world.clock.now(),
                "old_reaction": old,
                "new_reaction": stored.person_reactions,
            },
        )
        self.changes.bump()

    def block(self) -> None:
        self._membership("member", "kicked")

    def unblock(self) -> None:
        self._membership("kicked", "member")

    def _text(self, text: str, entities: Sequence[Json]) -> Json:
        return _typed("text", "entities", text, entities, TEXT_LIMIT)

    def _caption(self, text: str, entities: Sequence[Json]) -> Json:
        return _typed("caption", "caption_entities", text, entities, CAPTION_LIMIT)

    def _file(
        self,
        kind: str,
        data: bytes,
        caption: str,
        caption_entities: Sequence[Json],
        file_name: str | None,
        mime_type: str | None,
        details: Json,
    ) -> Json:
        if kind not in KINDS:
            raise PhoneError(f"not a kind of file: {kind}")
        content = dict(self._world.files.content(kind, data, file_name=file_name, mime_type=mime_type, details=details))
        if caption:
            content |= self._caption(caption, caption_entities)
        return content

    def _reply(self, reply_to: int, quote: str | None) -> Json:
        replied = self._seen(reply_to)
        extra: Json = {"reply_to_message": replied.as_replied()}
        if replied.topic is not None:
            extra |= in_topic(replied.topic)
        if quote is not None:
            text = replied.text
            if quote not in text:
                raise PhoneError(f"{quote!r} does not stand in message {reply_to}")
            position = utf16_length(text[: text.index(quote)])
            extra["quote"] = {"text": quote, "position": position, "is_manual": True}
        return extra

    def _membership(self, old: str, new: str) -> None:
        if self.chat.blocked == (new == "kicked"):
            return
        self.chat.blocked = new == "kicked"
        self._world.change_membership(self.chat.info, self.user, old, new)
        self.changes.bump()

    def _own(self, message_id: int) -> Stored:
        stored = self._seen(message_id)
        if stored.from_bot:
            raise PhoneError(f"message {message_id} is the bot's, not {self.first_name}'s")
        return stored


def _typed(key: str, entities_key: str, text: str, entities: Sequence[Json], limit: int) -> Json:
    text, kept = trim(text, in_order(list(entities)))
    if not text:
        raise PhoneError("a phone does not send an empty message")
    if utf16_length(text) > limit:
        raise PhoneError(f"a phone does not take more than {limit} characters at once")
    found = find_entities(text, kept)
    return {key: text, entities_key: found} if found else {key: text}
