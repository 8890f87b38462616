"""When a mentor answers, as far as they have said."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from mentorbot.programme.hours import Hours
from mentorbot.programme.times import require_utc

WORKDAYS = frozenset(range(5))
READY = (
    Hours(opens=8 * 60, closes=16 * 60, days=WORKDAYS),
    Hours(opens=9 * 60, closes=17 * 60, days=WORKDAYS),
    Hours(opens=8 * 60, closes=20 * 60),
)
"""What can be chosen without typing."""


@dataclass(frozen=True, kw_only=True)
class Answering:
    """`hours`: when they answer (None: they have promised nothing). `away_until`: when they are back; a moment that is
    past says nothing any more."""

    hours: Hours | None = None
    away_until: datetime | None = None

    def __post_init__(self) -> None:
        if self.away_until is not None:
            require_utc(self.away_until)

    def absence(self, now: datetime) -> datetime | None:
        """Until when they are away; None while they are not."""
        return self.away_until if self.away_until is not None and now < self.away_until else None

    def next_at(self, now: datetime, zone: tzinfo) -> datetime:
        """The first moment from `now` on at which they answer: `now` itself while they do."""
        there = self.absence(now) or now
        return there if self.hours is None else self.hours.open_at(there, zone)

    def after(self, since: datetime, amount: timedelta, zone: tzinfo) -> datetime:
        """The moment at which they have had `amount` of their time to answer since `since`."""
        begins = max(since, self.away_until or since)
        return begins + amount if self.hours is None else self.hours.after(begins, amount, zone)


def beginning_of(day: date, zone: tzinfo) -> datetime:
    """Whoever is back on a day is away until this moment."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
