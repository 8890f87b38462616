"""What may happen to a notice on its way out.

pending ──> sending ──> sent
   ^           ├──────> retry     certainly not delivered: the same again, later
   │           ├──────> unknown   may have been delivered: again, marked as a possible repeat
   │           └──────> dead      Telegram will never take it: set aside
   └───────────┘  retry and unknown are claimed again, like pending
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from mentorbot.programme.errors import IllegalTransition


class Delivery(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    UNKNOWN = "unknown"
    DEAD = "dead"


CLAIMABLE = (Delivery.PENDING, Delivery.RETRY, Delivery.UNKNOWN)
FINISHED = (Delivery.SENT, Delivery.DEAD)
POSTPONED = (Delivery.RETRY, Delivery.UNKNOWN)

_FIRST_WAIT = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(minutes=5)


def check_outcome(outcome: Delivery, possible: Collection[Delivery]) -> Delivery:
    """The same outcome, or IllegalTransition when it is none of the `possible` ones (FINISHED or POSTPONED)."""
    if outcome not in possible:
        raise IllegalTransition(f"sending cannot end as {outcome} here")
    return outcome


def next_try(now: datetime, *, attempts: int, retry_after: timedelta | None, chance: float) -> datetime:
    """When to try again: what Telegram asked for, or an exponential wait with full jitter.

    `attempts` is how often it was tried so far (at least 1), `chance` a random number in [0, 1).
    """
    if retry_after is not None:
        return now + retry_after
    longest = min(_LONGEST_WAIT, _FIRST_WAIT * (1 << min(attempts - 1, 16)))
    return now + longest * chance
