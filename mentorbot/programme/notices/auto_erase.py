"""Messages that go by themselves from a participant's own chat."""

from dataclasses import dataclass

from mentorbot.programme.ids import ChannelId
from mentorbot.programme.notices.base import Notice


@dataclass(frozen=True, kw_only=True)
class AutoEraseShown(Notice):
    """To a participant: after how many hours messages go (None: never), and what can be chosen. `there`: after how many
    they go from the mentor's chat too, by agreement."""

    hours: int | None
    there: int | None = None


@dataclass(frozen=True, kw_only=True)
class AutoEraseNotUnderstood(Notice):
    """To a participant: those are no hours that can be chosen."""


@dataclass(frozen=True, kw_only=True)
class Erased(Notice):
    """Shown to nobody: what is as old as the recipient has settled goes from their chat. It is looked up when this
    leaves."""


@dataclass(frozen=True, kw_only=True)
class EraseThereProposed(Notice):
    """To a mentor: may what passes between you and this participant go from your chat too?"""

    channel: ChannelId
    alias: str
    hours: int


@dataclass(frozen=True, kw_only=True)
class EraseThereAgreed(Notice):
    """To a mentor: as you said, it goes from now on; here it can be ended."""

    channel: ChannelId
    alias: str
    hours: int


@dataclass(frozen=True, kw_only=True)
class EraseThereDeclined(Notice):
    """To a mentor: as you said, everything stays."""


@dataclass(frozen=True, kw_only=True)
class EraseThereAsked(Notice):
    """To a participant: the mentor is asked."""


@dataclass(frozen=True, kw_only=True)
class EraseThereAnswered(Notice):
    """To a participant: what the mentor said."""

    hours: int
    agreed: bool


@dataclass(frozen=True, kw_only=True)
class EraseThereEnded(Notice):
    """From now on it stays in the mentor's chat: to a mentor about `alias`, to a participant (no alias)."""

    alias: str


@dataclass(frozen=True, kw_only=True)
class ErasedThere(Notice):
    """Shown to nobody: what is as old as agreed goes from the mentor's chat, of this channel alone. It is looked up
    when this leaves."""
