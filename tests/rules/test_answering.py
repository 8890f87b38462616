from datetime import UTC, datetime, timedelta

from mentorbot.programme.answering import READY, Answering
from tests.people import NOW


def test_who_has_promised_no_hours_answers_at_any_time() -> None:
    assert Answering().next_at(NOW, UTC) == NOW


def test_within_their_hours_a_mentor_answers_now_and_outside_them_when_they_open() -> None:
    for hours in READY:
        answering = Answering(hours=hours)
        opens = answering.next_at(datetime(2026, 3, 7, 23, tzinfo=UTC), UTC)
        assert (opens.hour * 60 + opens.minute, opens.weekday() in hours.days) == (hours.opens, True)
        assert answering.next_at(opens + timedelta(minutes=1), UTC) == opens + timedelta(minutes=1)
