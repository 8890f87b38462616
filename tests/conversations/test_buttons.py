"""A button opens for the one it was made for, unchanged, and for nobody else."""

import base64
import secrets
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given, strategies as st

from handlers.telegram.buttons import Action, ButtonForged, Press, open_token, token_for
from mentorbot.programme.ids import Pid
from storage.root_key import RootKey

KEY = RootKey(epoch=1, secret=bytes(range(32))).buttons
AINO, OTTO = Pid(b"a" * 16), Pid(b"o" * 16)
SUBJECT, OBJECT = bytes(range(16)), bytes(range(16, 32))
# Everything that base85 writes with.
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"

PRESSES = st.builds(
    Press,
    action=st.sampled_from(Action),
    subject=st.binary(min_size=16, max_size=16),
    object=st.binary(min_size=16, max_size=16),
    version=st.integers(0, 0xFFFF),
)


def opens(pid: Pid, token: str, key: AESSIV = KEY) -> bool:
    try:
        open_token(key, pid, token)
    except ButtonForged:
        return False
    return True


@given(PRESSES)
def test_it_opens_to_what_it_was_made_of_and_fits_into_64_bytes(press: Press) -> None:
    token = token_for(KEY, AINO, press)
    assert open_token(KEY, AINO, token) == press
    assert len(token.encode()) == 64


@pytest.mark.parametrize("action", Action)
def test_every_action_has_a_button_of_its_own(action: Action) -> None:
    press = Press(action=action, subject=SUBJECT, object=OBJECT, version=7)
    assert open_token(KEY, AINO, token_for(KEY, AINO, press)).action is action


def test_a_version_counts_modulo_65536() -> None:
    token = token_for(KEY, AINO, Press(action=Action.PAIR_WITH, version=65_536 + 7))
    assert open_token(KEY, AINO, token).version == 7


def test_any_changed_letter_makes_it_useless() -> None:
    token = token_for(KEY, AINO, Press(action=Action.SEND_HELD, subject=SUBJECT, object=OBJECT))
    assert opens(AINO, token), "unchanged, it opens"
    changed = [
        token[:at] + letter + token[at + 1 :] for at in range(len(token)) for letter in LETTERS if letter != token[at]
    ]
    assert len(changed) == 64 * 84
    assert not any(opens(AINO, each) for each in changed)


@given(PRESSES, st.binary(min_size=16, max_size=16).filter(lambda pid: pid != AINO))
def test_it_does_not_open_for_anybody_else(press: Press, other: bytes) -> None:
    token = token_for(KEY, AINO, press)
    assert not opens(Pid(other), token)
    assert not opens(OTTO, token)


def test_it_does_not_open_under_another_root_key() -> None:
    token = token_for(KEY, AINO, Press(action=Action.ACCEPT))
    assert not opens(AINO, token, RootKey(epoch=1, secret=secrets.token_bytes(32)).buttons)


@given(st.one_of(st.text(max_size=64), st.text(LETTERS, max_size=64), st.text(LETTERS, min_size=64, max_size=64)))
def test_what_was_made_up_never_opens_and_never_breaks_anything(token: str) -> None:
    assert not opens(AINO, token)


def test_an_action_that_is_not_one_does_not_open() -> None:
    plain = bytes([200]) + bytes(34)
    token = token_for(KEY, AINO, Press(action=Action.ACCEPT))
    assert opens(AINO, token)
    sealed = base64.b85encode(KEY.encrypt(plain, [AINO])).decode()
    assert not opens(AINO, sealed)


def test_equal_presses_of_two_people_do_not_look_alike() -> None:
    press = Press(action=Action.ACCEPT)
    assert token_for(KEY, AINO, press) != token_for(KEY, OTTO, press)
    assert token_for(KEY, AINO, press) != token_for(KEY, AINO, replace(press, version=1))
