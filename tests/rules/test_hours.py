from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from mentorbot.programme.errors import ValueRefused
from mentorbot.programme.hours import _DAYS, EVERY_DAY, READY, Hours, typed, typed_with_days

HELSINKI = ZoneInfo("Europe/Helsinki")
DAYTIME = Hours(opens=8 * 60, closes=20 * 60)
NIGHT = Hours(opens=22 * 60, closes=6 * 60)
WORKDAYS = Hours(opens=9 * 60, closes=17 * 60, days=frozenset(range(5)))


def local(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=HELSINKI).astimezone(UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("hours", "now", "opens"),
    [
        (DAYTIME, local(2026, 3, 2, 12), local(2026, 3, 2, 12)),
        (DAYTIME, local(2026, 3, 2, 8), local(2026, 3, 2, 8)),
        (DAYTIME, local(2026, 3, 2, 20), local(2026, 3, 3, 8)),
        (DAYTIME, local(2026, 3, 2, 3), local(2026, 3, 2, 8)),
        (NIGHT, local(2026, 3, 2, 23), local(2026, 3, 2, 23)),
        (NIGHT, local(2026, 3, 2, 5, 59), local(2026, 3, 2, 5, 59)),
        (NIGHT, local(2026, 3, 2, 6), local(2026, 3, 2, 22)),
        (WORKDAYS, local(2026, 3, 6, 17), local(2026, 3, 9, 9)),
        (Hours(opens=60, closes=120, days=frozenset({0})), local(2026, 3, 2, 2), local(2026, 3, 9, 1)),
    ],
)
def test_what_comes_while_they_are_closed_waits_until_they_open(hours: Hours, now: datetime, opens: datetime) -> None:
    assert hours.open_at(now, HELSINKI) == opens


@pytest.mark.parametrize(
    ("hours", "since", "amount", "moment"),
    [
        (WORKDAYS, local(2026, 3, 2, 10), 4, local(2026, 3, 2, 14)),
        (WORKDAYS, local(2026, 3, 2, 13), 4, local(2026, 3, 2, 17)),
        (WORKDAYS, local(2026, 3, 2, 15), 4, local(2026, 3, 3, 11)),
        (WORKDAYS, local(2026, 3, 6, 16), 24, local(2026, 3, 11, 16)),
        (WORKDAYS, local(2026, 3, 7, 12), 1, local(2026, 3, 9, 10)),
        (NIGHT, local(2026, 3, 3, 5), 2, local(2026, 3, 3, 23)),
        (DAYTIME, local(2026, 3, 28, 19), 2, local(2026, 3, 29, 9)),
    ],
)
def test_time_is_counted_while_they_are_open(hours: Hours, since: datetime, amount: int, moment: datetime) -> None:
    assert hours.after(since, timedelta(hours=amount), HELSINKI) == moment


def test_hours_past_midnight_belong_to_the_day_on_which_they_open() -> None:
    friday_night = Hours(opens=22 * 60, closes=2 * 60, days=frozenset({4}))
    assert friday_night.open_at(local(2026, 3, 7, 1), HELSINKI) == local(2026, 3, 7, 1)
    assert friday_night.open_at(local(2026, 3, 6, 1), HELSINKI) == local(2026, 3, 6, 22)


def test_the_wall_clock_is_kept_when_the_clocks_change() -> None:
    assert DAYTIME.open_at(local(2026, 3, 28, 21), HELSINKI) == datetime(2026, 3, 29, 5, tzinfo=UTC)
    assert DAYTIME.open_at(local(2026, 10, 24, 21), HELSINKI) == datetime(2026, 10, 25, 6, tzinfo=UTC)


def test_a_time_that_the_clocks_jump_over_comes_an_hour_later() -> None:
    early = Hours(opens=3 * 60 + 30, closes=12 * 60)
    assert early.open_at(local(2026, 3, 29, 1), HELSINKI) == local(2026, 3, 29, 4, 30)


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens": 0, "closes": 0},
        {"opens": -1, "closes": 5},
        {"opens": 5, "closes": 24 * 60},
        {"opens": 5, "closes": 6, "days": frozenset()},
        {"opens": 5, "closes": 6, "days": frozenset({7})},
    ],
)
def test_what_is_no_hours_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueRefused):
        Hours(**wrong)  # type: ignore[arg-type]


@given(
    opens=st.integers(0, 1439),
    length=st.integers(1, 1439),
    days=st.frozensets(st.integers(0, 6), min_size=1),
    now=st.timedeltas(timedelta(), timedelta(days=365)).map(lambda since: datetime(2026, 1, 1, tzinfo=UTC) + since),
)
def test_they_open_within_eight_days_and_are_then_open(
    opens: int, length: int, days: frozenset[int], now: datetime
) -> None:
    hours = Hours(opens=opens, closes=(opens + length) % 1440, days=days)
    assert hours.after(now, timedelta(seconds=1), HELSINKI) - timedelta(seconds=1) == hours.open_at(now, HELSINKI)
    opened = hours.open_at(now, HELSINKI)
    assert now <= opened <= now + timedelta(days=8)
    assert hours.open_at(opened, HELSINKI) == opened
    assert days <= EVERY_DAY


# --- as people write them ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "7-21",
        "7.00-21.00",
        "07:00-21",
        "7–21",
        " 7 — 21 ",
        "7 21",
        "klo 7-21",
        "kl. 07.00–21.00",
        "0700-2100",
        "7 ‑ 21",
    ],
)
def test_hours_are_understood_however_they_are_written(text: str) -> None:
    assert typed(text) == Hours(opens=7 * 60, closes=21 * 60)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("7.30-21", Hours(opens=7 * 60 + 30, closes=21 * 60)),
        ("22-6", Hours(opens=22 * 60, closes=6 * 60)),
        ("8-24", Hours(opens=8 * 60, closes=0)),
        ("0-8", Hours(opens=0, closes=8 * 60)),
        ("730-945", Hours(opens=7 * 60 + 30, closes=9 * 60 + 45)),
        ("0-24", None),
    ],
)
def test_hours_mean_what_is_written(text: str, hours: Hours | None) -> None:
    assert typed(text) == hours


@pytest.mark.parametrize(
    "text",
    [
        "",
        "8",
        "8-8",
        "0-0",
        "24-24",
        "24-8",
        "25-6",
        "8-24.30",
        "8.60-9",
        "8-20-22",
        "aamusta iltaan",
        "-8-20",
        "8²-20",
    ],
)
def test_what_cannot_be_understood_is_no_guess(text: str) -> None:
    with pytest.raises(ValueRefused):
        typed(text)


@given(st.text(max_size=12))
def test_anything_typed_is_hours_or_refused(text: str) -> None:
    try:
        hours = typed(text)
    except ValueRefused:
        return
    assert hours is None or hours.opens != hours.closes


def test_what_can_be_chosen_is_understood_when_typed() -> None:
    assert [typed(f"{hours.opens // 60}-{hours.closes // 60}") for hours in READY] == list(READY)


# --- typed, with days -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("7.30-21", Hours(opens=7 * 60 + 30, closes=21 * 60)),
        ("klo 22-6", NIGHT),
        ("0-24", None),
        ("ma-pe 9-17", WORKDAYS),
        ("Må–fr kl. 9.00–17.00", WORKDAYS),
        ("Monday - Friday 9-17", WORKDAYS),
        ("maanantai-perjantai klo 9-17", WORKDAYS),
        ("ma, ti, ke, to, pe 9-17", WORKDAYS),
        ("ma-to pe. 9-17", WORKDAYS),
        ("pe-ma 9-17", Hours(opens=540, closes=1020, days=frozenset({4, 5, 6, 0}))),
        ("tue thurs 9-17", Hours(opens=540, closes=1020, days=frozenset({1, 3}))),
        ("keskiviikko 8-24", Hours(opens=480, closes=0, days=frozenset({2}))),
    ],
)
def test_hours_of_some_days_are_read_as_people_type_them(text: str, hours: Hours | None) -> None:
    assert typed_with_days(text) == hours


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9",
        "ma 9-",
        "ma 9-9",
        "9-25",
        "9.60-17",
        "9-17 ma",
        "ma-pe",
        "ma-ke-pe 9-17",
        "m 9-17",
        "never 9-17",
        "- 9-17",
        "ma 0-24",
    ],
)
def test_what_is_no_hours_of_some_days_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        typed_with_days(text)


def test_two_letters_tell_the_day_in_every_language() -> None:
    beginnings = [{name[:2] for name in names} for names in _DAYS]
    assert sum(map(len, beginnings)) == len(set().union(*beginnings))


@given(text=st.text(alphabet="mathiokesu 0123456789-–.:,", max_size=20) | st.text(max_size=20))
def test_whatever_is_typed_is_hours_or_refused(text: str) -> None:
    try:
        typed_with_days(text)
    except ValueRefused:
        return


@pytest.mark.parametrize(
    ("days", "runs"),
    [(range(5), [(0, 4)]), (range(7), [(0, 6)]), ((0, 2, 3), [(0, 0), (2, 3)]), ((6, 0), [(0, 0), (6, 6)])],
)
def test_days_in_a_row_are_told_by_the_first_and_the_last(days: Sequence[int], runs: list[tuple[int, int]]) -> None:
    assert Hours(opens=1, closes=2, days=frozenset(days)).runs() == runs
