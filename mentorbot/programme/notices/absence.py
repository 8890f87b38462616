"""Being away for a while, and leaving."""

from dataclasses import dataclass

from mentorbot.programme.notices.base import Notice


@dataclass(frozen=True, kw_only=True)
class Waits(Notice):
    """What you write waits: to a mentor about `alias`, to a participant (no alias) about their mentor.

    `paused`: they said so themselves. Otherwise nobody is told why.
    """

    alias: str
    paused: bool


@dataclass(frozen=True, kw_only=True)
class ReachableAgain(Notice):
    """What waited is on its way: to a mentor about `alias`, to a participant (no alias) about their mentor."""

    alias: str


@dataclass(frozen=True, kw_only=True)
class PauseBegun(Notice):
    """To the participant: nothing reaches you until you press."""


@dataclass(frozen=True, kw_only=True)
class PauseOver(Notice):
    """To the participant: messages reach you."""


@dataclass(frozen=True, kw_only=True)
class LeaveAsked(Notice):
    """To the participant: this is what happens to your data. Leave, or stay?"""

    version: int


@dataclass(frozen=True, kw_only=True)
class Stays(Notice):
    """To the participant: nothing was changed."""


@dataclass(frozen=True, kw_only=True)
class HasLeft(Notice):
    """To a mentor or a coordinator: this participant is no longer in the programme."""

    alias: str
    to_mentor: bool
