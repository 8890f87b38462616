"""Hours of the day in somebody's own time zone, and when they open."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from mentorbot.programme.errors import ValueRefused
from mentorbot.programme.times import require_utc

EVERY_DAY = frozenset(range(7))
_DAY = 24 * 60


@dataclass(frozen=True, kw_only=True)
class Hours:
    """From `opens` up to `closes`, in minutes after midnight by the wall clock, on each of `days` (0 is Monday).

    Past midnight when `closes` is not after `opens`: those hours belong to the day on which they open. The two are
    never the same: hours that are always open are no hours. ValueRefused for anything else.
    """

    opens: int
    closes: int
    days: frozenset[int] = EVERY_DAY

    def __post_init__(self) -> None:
        fits = 0 <= self.opens < _DAY and 0 <= self.closes < _DAY and self.opens != self.closes
        if not (fits and self.days and self.days <= EVERY_DAY):
            raise ValueRefused

    def open_at(self, now: datetime, zone: tzinfo) -> datetime:
        """The first moment from `now` on, in UTC, at which the hours are open: `now` itself while they are."""
        today = require_utc(now).astimezone(zone).date()
        for day in (today + timedelta(days=number) for number in range(-1, 9)):
            if day.weekday() not in self.days:
                continue
            opens, closes = self._on(day, zone)
            if now < closes:
                return max(now, opens)
        raise AssertionError  # a day of the week comes back within eight days

    def _on(self, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
        last = day if self.closes > self.opens else day + timedelta(days=1)
        return _moment(day, self.opens, zone), _moment(last, self.closes, zone)


def _moment(day: date, minutes: int, zone: tzinfo) -> datetime:
    """In UTC. A time that the clocks jump over is as much later; of one that comes twice, the first."""
    wall = datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=zone)
    return wall.astimezone(UTC)
