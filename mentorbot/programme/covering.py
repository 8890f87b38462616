"""Neutral lines in the place of what comes to a participant who wants them."""

from datetime import timedelta

from mentorbot.programme.delivery import Rank

SHOWN_FOR = timedelta(minutes=1)
"""How long the contents stand in the chat before only the line is left again."""

KEPT_FOR = timedelta(days=30)
"""How long they can be shown: as long as replies and reactions find what they belong to."""

JUST_NOW = timedelta(minutes=1)
"""An answer that took longer surprises like anything else."""


def is_expected(rank: Rank, *, waited: timedelta) -> bool:
    """Whether somebody has just asked for this, and looks at their phone."""
    return rank is Rank.ANSWER and waited <= JUST_NOW
