"""Waiting for what must come into somebody's chat; StoryWrong, in one sentence, where it does not come in time."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from mentorbot.demo.bot_api.shown import ShownMessage, WaitedInVain
from mentorbot.demo.cast import Actor
from mentorbot.demo.sayings import button_text, saying_of
from mentorbot.demo.witness import StoryWrong

T = TypeVar("T")


class Waits:
    """`patience` is how many seconds each thing may take."""

    def __init__(self, patience: float) -> None:
        self._patience = patience

    async def hears(self, actor: Actor, id_: str, *, language: str | None = None, after: int = 0) -> ShownMessage:
        """The bot says this, in this language if one is given, below the message `after`."""

        def fits(message: ShownMessage) -> bool:
            saying = saying_of(message)
            return saying is not None and saying.id == id_ and language in (None, saying.language)

        return await self._message(actor, fits, f"was not told “{id_}”{f' in {language}' if language else ''}", after)

    async def reaches(self, reader: Actor, words: str, *, after: int = 0) -> ShownMessage:
        """The bot brings these words, below the message `after`."""

        def fits(message: ShownMessage) -> bool:
            return message.from_bot and words in message.text

        return await self._message(reader, fits, f"did not get “{words}”", after)

    async def offers(self, actor: Actor, button: str, language: str, *, after: int = 0) -> ShownMessage:
        """A message has this button, in a row of its own, below the message `after`."""
        label = button_text(button, language)
        return await self._message(
            actor, lambda message: (label,) in message.keyboard, f"was not offered “{label}”", after
        )

    async def file(self, reader: Actor, data: bytes, *, after: int = 0) -> ShownMessage:
        """The bot brings this very file, below the message `after`."""

        def fits(message: ShownMessage) -> bool:
            return message.from_bot and message.media is not None and message.media.data == data

        return await self._message(reader, fits, "did not get the file", after)

    async def photo(self, reader: Actor, *, after: int) -> ShownMessage:
        """The bot brings a photo, whatever is on it, below the message `after`."""

        def fits(message: ShownMessage) -> bool:
            return message.from_bot and message.media is not None and message.media.kind == "photo"

        return await self._message(reader, fits, "did not get a photo", after)

    async def reply(self, reader: Actor, words: str, to: int) -> ShownMessage:
        """The bot brings these words as a reply to the message `to`."""

        def fits(message: ShownMessage) -> bool:
            return message.from_bot and message.reply_to == to and words in message.text

        return await self._message(reader, fits, f"did not get “{words}” as a reply")

    async def change(self, reader: Actor, message_id: int, words: str) -> ShownMessage:
        """A message that is there already says these words now."""

        def fits(message: ShownMessage) -> bool:
            return message.id == message_id and words in message.text

        return await self._message(reader, fits, f"has a message that never became “{words}”")

    async def text(self, reader: Actor, message_id: int, text: str) -> ShownMessage:
        """A message that is there already says this now, and no more."""

        def fits(message: ShownMessage) -> bool:
            return message.id == message_id and message.text == text

        return await self._message(reader, fits, f"has a message that never was “{text}” alone")

    async def reaction(self, reader: Actor, message_id: int, emoji: str) -> ShownMessage:
        """The bot reacts to a message."""

        def fits(message: ShownMessage) -> bool:
            return message.id == message_id and emoji in message.bot_reactions

        return await self._message(reader, fits, f"did not see {emoji}")

    async def deletion(self, reader: Actor, message_id: int) -> None:
        gone = reader.phone.wait_until_gone(message_id, timeout=self._patience)
        await self._in_time(gone, f"{reader.name} still sees the message")

    async def _message(
        self, actor: Actor, fits: Callable[[ShownMessage], bool], otherwise: str, after: int = 0
    ) -> ShownMessage:
        coming = actor.phone.wait_for(fits, timeout=self._patience, after=after)
        return await self._in_time(coming, f"{actor.name} {otherwise}")

    async def _in_time(self, coming: Awaitable[T], otherwise: str) -> T:
        try:
            return await coming
        except WaitedInVain:
            raise StoryWrong(f"{otherwise} within {self._patience:.0f} seconds.") from None
