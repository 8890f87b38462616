"""One notice to Telegram: the calls that it takes, and the messages that came of them."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import tzinfo
from functools import partial
from typing import Any

from handlers.telegram.albums import captions, media
from handlers.telegram.api import Api, Refused, Unclear
from handlers.telegram.buttons import token_for
from handlers.telegram.covering import Cover, Hiding, Line, Showing, Unseen
from handlers.telegram.pictures import MOST_BYTES, redraw
from handlers.telegram.preparing import Topic
from handlers.telegram.rendering import Keyboard, Rendered, Setting, label, line, passed, render, shown
from handlers.telegram.topic_calls import TopicCalls, may_stand_elsewhere
from mentorbot.locale.catalogue import Say
from mentorbot.programme.content import Form
from mentorbot.programme.errors import NotThere, StorageFailed
from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.notices import (
    Album,
    ArrivalMarked,
    Carried,
    CopiesRemoved,
    Erased,
    ErasedThere,
    Notice,
    Passed,
    Reacted,
    Redrawn,
    Removed,
    RenamedOther,
    Reworded,
    TopicHere,
    TopicRemoved,
    Wiped,
)
from mentorbot.programme.reaction import ARRIVED
from mentorbot.programme.wording import Format
from storage.claims import Claimed
from storage.transaction import Store

Json = dict[str, Any]

MOST_AT_ONCE = 100
"""Messages that Telegram deletes in one call."""


class Transmitter:
    """Calls Telegram for what the lanes have claimed."""

    def __init__(self, store: Store, api: Api, *, bot_username: str, zone: tzinfo, emergency: str) -> None:
        self._store = store
        self._api = api
        self._bot_username = bot_username
        self._zone = zone
        self._emergency = emergency
        self._topics = TopicCalls(store, api)
        self._drawing = asyncio.Semaphore(1)  # one picture at a time: each takes much memory

    async def transmit(
        self,
        claimed: Claimed,
        notice: Notice,
        *,
        answers: MessageId | None,
        changes: Sequence[MessageId] = (),
        cover: Cover | None = None,
        topic: Topic | None = None,
    ) -> list[MessageId]:
        """Send a notice as a reply to `answers`, if given, into the `topic`, if given, or let it change what is there;
        or do what `cover` says.

        The new messages in the recipient's chat. Raises ApiError.
        """
        chat = await self._store.keyring.telegram_id(claimed.recipient)
        to: Json = {"chat_id": chat, "protect_content": True} if claimed.protected else {"chat_id": chat}
        at = Setting(
            say=Say(claimed.language, self._zone),
            bot_username=self._bot_username,
            emergency=self._emergency,
            possible_repeat=claimed.possible_repeat,
        )
        if isinstance(cover, Unseen) or await self._changes(chat, notice, at, answers, changes):
            return []
        if isinstance(cover, Line):
            return await self._lines(to, claimed.recipient, notice, at, cover)
        if isinstance(cover, Hiding):
            return await self._hide(chat, claimed.recipient, at, cover)
        if isinstance(cover, Showing):
            return await self._show(to, claimed.recipient, notice, replace(at, possible_repeat=False), answers, cover)
        send = partial(self._say, recipient=claimed.recipient, notice=notice, at=at, answers=answers)
        if topic is not None and isinstance(notice, RenamedOther | TopicHere):
            await self._topics.rename(chat, topic)
        if topic is None or not claimed.topics:
            return await send(to)
        return await self._topics.send(to, claimed.recipient, topic, send)

    async def _changes(
        self, chat: int, notice: Notice, at: Setting, answers: MessageId | None, changes: Sequence[MessageId]
    ) -> bool:
        """Do what a notice does to messages that are there; False when it is to be said, as most are."""
        if isinstance(notice, Reacted):
            await self._react(chat, answers, notice.emoji)
        elif isinstance(notice, ArrivalMarked):
            await self._react(chat, answers, ARRIVED)
        elif isinstance(notice, Removed):
            await self._delete(chat, changes)
        elif isinstance(notice, CopiesRemoved | Wiped | Erased | ErasedThere):
            await self._clear(chat, changes)
        elif isinstance(notice, TopicRemoved):
            await self._topics.remove(chat, notice.thread)
        else:
            return isinstance(notice, Reworded) and bool(changes) and await self._reworded(chat, changes[0], notice, at)
        return True

    async def _say(
        self, to: Json, recipient: Pid, notice: Notice, at: Setting, answers: MessageId | None
    ) -> list[MessageId]:
        if isinstance(notice, Album):
            if notice.alone is None:
                return await self._album(to, notice, at, answers)
            notice = notice.alone
        if isinstance(notice, Carried | Redrawn):
            return await self._copy(to, notice, at, answers)
        if isinstance(notice, TopicHere) and "message_thread_id" not in to:
            return []  # where there is none, it is not true
        body = self._body(recipient, render(notice, at))
        if notice.replaces is not None and await self._replaced(to["chat_id"], notice.replaces, body):
            return [notice.replaces]
        return [await self._send("sendMessage", to | body, notice, answers)]

    async def _lines(self, to: Json, recipient: Pid, notice: Notice, at: Setting, cover: Line) -> list[MessageId]:
        """Neutral lines, as no reply: that would show what it answers."""
        body = self._body(recipient, line(at))
        if notice.replaces is not None and await self._replaced(to["chat_id"], notice.replaces, body):
            return [notice.replaces]
        lines = []
        for number in range(len(notice.pieces) if isinstance(notice, Album) else 1):
            quiet: Json = {"disable_notification": True} if cover.silent or number else {}
            lines.append(_id_of(await self._api.call("sendMessage", to | body | quiet)))
        return lines

    async def _show(
        self, to: Json, recipient: Pid, notice: Notice, at: Setting, answers: MessageId | None, cover: Showing
    ) -> list[MessageId]:
        """Put a notice into its line; below that, what is no text or hangs on another message. The line goes first:
        nothing that may fail follows what must be known to be deleted again."""
        chat = to["chat_id"]
        below = answers is not None or isinstance(notice, Carried | Redrawn)
        await self._delete(chat, cover.below)
        standing = shown(None if below else notice, at, until=cover.until)
        if await self._replaced(chat, cover.line, self._body(recipient, standing)) and below:
            return await self._say(to | {"disable_notification": True}, recipient, notice, at, answers)
        return []

    async def _hide(self, chat: int, recipient: Pid, at: Setting, cover: Hiding) -> list[MessageId]:
        await self._delete(chat, cover.below)
        if not await self._replaced(chat, cover.line, self._body(recipient, line(at))):
            await self._delete(chat, [cover.line])  # gone already, or else better gone than left open
        return []

    async def mark_arrived(self, writer: Pid, message: MessageId) -> None:
        """Set the sign that a participant's message has reached the mentor. Raises ApiError."""
        with suppress(NotThere, StorageFailed):  # they left in this moment, or the keys store is away
            await self._react(await self._store.keyring.telegram_id(writer), message, ARRIVED)

    async def _react(self, chat: int, message: MessageId | None, emoji: str | None) -> None:
        """Show one reaction, or none, on a message. Where that is not possible (any more), nothing is lost."""
        if message is None:
            return
        reaction = [] if emoji is None else [{"type": "emoji", "emoji": emoji}]
        call = {"chat_id": chat, "message_id": message, "reaction": reaction}
        try:
            await self._api.call("setMessageReaction", call)
        except Refused as error:
            if error.code != 400:
                raise

    async def _replaced(self, chat: int, message: MessageId, body: Json) -> bool:
        """Put a text in the place of the bot's own message. False where that is not possible any more."""
        return await self._changed("editMessageText", {"chat_id": chat, "message_id": message, **body})

    async def _reworded(self, chat: int, message: MessageId, notice: Reworded, at: Setting) -> bool:
        """Change the words of a message that is there. Doing it twice does it once: no mark says that it may be."""
        words = passed(notice, replace(at, possible_repeat=False))
        this: Json = {"chat_id": chat, "message_id": message}
        if notice.form is Form.TEXT:
            return await self._changed("editMessageText", this | _words(words))
        caption = {"caption": words.text, "caption_entities": [_entity(form) for form in words.formats]}
        return await self._changed("editMessageCaption", this | caption)

    async def _changed(self, method: str, call: Json) -> bool:
        try:
            await self._api.call(method, call)
        except Refused as error:
            if error.code != 400:
                raise
            return "not modified" in error.description
        return True

    async def _delete(self, chat: int, messages: Sequence[MessageId]) -> None:
        """Delete messages; one that is gone already is passed over by Telegram."""
        for some in _together(messages):
            await self._api.call("deleteMessages", {"chat_id": chat, "message_ids": list(some)})

    async def _clear(self, chat: int, messages: Sequence[MessageId]) -> None:
        """Delete what can be deleted. Where Telegram refuses several for the sake of one, each half is tried alone."""
        for some in _together(messages):
            try:
                await self._delete(chat, some)
            except Refused as error:
                if error.code != 400:
                    raise
                half = len(some) // 2
                for part in (some[:half], some[half:]) if half else ():
                    await self._clear(chat, part)

    async def _copy(
        self, to: Json, notice: Carried | Redrawn, at: Setting, answers: MessageId | None
    ) -> list[MessageId]:
        """Let Telegram copy a message. What takes no caption stands below a label of its own, as a reply to it."""
        if isinstance(notice, Redrawn):
            return [await self._redrawn(to, notice, at, answers)]
        source = await self._store.keyring.telegram_id(notice.sender)
        copy = to | {"from_chat_id": source, "message_id": notice.from_message}
        if notice.form is Form.CAPTION:
            caption = passed(notice, at)
            copy |= {"caption": caption.text, "caption_entities": [_entity(form) for form in caption.formats]}
            return [await self._send("copyMessage", copy, notice, answers)]
        above = label(notice, at)
        if not above.text:
            return [await self._send("copyMessage", copy, notice, answers)]
        first = await self._send("sendMessage", to | _words(above), notice, answers)
        return [first, await self._send("copyMessage", copy, notice, first)]

    async def _redrawn(self, to: Json, notice: Redrawn, at: Setting, answers: MessageId | None) -> MessageId:
        async with self._drawing:
            photo = await asyncio.to_thread(redraw, await self._api.file(notice.file, most=MOST_BYTES))
        caption = passed(notice, at)
        call = to | {"photo": photo, "caption": caption.text}
        call["caption_entities"] = [_entity(form) for form in caption.formats]
        return await self._send("sendPhoto", call, notice, answers)

    async def _album(self, to: Json, notice: Album, at: Setting, answers: MessageId | None) -> list[MessageId]:
        pieces = [
            {**media(piece), "caption": caption.text, "caption_entities": [_entity(form) for form in caption.formats]}
            for piece, caption in zip(notice.pieces, captions(notice, at), strict=True)
        ]
        sent = await self._reply("sendMediaGroup", to | {"media": pieces}, notice, answers)
        if not isinstance(sent, list) or len(sent) != len(pieces):
            raise Unclear
        return [_id_of(message) for message in sent]

    async def _send(self, method: str, call: Json, notice: Notice, answers: MessageId | None) -> MessageId:
        return _id_of(await self._reply(method, call, notice, answers))

    async def _reply(self, method: str, call: Json, notice: Notice, answers: MessageId | None) -> Any:
        """Call, as a reply where it is one. A quote that is no longer in what it quotes is left out, and in a topic a
        reply to what stands outside it."""
        reply: Json = {}
        alone = call
        if answers is not None:
            reply = {"message_id": answers, "allow_sending_without_reply": True}
            if isinstance(notice, Passed) and notice.quote:
                try:
                    quoting = {**call, "reply_parameters": {**reply, "quote": notice.quote}}
                    return await self._api.call(method, quoting)
                except Refused as error:
                    if error.code != 400:
                        raise
            call = {**call, "reply_parameters": reply}
        try:
            sent = await self._api.call(method, call)
        except Refused as error:
            if answers is None or not may_stand_elsewhere(call, error):
                raise
            sent = await self._api.call(method, alone)
        if answers is None:  # a reply may stand where what it answers does
            self._topics.look(call, sent)
        return sent

    def _body(self, pid: Pid, rendered: Rendered) -> Json:
        body = _words(rendered)
        if rendered.keyboard:
            body["reply_markup"] = {"inline_keyboard": self._buttons(pid, rendered.keyboard)}
        return body

    def _buttons(self, pid: Pid, keyboard: Keyboard) -> list[list[dict[str, str]]]:
        key = self._store.root.buttons
        return [
            [{"text": text, "callback_data": token_for(key, pid, press)} for text, press in row] for row in keyboard
        ]


def _together(messages: Sequence[MessageId]) -> Iterator[Sequence[MessageId]]:
    """As many at a time as Telegram deletes in one call."""
    return (messages[at : at + MOST_AT_ONCE] for at in range(0, len(messages), MOST_AT_ONCE))


def _words(rendered: Rendered) -> Json:
    body: Json = {"text": rendered.text, "link_preview_options": {"is_disabled": True}}
    if rendered.formats:
        body["entities"] = [_entity(form) for form in rendered.formats]
    return body


def _id_of(result: Any) -> MessageId:
    """The id of the message that a call made. Unclear when Telegram's success does not say it."""
    try:
        return MessageId(int(result["message_id"]))
    except (TypeError, KeyError, ValueError):
        raise Unclear from None


def _entity(form: Format) -> Json:
    entity: Json = {"type": form.kind, "offset": form.offset, "length": form.length}
    if form.url:
        entity["url"] = form.url
    if form.language:
        entity["language"] = form.language
    return entity
