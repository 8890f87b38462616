"""A topic for each participant in a mentor's chat."""

from dataclasses import dataclass

from mentorbot.programme.ids import ThreadId
from mentorbot.programme.notices.base import Notice


@dataclass(frozen=True, kw_only=True)
class TopicsShown(Notice):
    """To the mentor: whether there are topics here; `possible`: there can be."""

    on: bool
    possible: bool


@dataclass(frozen=True, kw_only=True)
class TopicHere(Notice):
    """To the mentor, in a participant's topic: what you write here goes to them."""

    alias: str


@dataclass(frozen=True, kw_only=True)
class TopicsNotPossible(Notice):
    """To the mentor: Telegram makes no topics here any more."""


@dataclass(frozen=True, kw_only=True)
class TopicRemoved(Notice):
    """In a mentor's chat: a topic goes, with all that stands in it."""

    thread: ThreadId
