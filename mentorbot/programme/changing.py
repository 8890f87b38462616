"""What can still be changed of a message that was carried: for how long, and what came of removing it."""

from datetime import timedelta
from enum import StrEnum

CHANGEABLE_FOR = timedelta(hours=48) - timedelta(minutes=1)
"""Telegram lets a bot delete a message for 48 hours; a copy was noted a moment after it was made."""


class Removal(StrEnum):
    """What came of removing a message on the other side."""

    REMOVED = "removed"
    PARTLY = "partly"  # the rest is too old
    TOO_OLD = "too_old"
    NOT_SENT = "not_sent"  # it had not left yet, and never will
    NOTHING = "nothing"  # nothing of it is there that could be removed
    FAILED = "failed"  # Telegram refused


def removal_of(*, removed: bool, too_old: bool) -> Removal:
    """What became of the copies of a message: whether some were removed, and whether some were too old for it."""
    if removed:
        return Removal.PARTLY if too_old else Removal.REMOVED
    return Removal.TOO_OLD if too_old else Removal.NOTHING
