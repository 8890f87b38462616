"""Waiting for what must come into somebody's chat; StoryWrong, in one sentence, where it does not come in time."""

from collections.abc import Awaitable
from typing import TypeVar

from mentorbot.demo.bot_api.shown import ShownMessage, WaitedInVain
from mentorbot.demo.cast import Actor
from mentorbot.demo.witness import StoryWrong

T = TypeVar("T")


class Waits:
    """`patience` is how many seconds each thing may take."""

    def __init__(self, patience: float) -> None:
        self._patience = patience

    async def file(self, reader: Actor, data: bytes, *, after: int = 0) -> ShownMessage:
        """The bot brings this very file, below the message `after`."""

        def fits(message: ShownMessage) -> bool:
            return message.from_bot and message.media is not None and message.media.data == data

        return await self._in_time(
            reader.phone.wait_for(fits, timeout=self._patience, after=after), f"{reader.name} did not get the file"
        )

    async def reply(self, reader: Actor, words: str, to: int) -> ShownMessage:
        """The bot brings these words as a reply to the message `to`."""

        def fits(message: ShownMessage) -> bool:
            return message.from_bot and message.reply_to == to and words in message.text

        return await self._in_time(
            reader.phone.wait_for(fits, timeout=self._patience), f"{reader.name} did not get “{words}” as a reply"
        )

    async def change(self, reader: Actor, message_id: int, words: str) -> ShownMessage:
        """A message that is there already says these words now."""

        def fits(message: ShownMessage) -> bool:
            return message.id == message_id and words in message.text

        return await self._in_time(
            reader.phone.wait_for(fits, timeout=self._patience), f"{reader.name}'s message never became “{words}”"
        )

    async def text(self, reader: Actor, message_id: int, text: str) -> ShownMessage:
        """A message that is there already says this now, and no more."""

        def fits(message: ShownMessage) -> bool:
            return message.id == message_id and message.text == text

        return await self._in_time(
            reader.phone.wait_for(fits, timeout=self._patience), f"{reader.name}'s message never was “{text}” alone"
        )

    async def reaction(self, reader: Actor, message_id: int, emoji: str) -> ShownMessage:
        """The bot reacts to a message."""

        def fits(message: ShownMessage) -> bool:
            return message.id == message_id and emoji in message.bot_reactions

        return await self._in_time(
            reader.phone.wait_for(fits, timeout=self._patience), f"{reader.name} did not see {emoji}"
        )

    async def deletion(self, reader: Actor, message_id: int) -> None:
        await self._in_time(
            reader.phone.wait_until_gone(message_id, timeout=self._patience), f"{reader.name} still sees the message"
        )

    async def _in_time(self, coming: Awaitable[T], otherwise: str) -> T:
        try:
            return await coming
        except WaitedInVain:
            raise StoryWrong(f"{otherwise} within {self._patience:.0f} seconds.") from None
