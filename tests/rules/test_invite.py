from datetime import timedelta

import pytest

from mentorbot.programme.errors import IllegalTransition
from mentorbot.programme.ids import Pid
from mentorbot.programme.invite import CODE_LENGTH, CODE_LETTERS, VALID_FOR, Invite, InviteState, plain_code
from tests.people import NOW, an_invite

AINO, OTTO = Pid(b"aino"), Pid(b"otto")


def locked() -> Invite:
    invite = an_invite()
    for _ in range(5):
        invite = invite.wrong_code(now=NOW)
    return invite


def test_an_invite_is_open_for_72_hours() -> None:
    invite = an_invite()
    assert invite.state(NOW) is InviteState.OPEN
    assert invite.state(NOW + VALID_FOR - timedelta(microseconds=1)) is InviteState.OPEN
    assert invite.state(NOW + VALID_FOR) is InviteState.EXPIRED
    assert timedelta(hours=72) == VALID_FOR


def test_five_wrong_codes_lock_it_and_four_do_not() -> None:
    invite = an_invite()
    for left in (4, 3, 2, 1):
        invite = invite.wrong_code(now=NOW)
        assert (invite.state(NOW), invite.codes_left) == (InviteState.OPEN, left)
    assert (locked().state(NOW), locked().codes_left) == (InviteState.LOCKED, 0)


def test_a_spent_invite_stays_spent() -> None:
    spent = an_invite().use(AINO, now=NOW)
    assert spent.used_by == AINO
    assert spent.state(NOW) is spent.state(NOW + VALID_FOR) is InviteState.USED


@pytest.mark.parametrize("over", [an_invite().use(AINO, now=NOW), locked(), an_invite(made_at=NOW - VALID_FOR)])
def test_an_invite_that_is_over_can_neither_be_spent_nor_guessed_at(over: Invite) -> None:
    with pytest.raises(IllegalTransition):
        over.use(OTTO, now=NOW)
    with pytest.raises(IllegalTransition):
        over.wrong_code(now=NOW)


@pytest.mark.parametrize("typed", ["ab34cd", " AB34CD ", "ab 34 cd", "AB-34-CD", "a b3\n4cd."])
def test_case_spaces_and_dashes_do_not_count_in_a_code(typed: str) -> None:
    assert plain_code(typed) == "AB34CD"


def test_another_code_stays_another_code() -> None:
    assert plain_code("AB34CE") != plain_code("AB34CD")
    assert plain_code("") == plain_code("-") == ""


def test_no_two_letters_of_a_code_are_taken_for_each_other() -> None:
    assert not set("01OIl") & set(CODE_LETTERS)
    assert len(set(CODE_LETTERS)) == len(CODE_LETTERS)
    assert len(CODE_LETTERS) ** CODE_LENGTH > 5 * 100_000_000  # five guesses hit one invite in 100 million
