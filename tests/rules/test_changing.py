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


@pytest.mark.parametrize("too_old", [True, False])
def test_what_may_have_come_twice_is_not_said_to_be_gone(too_old: bool) -> None:
    assert removal_of(removed=True, too_old=too_old, perhaps_twice=True) is Removal.PERHAPS_TWICE
    assert removal_of(removed=False, too_old=too_old, perhaps_twice=True) is not Removal.PERHAPS_TWICE
