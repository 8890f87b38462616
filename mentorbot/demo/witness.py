"""Looks at everyone's chat for what must stand there and what must not."""

import json
import re
from collections.abc import Iterable
from itertools import chain

from mentorbot.demo.bot_api.shown import ShownMessage
from mentorbot.demo.cast import Actor, Cast
from mentorbot.demo.sayings import label_of, recognise, saying_of
from mentorbot.programme.errors import MentorbotError

_EXIF = b"Exif\0\0"


class StoryWrong(MentorbotError):
    """The story did not go as it should."""


def require(true: bool, sentence: str) -> None:
    if not true:
        raise StoryWrong(sentence)


def no_account_shows(cast: Cast) -> int:
    """Nobody's Telegram name, username or id stands in what the bot says, in anybody's chat.

    Gives how many messages were looked at; StoryWrong where one gives somebody away, or there was none."""
    accounts = [
        (actor, name, re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE))
        for actor in cast
        for name in actor.account
    ]
    looked_at = 0
    for reader in cast:
        for shown in _said_to(reader):
            looked_at += 1
            for owner, name, pattern in accounts:
                require(
                    pattern.search(shown) is None,
                    f"{reader.name}'s chat shows “{name}”, of {owner.name}'s Telegram account.",
                )
    require(looked_at > 0, "The bot said nothing to anybody.")
    return looked_at


def only_between(cast: Cast, words: str, *readers: Actor) -> None:
    """These words stand in these people's chats and in nobody else's."""
    for actor in cast:
        there = any(words in message.text for message in actor.phone.messages)
        if actor in readers:
            require(there, f"{actor.name} does not see “{words}”.")
        else:
            require(not there, f"{actor.name} sees “{words}”, which was not for them.")


def never_seen_by_others(cast: Cast, words: str, *readers: Actor) -> None:
    """These words never stood in the chats of anybody but these people, be they deleted since or not."""
    for actor in cast:
        if actor not in readers:
            seen = any(words in message.text for message in actor.phone.history)
            require(not seen, f"{actor.name} saw “{words}”, which was not for them.")


def file_only_between(cast: Cast, data: bytes, *readers: Actor) -> None:
    """This very file stands in these people's chats, and never stood in anybody else's."""
    for actor in cast:
        if actor in readers:
            require(_has_file(actor.phone.messages, data), f"{actor.name} does not see the file.")
        else:
            require(not _has_file(actor.phone.history, data), f"{actor.name} sees a file that was not for them.")


def shows_only_what_is_seen(message: ShownMessage) -> None:
    """A picture holds no note of the device, the time or the place."""
    data = message.media.data if message.media is not None else None
    require(data is not None and _EXIF not in data, "The picture tells more than what is seen.")


def reaction_only_on(cast: Cast, emoji: str, place: tuple[Actor, int]) -> None:
    """The bot has this reaction under this one message of somebody's, and says nothing of it to anybody."""
    for actor in cast:
        for message in actor.phone.history:
            if (actor, message.id) == place:
                require(emoji in message.bot_reactions, f"{actor.name} does not see {emoji}.")
            else:
                told = emoji in message.bot_reactions or (message.from_bot and emoji in message.text)
                require(not told, f"{actor.name} sees {emoji} where it does not belong.")


def hears_only(actor: Actor, *ids: str) -> None:
    """All that the bot ever said to somebody is these sayings."""
    for message in actor.phone.history:
        saying = saying_of(message)
        fits = not message.from_bot or (saying is not None and saying.id in ids)
        require(fits, f"{actor.name} was told more than they should be.")


def only_marked_repeats(reader: Actor, words: str) -> None:
    """The words have arrived; if more than once, then with the mark of a possible repeat every other time."""
    messages = reader.phone.messages
    copies = [message for message in messages if message.from_bot and words in message.text]
    require(bool(copies), f"“{words}” never reached {reader.name}.")
    marked = sum(_is_marked(copy) for copy in copies)
    require(len(copies) - marked <= 1, f"“{words}” reached {reader.name} more than once without a mark.")


def _has_file(messages: Iterable[ShownMessage], data: bytes) -> bool:
    return any(message.media is not None and message.media.data == data for message in messages)


def _is_marked(copy: ShownMessage) -> bool:
    """By a line above the words, below the label where there is one."""
    lines = copy.text.split("\n", 2)
    saying = recognise(lines[0] if label_of(copy.text) is None else lines[1])
    return saying is not None and saying.id == "channel.possible_repeat"


def _beside(message: ShownMessage) -> str:
    details = message.media.details if message.media is not None else None
    return json.dumps([message.entities, details, message.forwarded_from, message.quote], ensure_ascii=False)


def _said_to(reader: Actor) -> list[str]:
    """Everything the bot showed somebody, also what only a forged app would show: whom a mention is of."""
    messages = [
        "\n".join([message.text, _beside(message), *chain(*message.keyboard)])
        for message in reader.phone.history
        if message.from_bot
    ]
    return messages + [toast.text for toast in reader.phone.toasts if toast.text]
