"""What can still be changed of a message that was carried: for how long, and what came of removing it."""

from datetime import timedelta
from enum import StrEnum

CHANGEABLE_FOR = timedelta(hours=48) - timedelta(minutes=1)
"""Telegram lets a bot delete a message for 48 hours; a copy was noted a moment after it was made."""


class Removal(StrEnum):
    """What came of removing a message on the other side."""

    REMOVED = "removed"
    PERHAPS_TWICE = "perhaps_twice"  # it may have arrived twice, and one of the two is known
    PARTLY = "partly"  # the rest is too old
    TOO_OLD = "too_old"
    NOT_SENT = "not_sent"  # it had not left yet, and never will
    NOTHING = "nothing"  # nothing of it is there that could be removed
    FAILED = "failed"  # Telegram refused


def removal_of(*, removed: bool, too_old: bool, perhaps_twice: bool = False) -> Removal:
    """What became of the copies of a message: whether some were removed, whether some were too old for it, and whether
    there may be one that nobody knows of."""
    if removed and perhaps_twice:
        return Removal.PERHAPS_TWICE
    if removed:
        return Removal.PARTLY if too_old else Removal.REMOVED
    return Removal.TOO_OLD if too_old else Removal.NOTHING
