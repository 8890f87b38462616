"""Emptying a participant's own chat."""

from dataclasses import dataclass
from datetime import datetime

from mentorbot.programme.notices.base import Notice


@dataclass(frozen=True, kw_only=True)
class WipeAsked(Notice):
    """To a participant: shall everything go from here that still can?"""


@dataclass(frozen=True, kw_only=True)
class WipeDropped(Notice):
    """To a participant: as you said, nothing was removed."""


@dataclass(frozen=True, kw_only=True)
class Wiped(Notice):
    """Shown to nobody: everything that still can goes from the recipient's own chat. It is looked up when this leaves.
    What Telegram has still to copy from there is spared `patience` times, and then goes too. `until` is when it left
    for the first time: what came after that stays."""

    patience: int
    until: datetime | None = None
