from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from mentorbot.programme.answering import READY, Answering, beginning_of
from tests.people import NOW


def test_who_has_promised_no_hours_answers_at_any_time() -> None:
    assert Answering().next_at(NOW, UTC) == NOW


def test_within_their_hours_a_mentor_answers_now_and_outside_them_when_they_open() -> None:
    for hours in READY:
        answering = Answering(hours=hours)
        opens = answering.next_at(datetime(2026, 3, 7, 23, tzinfo=UTC), UTC)
        assert (opens.hour * 60 + opens.minute, opens.weekday() in hours.days) == (hours.opens, True)
        assert answering.next_at(opens + timedelta(minutes=1), UTC) == opens + timedelta(minutes=1)


def test_who_is_away_answers_when_they_are_back_and_within_their_hours() -> None:
    back = datetime(2026, 3, 7, tzinfo=UTC)  # a Saturday
    assert Answering(away_until=back).next_at(NOW, UTC) == back
    assert Answering(away_until=back, hours=READY[1]).next_at(NOW, UTC) == datetime(2026, 3, 9, 9, tzinfo=UTC)


def test_the_time_to_answer_is_counted_within_the_hours_and_not_while_the_mentor_is_away() -> None:
    hour, back = timedelta(hours=1), datetime(2026, 3, 7, tzinfo=UTC)
    assert Answering().after(NOW, hour, UTC) == NOW + hour
    assert Answering(away_until=back).after(NOW, hour, UTC) == back + hour
    assert Answering(away_until=NOW - hour).after(NOW, hour, UTC) == NOW + hour
    within = Answering(away_until=back, hours=READY[1]).after(NOW, hour, UTC)
    assert within == datetime(2026, 3, 9, 10, tzinfo=UTC)


def test_an_absence_that_is_past_is_none() -> None:
    answering = Answering(away_until=NOW)
    assert answering.absence(NOW - timedelta(microseconds=1)) == NOW
    assert answering.absence(NOW) is None
    assert answering.next_at(NOW, UTC) == NOW


def test_a_day_begins_at_midnight_by_the_wall_clock() -> None:
    assert beginning_of(date(2026, 7, 1), ZoneInfo("Europe/Helsinki")) == datetime(2026, 6, 30, 21, tzinfo=UTC)
