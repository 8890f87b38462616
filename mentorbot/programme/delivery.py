"""What may happen to a notice on its way out.

pending ──> sending ──> sent
   ^           ├──────> retry     certainly not delivered: the same again, later
   │           ├──────> unknown   may have been delivered: again, marked as a possible repeat
   │           └──────> dead      Telegram will never take it: set aside
   └───────────┘  retry and unknown are claimed again, like pending
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from mentorbot.programme.errors import IllegalTransition


class Delivery(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    UNKNOWN = "unknown"
    DEAD = "dead"


class Rank(IntEnum):
    """What goes first to somebody, whenever it was queued. What is not due, or may not go yet, holds up its own rank at
    most."""

    AT_ONCE = 0  # what waits behind nothing: somebody empties their chat
    ANSWER = 1  # what they get for their own doing just now
    TALK = 2  # what others write and start; everything that one side of a channel passes to the other
    CHORE = 3  # housekeeping that is due at a time and makes no sound: deletions, contents that are hidden again
    BROADCAST = 4  # the same to many


CLAIMABLE = (Delivery.PENDING, Delivery.RETRY, Delivery.UNKNOWN)
FINISHED = (Delivery.SENT, Delivery.DEAD)
POSTPONED = (Delivery.RETRY, Delivery.UNKNOWN)

_FIRST_WAIT = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(minutes=5)
LATEST = timedelta(hours=1)
"""No notice waits longer than this for its moment. One whose moment is further off was queued before the clock went
back: it is due."""


def check_outcome(outcome: Delivery, possible: Collection[Delivery]) -> Delivery:
    """The same outcome, or IllegalTransition when it is none of the `possible` ones (FINISHED or POSTPONED)."""
    if outcome not in possible:
        raise IllegalTransition(f"sending cannot end as {outcome} here")
    return outcome


def next_try(now: datetime, *, attempts: int, retry_after: timedelta | None, chance: float) -> datetime:
    """When to try again: what Telegram asked for (up to LATEST), or an exponential wait with full jitter.

    `attempts` is how often it was tried so far (at least 1), `chance` a random number in [0, 1).
    """
    if retry_after is not None:
        return now + min(retry_after, LATEST)
    longest = min(_LONGEST_WAIT, _FIRST_WAIT * (1 << min(attempts - 1, 16)))
    return now + longest * chance
