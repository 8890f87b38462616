"""What came of removing a message is said truly."""

import pytest

from mentorbot.programme.changing import Removal, removal_of


@pytest.mark.parametrize(
    ("removed", "too_old", "said"),
    [
        (True, False, Removal.REMOVED),
        (True, True, Removal.PARTLY),
        (False, True, Removal.TOO_OLD),
        (False, False, Removal.NOTHING),
    ],
)
def test_what_is_said_follows_from_what_was_there(removed: bool, too_old: bool, said: Removal) -> None:
    assert removal_of(removed=removed, too_old=too_old) is said
