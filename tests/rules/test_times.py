from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from mentorbot.programme.times import require_utc
from tests.people import NOW


def test_a_moment_in_utc_is_given_back() -> None:
    assert require_utc(NOW) is NOW


@pytest.mark.parametrize("zone", [None, ZoneInfo("Europe/Helsinki"), timezone(timedelta(0), "GMT"), ZoneInfo("UTC")])
def test_any_other_moment_is_refused(zone: ZoneInfo | timezone | None) -> None:
    with pytest.raises(ValueError, match="aware and in UTC"):
        require_utc(datetime(2026, 3, 2, tzinfo=zone))
