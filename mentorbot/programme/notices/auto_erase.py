"""Messages that go by themselves from a participant's own chat."""

from dataclasses import dataclass

from mentorbot.programme.notices.base import Notice


@dataclass(frozen=True, kw_only=True)
class AutoEraseShown(Notice):
    """To a participant: after how many hours messages go (None: never), and what can be chosen."""

    hours: int | None


@dataclass(frozen=True, kw_only=True)
class AutoEraseNotUnderstood(Notice):
    """To a participant: those are no hours that can be chosen."""


@dataclass(frozen=True, kw_only=True)
class Erased(Notice):
    """Shown to nobody: what is as old as the recipient has settled goes from their chat. It is looked up when this
    leaves."""
