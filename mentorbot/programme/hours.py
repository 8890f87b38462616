"""Hours of the day in somebody's own time zone, and when they open."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from mentorbot.programme.errors import ValueRefused
from mentorbot.programme.times import require_utc

EVERY_DAY = frozenset(range(7))
_DAY = 24 * 60
_TIME = r"(\d{1,2})(?:[.:,]?(\d{2}))?"
_TYPED = re.compile(rf"(?:kl(?:o|\.)?\s*)?{_TIME}(?:\s*(?:[-‐‑‒–—−]|\.\.)\s*|\s+){_TIME}")


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

    def after(self, since: datetime, amount: timedelta, zone: tzinfo) -> datetime:
        """The moment, in UTC, at which they have been open for `amount` since `since`."""
        day = require_utc(since).astimezone(zone).date() - timedelta(days=1)
        while True:
            if day.weekday() in self.days:
                opens, closes = self._on(day, zone)
                begins = max(opens, since)
                if begins + amount <= closes:
                    return begins + amount
                amount -= max(closes - begins, timedelta())
            day += timedelta(days=1)

    @property
    def day_bits(self) -> int:
        """The days as a number: a bit for each, the lowest for Monday. `days_of` is the way back."""
        return sum(1 << day for day in self.days)

    def runs(self) -> list[tuple[int, int]]:
        """The days as the first and the last of each row of days, in the order of the week."""
        firsts = sorted(day for day in self.days if day - 1 not in self.days)
        return [(day, next(last for last in range(day, 7) if last + 1 not in self.days)) for day in firsts]

    def _on(self, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
        last = day if self.closes > self.opens else day + timedelta(days=1)
        return _moment(day, self.opens, zone), _moment(last, self.closes, zone)


def days_of(bits: int) -> frozenset[int]:
    return frozenset(day for day in range(7) if bits >> day & 1)


def _moment(day: date, minutes: int, zone: tzinfo) -> datetime:
    """In UTC. A time that the clocks jump over is as much later; of one that comes twice, the first."""
    wall = datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=zone)
    return wall.astimezone(UTC)


READY = (
    Hours(opens=8 * 60, closes=20 * 60),
    Hours(opens=8 * 60, closes=22 * 60),
    Hours(opens=16 * 60, closes=22 * 60),
)
"""What can be chosen without typing."""


def typed(text: str) -> Hours | None:
    """Hours of every day as people write them: `8-20`, `7.30 – 21`, `22:00-06:00`. None for all day, `0-24`.

    ValueRefused for what is no two times, or twice the same one.
    """
    found = _TYPED.fullmatch(text.strip())
    if found is None:
        raise ValueRefused
    opens, closes = _minutes(found[1], found[2]), _minutes(found[3], found[4])
    if (opens, closes) == (0, _DAY):
        return None
    return Hours(opens=opens, closes=closes % _DAY)  # 24.00 ends a day and begins none: Hours refuses it as `opens`


def _minutes(hour: str, minute: str | None) -> int:
    minutes = int(minute or 0)
    if minutes >= 60 or (at := int(hour) * 60 + minutes) > _DAY:
        raise ValueRefused
    return at


_DAYS = (
    ("maanantai", "måndag", "mandag", "monday"),
    ("tiistai", "tisdag", "tuesday"),
    ("keskiviikko", "onsdag", "wednesday"),
    ("torstai", "torsdag", "thursday"),
    ("perjantai", "fredag", "friday"),
    ("lauantai", "lördag", "lordag", "saturday"),
    ("sunnuntai", "söndag", "sondag", "sunday"),
)
"""Their first two letters say which day it is, whatever the language."""

_WITH_DAYS = re.compile(r"(\D*?)((?:\bklo?\b[\s.]*)?\d.*)")


def typed_with_days(text: str) -> Hours | None:
    """Hours as `typed` takes them, of the days before them: `ma-pe 9–17`, `mon, wed 22:00-6`, `pe–ma 8-20`.

    Without days it is every day. None for all day on every day. ValueRefused for anything else.
    """
    found = _WITH_DAYS.fullmatch(text.casefold().strip())
    if found is None:
        raise ValueRefused
    days, hours = frozenset(_days(found[1])) or EVERY_DAY, typed(found[2])
    if hours is None:
        if days != EVERY_DAY:  # a day that has no end is none of ours
            raise ValueRefused
        return None
    return Hours(opens=hours.opens, closes=hours.closes, days=days)


def _days(text: str) -> Iterator[int]:
    """`ma-pe` and `ma, ke`. A row of days goes on past Sunday."""
    close_up = re.sub(r"\s*[-‐‑‒–—−]\s*", "-", text.strip())
    for piece in re.split(r"[,;\s]+", close_up):
        if piece:
            first, *further = (_day(name) for name in piece.split("-"))
            if len(further) > 1:
                raise ValueRefused
            last = further[0] if further else first
            yield from ((first + number) % 7 for number in range((last - first) % 7 + 1))


def _day(text: str) -> int:
    name = text.removesuffix(".")
    for day, names in enumerate(_DAYS):
        if len(name) >= 2 and any(known.startswith(name) for known in names):
            return day
    raise ValueRefused
