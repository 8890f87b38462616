"""Another mentor for a participant: how often it can be asked for, and what a note from the old one may be."""

from datetime import timedelta

from mentorbot.programme.content import Kind, Written
from mentorbot.programme.wording import Words, units

ASKED_ONCE_IN = timedelta(days=1)
"""Coordinators hear of the same wish once in this time."""
NOTE_WITHIN = timedelta(hours=24)
"""How long a change waits for the note."""
LONGEST_NOTE = 3_500
"""Code units: with what stands around it, a note fits into one message."""


def note_from(written: Written) -> Words | None:
    """The note that a message is; None when it is no plain text, may show more than is meant, or is too long."""
    if written.kind is not Kind.TEXT or written.concerns or units(written.words.text) > LONGEST_NOTE:
        return None
    return written.words
