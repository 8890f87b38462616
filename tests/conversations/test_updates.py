"""Raw updates: whatever comes, reading it breaks nothing, and no two different ones look the same."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st

from handlers.telegram.updates import ALLOWED, Place, legible, read
from tests.conversations.parts import message
from tests.people import AINO, OTTO

KEYS = ("update_id", "message", "from", "chat", "id", "type", "text", "date", "message_id", "language_code")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec=None)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*KEYS, *ALLOWED]) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=15,
)
SOMEBODY = st.fixed_dictionaries(
    {}, optional={"id": ANYTHING, "type": st.just("private") | ANYTHING, "language_code": ANYTHING}
)
CONTENT = st.fixed_dictionaries(
    {},
    optional={
        "from": SOMEBODY | ANYTHING,
        "user": SOMEBODY | ANYTHING,
        "new_reaction": ANYTHING,
        "chat": SOMEBODY | ANYTHING,
        "message": st.fixed_dictionaries({}, optional={"chat": SOMEBODY | ANYTHING}) | ANYTHING,
        "text": st.text(st.characters(codec=None)).map(lambda text: f"/start {text}") | ANYTHING,
        "message_id": ANYTHING,
        "date": ANYTHING,
    },
)
ALMOST_UPDATES = st.fixed_dictionaries(
    {"update_id": st.integers() | ANYTHING},
    optional=dict.fromkeys(ALLOWED, CONTENT | ANYTHING),
)


@given(ANYTHING | ALMOST_UPDATES)
def test_any_json_is_read_or_passed_over(raw: object) -> None:
    envelope = read(raw)
    if envelope is not None:
        assert abs(envelope.sender) < 2**63
        assert abs(envelope.chat) < 2**63
        assert envelope.language_code is None or isinstance(envelope.language_code, str)
        assert envelope.token is None or envelope.token.isascii()


@given(ANYTHING)
def test_any_json_becomes_legible_and_stays_what_it_was(raw: Any) -> None:
    clean = legible(raw)
    assert legible(clean) == clean
    assert type(clean) is type(raw)


@given(st.text(st.characters(codec=None)))
def test_what_can_be_read_is_not_touched(text: str) -> None:
    clean = legible({"text": [text]})["text"][0]
    clean.encode()
    assert "\x00" not in clean
    assert len(clean) == len(text)
    assert all(one in (other, "\ufffd") for one, other in zip(clean, text, strict=True))


def test_a_message_says_who_sent_it_and_where() -> None:
    envelope = read(message(AINO, update_id=7))
    assert envelope is not None
    assert (envelope.update_id, envelope.kind, envelope.sender, envelope.chat) == (7, "message", AINO, AINO)
    assert envelope.place is Place.PRIVATE


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("/start AbC_d-9", "AbC_d-9"),
        ("/start  AbC ", "AbC"),
        ("/start", None),
        ("/start ", None),
        ("/started AbC", None),
        ("/start \ud800", None),
        ("/start Abc def", None),
        ("/start " + "a" * 65, None),
        ("see /start AbC", None),
    ],
)
def test_a_link_is_known_by_its_token(text: str, token: str | None) -> None:
    envelope = read(message(AINO, text=text))
    assert envelope is not None
    assert envelope.token == token


def test_an_edited_message_opens_no_door() -> None:
    update = message(AINO, text="/start AbC")
    update["edited_message"] = update.pop("message")
    envelope = read(update)
    assert envelope is not None
    assert envelope.token is None


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_a_group_or_a_channel_is_elsewhere_and_has_no_sender(kind: str) -> None:
    update = message(AINO)
    update["message"]["chat"] = {"id": -100, "type": kind, "title": "A group"}
    envelope = read(update)
    assert envelope is not None
    assert envelope.place is Place.ELSEWHERE
    assert envelope.sender == 0


def test_a_press_is_known_by_who_pressed() -> None:
    under = message(AINO)["message"]
    press = {"id": "77", "from": {"id": AINO, "first_name": "Aino"}, "message": under, "data": "x"}
    envelope = read({"update_id": 1, "callback_query": press})
    assert envelope is not None
    assert (envelope.kind, envelope.sender, envelope.place) == ("callback_query", AINO, Place.PRIVATE)


def _another(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    update = message(AINO, update_id=5, message_id=9)
    change(update)
    return update


OTHERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "another number of the update": lambda update: update.update(update_id=6),
    "another message": lambda update: update["message"].update(message_id=10),
    "another date": lambda update: update["message"].update(date=1),
    "another chat": lambda update: update["message"].update(chat={"id": OTTO, "type": "private"}),
    "edited since": lambda update: update["message"].update(edit_date=2),
    "another kind": lambda update: update.update(edited_message=update.pop("message")),
}


@pytest.mark.parametrize("difference", OTHERS)
def test_different_updates_have_different_identities(difference: str) -> None:
    one, other = read(_another(lambda update: None)), read(_another(OTHERS[difference]))
    assert one is not None
    assert other is not None
    assert one.identity != other.identity


def test_the_same_update_has_the_same_identity_each_time_it_comes() -> None:
    update = message(AINO, text="Hei 🌲")
    again = json.loads(json.dumps(update))
    one, other = read(update), read(again)
    assert one is not None
    assert other is not None
    assert one.identity == other.identity
