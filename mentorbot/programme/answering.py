"""When a mentor answers, as far as they have said."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from mentorbot.programme.hours import Hours

WORKDAYS = frozenset(range(5))
READY = (
    Hours(opens=8 * 60, closes=16 * 60, days=WORKDAYS),
    Hours(opens=9 * 60, closes=17 * 60, days=WORKDAYS),
    Hours(opens=8 * 60, closes=20 * 60),
)
"""What can be chosen without typing."""


@dataclass(frozen=True, kw_only=True)
class Answering:
    """`hours`: when they answer (None: they have promised nothing)."""

    hours: Hours | None = None

    def next_at(self, now: datetime, zone: tzinfo) -> datetime:
        """The first moment from `now` on at which they answer: `now` itself while they do."""
        return now if self.hours is None else self.hours.open_at(now, zone)
