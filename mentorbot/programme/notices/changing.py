"""Changing and removing what was sent."""

from dataclasses import dataclass

from mentorbot.programme.changing import Removal
from mentorbot.programme.content import Form
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices.base import Notice
from mentorbot.programme.notices.channel import Relayed


@dataclass(frozen=True, kw_only=True)
class Reworded(Relayed):
    """New words for a message that was carried before. What that is on the other side is looked up when this leaves:
    where it cannot be edited there, these words go as a marked correction of it."""

    form: Form


@dataclass(frozen=True, kw_only=True)
class Removed(Notice):
    """Shown to nobody: what a message became on the other side is deleted there, and its writer told how it went, in
    the place of `told_instead_of` if given."""

    from_message: MessageId
    told_instead_of: MessageId | None = None


@dataclass(frozen=True, kw_only=True)
class CopiesRemoved(Notice):
    """Shown to nobody: these messages in the recipient's chat are deleted, as many as there may be."""

    messages: tuple[MessageId, ...]


@dataclass(frozen=True, kw_only=True)
class RemovalTold(Notice):
    """To the writer: what came of removing this message on the other side."""

    to_message: MessageId
    removal: Removal


@dataclass(frozen=True, kw_only=True)
class OnlyWordsChanged(Notice):
    """To the writer: the words below a picture or a file are changed on the other side too, it itself is not."""

    to_message: MessageId


@dataclass(frozen=True, kw_only=True)
class ChangingExplained(Notice):
    """To a writer: how to remove a message on the other side."""


@dataclass(frozen=True, kw_only=True)
class MessageOptions(Notice):
    """To the writer: what can be done with this message of theirs."""

    to_message: MessageId


@dataclass(frozen=True, kw_only=True)
class OptionsClosed(Notice):
    """To the writer: as you said, nothing was done."""
