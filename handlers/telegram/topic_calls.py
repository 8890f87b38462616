"""Topics in a mentor's chat: making, naming and removing them, and where a message really came to stand."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from handlers.telegram.api import Api, ApiError, NotDelivered, Refused, TokenRevoked, Unclear
from handlers.telegram.preparing import Topic
from mentorbot.programme.errors import StorageFailed
from mentorbot.programme.ids import MessageId, Pid, ThreadId
from mentorbot.services.topics import give_up
from storage import topics
from storage.transaction import Store

Json = dict[str, Any]

LONGEST_NAME = 128


class TopicCalls:
    """A topic is Telegram's: whoever has the chat may delete it, and a bot may lose them all."""

    def __init__(self, store: Store, api: Api) -> None:
        self._store = store
        self._api = api
        self._elsewhere: set[tuple[int, int]] = set()  # chat and topic: where a message did not come to stand

    async def send(
        self, to: Json, mentor: Pid, topic: Topic, send: Callable[[Json], Awaitable[list[MessageId]]]
    ) -> list[MessageId]:
        """Say something in the topic of its channel, which is made where there is none (any more); beside it, where
        Telegram lets nothing go there. Raises ApiError."""
        is_new = topic.thread is None
        thread = topic.thread or await self._open(to["chat_id"], mentor, topic)
        while thread is not None:
            try:
                messages = await send(to | {"message_thread_id": thread})
            except Refused as error:
                if not _is_gone(error):
                    raise
                if is_new:
                    await self._give_up(mentor)
                    break
                is_new, thread = True, await self._open(to["chat_id"], mentor, topic)
            else:
                if (to["chat_id"], thread) in self._elsewhere:
                    self._elsewhere.discard((to["chat_id"], thread))
                    with suppress(StorageFailed):  # what was sent must not be sent again for this
                        await self._store.transact(lambda tx: topics.forget(tx, topic.channel))
                return messages
        return await send(to)

    def look(self, call: Json, sent: Any) -> None:
        """Note where a message came to stand elsewhere than in the topic that it was sent to: that topic counts as
        gone, and the next message makes another. Of a copy Telegram does not say where it stands."""
        thread = call.get("message_thread_id")
        first = sent[0] if isinstance(sent, list) and sent else sent
        says_where = isinstance(first, dict) and "chat" in first
        if thread is not None and says_where and first.get("message_thread_id") != thread:
            self._elsewhere.add((call["chat_id"], thread))

    async def rename(self, chat: int, topic: Topic) -> None:
        """Call a topic what its participant is called now. Where that fails, it keeps the old name."""
        if topic.thread is None:
            return
        call = {"chat_id": chat, "message_thread_id": topic.thread, "name": topic.name[:LONGEST_NAME]}
        try:
            await self._api.call("editForumTopic", call)
        except TokenRevoked:
            raise
        except ApiError:
            return

    async def remove(self, chat: int, thread: ThreadId) -> None:
        """Delete a topic with all that stands in it; nothing where it is gone already. Raises ApiError."""
        try:
            await self._api.call("deleteForumTopic", {"chat_id": chat, "message_thread_id": thread})
        except Refused as error:
            if error.code != 400:
                raise

    async def _open(self, chat: int, mentor: Pid, topic: Topic) -> ThreadId | None:
        """Make the topic of a channel. None where Telegram makes none, or the channel is over by now. Raises ApiError;
        after that nothing was said, but a topic that nobody knows may be there."""
        try:
            made = await self._api.call("createForumTopic", {"chat_id": chat, "name": topic.name[:LONGEST_NAME]})
            thread = ThreadId(int(made["message_thread_id"]))
        except (Unclear, KeyError, TypeError, ValueError):
            raise NotDelivered from None
        except Refused as error:
            if error.code != 400:
                raise
            await self._give_up(mentor)
            return None
        if await self._store.transact(lambda tx: topics.note(tx, topic.channel, thread)):
            return thread
        await self.remove(chat, thread)
        return None

    async def _give_up(self, mentor: Pid) -> None:
        await self._store.transact(lambda tx: give_up(tx, mentor))


def may_stand_elsewhere(call: Json, error: Refused) -> bool:
    """Whether a reply may have been refused because what it answers is not in the topic that it was to go to."""
    return "message_thread_id" in call and error.code == 400 and not _is_gone(error)


def _is_gone(error: Refused) -> bool:
    """Whether a message was refused because its topic is not there (any more)."""
    return error.code == 400 and ("thread" in error.description or "TOPIC" in error.description)
