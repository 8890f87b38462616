"""Days as people type them."""

import re
from datetime import date, timedelta

from mentorbot.programme.errors import ValueRefused

_FURTHEST = timedelta(days=366)
_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})(?:\.|[./](\d{4}))?")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


def typed_date(text: str, *, today: date) -> date:
    """A day after `today`: `24.12.`, `24.12.2026`, `24/12`, `2026-12-24`. Without a year it is the next one.

    ValueRefused for anything else, and for what is more than a year away.
    """
    year, month, day = _numbers(text.strip())
    years = (year,) if year is not None else (today.year, today.year + 1)
    for candidate in years:
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if today < found <= today + _FURTHEST:
            return found
    raise ValueRefused


def _numbers(text: str) -> tuple[int | None, int, int]:
    if found := _YEAR_FIRST.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _DAY_FIRST.fullmatch(text):
        return None if found[3] is None else int(found[3]), int(found[2]), int(found[1])
    raise ValueRefused
