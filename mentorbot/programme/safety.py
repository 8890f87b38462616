"""What a participant has settled about their own safety."""

from dataclasses import dataclass
from enum import StrEnum

from mentorbot.programme.hours import Hours

ERASE_AFTER = range(1, 48)
"""Hours after which messages can be made to go by themselves: for 48 Telegram lets a bot delete them."""

ERASE_CHOICES = (1, 6, 12, 24, 47)
"""What can be chosen of these without typing."""


class Topic(StrEnum):
    """What can be settled, in the order of /safety."""

    HOURS = "hours"
    DISCREET = "discreet"
    PROTECTED = "protected"
    CODE_WORD = "code_word"
    ERASE = "erase"
    WIPE = "wipe"


@dataclass(frozen=True, kw_only=True)
class Safety:
    """`hours`: outside them nothing is pushed (None: at any time). `discreet`: a neutral line stands for what comes.
    `protected`: what comes cannot be forwarded or saved. `has_code_word`: one is agreed, known to nobody here.
    `erase_after`: hours after which every message goes from their chat (None: never). `wipe_asks`: /wipe asks first.
    """

    hours: Hours | None = None
    discreet: bool = False
    protected: bool = False
    has_code_word: bool = False
    erase_after: int | None = None
    wipe_asks: bool = True
