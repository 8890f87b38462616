from datetime import date

import pytest
from hypothesis import given, strategies as st

from mentorbot.programme.dates import typed_date
from mentorbot.programme.errors import ValueRefused

TODAY = date(2026, 12, 20)


@pytest.mark.parametrize("text", ["24.12.", "24.12", " 24.12.2026 ", "24/12", "24/12/2026", "2026-12-24"])
def test_a_day_is_read_as_people_type_it(text: str) -> None:
    assert typed_date(text, today=TODAY) == date(2026, 12, 24)


@pytest.mark.parametrize(("text", "day"), [("7.1.", date(2027, 1, 7)), ("20.12.", date(2027, 12, 20))])
def test_without_a_year_it_is_the_next_such_day(text: str, day: date) -> None:
    assert typed_date(text, today=TODAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "24",
        "24.12.26",
        "31.2.",
        "29.2.",
        "0.1.",
        "1.13.",
        "20.12.2026",
        "1.1.2026",
        "1.1.2029",
        "24.12. 9",
    ],
)
def test_what_is_no_day_to_come_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        typed_date(text, today=TODAY)


@given(
    text=st.text(alphabet="0123456789./-", max_size=12) | st.text(max_size=12),
    today=st.dates(date(2026, 1, 1), date(2100, 1, 1)),
)
def test_whatever_is_typed_is_a_day_to_come_or_refused(text: str, today: date) -> None:
    try:
        assert typed_date(text, today=today) > today
    except ValueRefused:
        return
