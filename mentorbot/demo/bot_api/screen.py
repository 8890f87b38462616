"""What a person sees: their chat with the bot, buttons' answers, typing, unread marks."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from .changes import Changes
from .chats import PrivateChat, Stored, Toast
from .shown import PhoneError, ShownMessage, WaitedInVain, show
from .wire import Json
from .world import World

T = TypeVar("T")

PATIENCE = 20.0
"""Seconds that anything may take. On a busy machine five were not always enough."""


class Screen:
    """`changes` moves with everything that happens in this chat, on either side."""

    def __init__(self, world: World, user: Json, *, last_message_id: int) -> None:
        self.user = user
        self.id: int = user["id"]
        self.first_name: str = user["first_name"]
        self.changes = Changes(also=world.changes)
        self.unread = 0
        self.toasts: list[Toast] = []
        self.reply_keyboard: tuple[tuple[str, ...], ...] = ()
        self._world = world
        self._busy_until = 0
        self._busy_with = ""
        self._shown: dict[int, tuple[int, ShownMessage]] = {}
        info: Json = {key: user[key] for key in ("id", "first_name", "last_name", "username") if key in user}
        self.chat = PrivateChat(
            {**info, "type": "private"}, owner=self, last_message_id=last_message_id, changes=self.changes
        )

    def read(self) -> None:
        """Everything has been seen: the unread mark goes."""
        if self.unread:
            self.unread = 0
            self.changes.bump()

    @property
    def messages(self) -> list[ShownMessage]:
        """What stands in the chat now, oldest first, without what was deleted."""
        return [message for message in self.history if not message.deleted]

    @property
    def history(self) -> list[ShownMessage]:
        """Everything that ever stood in the chat, deleted messages marked as such."""
        return [self._show(stored) for stored in self.chat.messages.values()]

    @property
    def topics(self) -> dict[int, str]:
        """The chat's topics beside the general one: id and name, oldest first."""
        return {thread: topic["name"] for thread, topic in self.chat.topics.items()}

    @property
    def typing(self) -> str | None:
        """The bot's chat action ("typing", "upload_photo" …) while it is shown, else None."""
        return self._busy_with if self._world.clock.now() < self._busy_until else None

    @property
    def blocked(self) -> bool:
        return self.chat.blocked

    def message(self, message_id: int) -> ShownMessage:
        return self._show(self._seen(message_id))

    async def wait_for(
        self, predicate: Callable[[ShownMessage], bool], *, timeout: float = PATIENCE, after: int = 0
    ) -> ShownMessage:
        """The newest message with an id above `after` that fits; waits for it, no longer than `timeout`
        seconds."""

        def fitting() -> ShownMessage | None:
            for stored in reversed(self.chat.messages.values()):
                if stored.id <= after:
                    break
                if not stored.deleted and predicate(self._show(stored)):
                    return self._show(stored)
            return None

        return await self._wait(fitting, timeout, "the message")

    async def wait_for_toast(self, query_id: str, *, timeout: float = PATIENCE) -> Toast:
        """The bot's answer to a pressed button."""
        return await self._wait(
            lambda: next((toast for toast in self.toasts if toast.query_id == query_id), None),
            timeout,
            "the answer to the button",
        )

    async def wait_until_gone(self, message_id: int, *, timeout: float = PATIENCE) -> None:
        """Until a message has been deleted, by either side."""

        def gone() -> bool | None:
            return True if self.chat.find(message_id) is None else None

        await self._wait(gone, timeout, "the deletion")

    def transcript(self) -> str:
        """The chat as text, for errors and stories."""
        lines = [message.line(self.first_name) for message in self.history]
        return "\n".join([f"— {self.first_name}'s chat —", *(lines or ["(nothing)"])])

    def _all_chats(self) -> str:
        """This chat, then everybody else's: what did not come here may have gone there, or be asked about there."""
        others = [chat for chat in self._world.chats.values() if isinstance(chat, PrivateChat) and chat != self.chat]
        return "\n".join([self.transcript(), *(chat.owner.transcript() for chat in others)])

    # What Telegram does to the phone

    def receives(self, stored: Stored) -> None:
        self.unread += 1
        self._busy_until = 0
        markup = stored.reply_markup
        if markup is None:
            return
        if "keyboard" in markup:
            self.reply_keyboard = tuple(tuple(button["text"] for button in row) for row in markup["keyboard"])
        elif markup.get("remove_keyboard"):
            self.reply_keyboard = ()

    def sees_action(self, action: str, until: int) -> None:
        self._busy_with = action
        self._busy_until = until

    def sees_toast(self, toast: Toast) -> None:
        self.toasts.append(toast)
        self.changes.bump()

    def _show(self, stored: Stored) -> ShownMessage:
        version, message = self._shown.get(stored.id, (-1, None))
        if message is None or version != stored.version:
            message = show(stored, self._world.files)
            self._shown[stored.id] = (stored.version, message)
        return message

    def _seen(self, message_id: int) -> Stored:
        stored = self.chat.find(message_id)
        if stored is None:
            raise PhoneError(f"{self.first_name} sees no message {message_id}\n{self.transcript()}")
        return stored

    async def _wait(self, found: Callable[[], T | None], timeout: float, what: str) -> T:
        try:
            async with asyncio.timeout(timeout):
                return await self.changes.until(found)
        except TimeoutError:
            raise WaitedInVain(f"{what} did not come within {timeout} s; this did:\n{self._all_chats()}") from None
