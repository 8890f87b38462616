import unicodedata

import pytest
from hypothesis import given, strategies as st

from mentorbot.programme.wording import (
    LABEL_MARK,
    Format,
    Words,
    isolated,
    readable,
    split,
    units,
    without_label_marks,
)

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # three people, seen as one
FINLAND = "\U0001f1eb\U0001f1ee"
WAVE = "\U0001f44b\U0001f3fd"  # with a skin tone
ACCENTED = "e\u0301\u0323"


def utf16(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def shown(words: Words) -> list[tuple[str, str]]:
    """Each character with the formatting that it is shown in."""
    kinds = [""] * units(words.text)
    for form in words.formats:
        for place in range(form.offset, form.offset + form.length):
            kinds[place] += form.kind
    out, place = [], 0
    for ch in words.text:
        out.append((ch, kinds[place]))
        place += units(ch)
    return out


TEXTS = st.text(
    st.sampled_from(["a", "b", " ", "\n", "ä", "\U0001f600", "\u200d", "\u0301", "\U0001f1eb"]), max_size=120
)


@st.composite
def some_words(draw: st.DrawFn) -> Words:
    """Words with formatting that begins and ends between characters, as Telegram's does."""
    text = draw(TEXTS)
    edges = [units(text[:count]) for count in range(len(text) + 1)]
    formats = []
    for kind in draw(st.lists(st.sampled_from(["bold", "italic", "pre"]), max_size=4)) if text else ():
        first, last = sorted(draw(st.lists(st.sampled_from(edges), min_size=2, max_size=2, unique=True)))
        formats.append(Format(kind=kind, offset=first, length=last - first))
    return Words(text=text, formats=tuple(formats))


# --- splitting --------------------------------------------------------------------------------------------------------


@given(some_words(), st.integers(min_value=2, max_value=40))
def test_no_part_is_too_long_and_nothing_is_lost_or_changed(words: Words, longest: int) -> None:
    parts = split(words, longest=longest)
    assert "".join(part.text for part in parts) == words.text
    assert all(0 < units(part.text) <= longest for part in parts)
    for part in parts:
        assert all(form.offset >= 0 and form.length > 0 for form in part.formats)
        assert all(form.offset + form.length <= units(part.text) for form in part.formats)
    assert [each for part in parts for each in shown(part)] == shown(words)


def test_what_fits_is_one_part() -> None:
    words = Words(text="x" * 4096, formats=(Format(kind="bold", offset=0, length=4096),))
    assert split(words, longest=4096) == [words]
    assert split(Words(text=""), longest=4096) == []


def test_a_message_of_full_length_leaves_room_for_a_label() -> None:
    parts = split(Words(text="x" * 4096), longest=4096 - 40)
    assert [units(part.text) for part in parts] == [4056, 40]


def test_length_is_counted_as_telegram_counts_it() -> None:
    assert [units(part.text) for part in split(Words(text="\U0001f600" * 5), longest=5)] == [4, 4, 2]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("first line\nsecond", ["first line\n", "second"]),
        ("one two three", ["one two ", "three"]),
        ("one\ntwo three four", ["one\ntwo ", "three four"]),  # a line's end in the first half is too early
        ("withoutanyspace", ["withoutanysp", "ace"]),
    ],
)
def test_a_part_ends_with_a_line_else_with_a_word(text: str, parts: list[str]) -> None:
    assert [part.text for part in split(Words(text=text), longest=12)] == parts


@pytest.mark.parametrize("one", [FAMILY, FINLAND, WAVE, ACCENTED])
def test_what_is_seen_as_one_is_not_broken(one: str) -> None:
    for before in range(12):
        parts = split(Words(text="x" * before + one + "y" * 12), longest=12)
        assert any(one in part.text for part in parts)


def test_a_chain_that_never_ends_is_broken_all_the_same() -> None:
    parts = split(Words(text="e" + "\u0301" * 100), longest=10)
    assert all(units(part.text) <= 10 for part in parts)
    assert sum(len(part.text) for part in parts) == 101


def test_a_link_keeps_its_address_in_every_part() -> None:
    link = Format(kind="text_link", offset=2, length=16, url="https://example.org/")
    parts = split(Words(text="x" * 20, formats=(link,)), longest=10)
    assert [(form.offset, form.length, form.url) for part in parts for form in part.formats] == [
        (2, 8, link.url),
        (0, 8, link.url),
    ]


# --- characters -------------------------------------------------------------------------------------------------------


@given(st.text(st.characters(), max_size=60))
def test_units_are_those_of_utf_16(text: str) -> None:
    assert units(text) == len(utf16(text)) // 2


@given(st.text(st.characters(exclude_categories=[]), max_size=60))
def test_whatever_is_readable_can_be_stored_and_keeps_its_length(text: str) -> None:
    safe = readable(text)
    safe.encode()
    assert "\0" not in safe
    assert units(safe) == units(text)
    assert all(after in (before, "\ufffd") for before, after in zip(text, safe, strict=True))


@pytest.mark.parametrize("text", ["Moi!", "\U0001f468\u200d\U0001f469", "e\u0301", "\u202eabc", "tab\tand\nline"])
def test_what_can_be_shown_is_left_alone(text: str) -> None:
    assert readable(text) == without_label_marks(text) == text


@pytest.mark.parametrize("text", ["a\0b", "a\ud83db", "\udc00".join("ab")])
def test_what_cannot_be_shown_is_seen_to_have_been_there(text: str) -> None:
    assert readable(text) == "a\ufffdb"


@given(st.text(st.sampled_from([LABEL_MARK, "a", " ", "\n", "\u200b"]), max_size=30))
def test_no_label_can_be_faked_and_nothing_moves(text: str) -> None:
    safe = without_label_marks(text)
    assert LABEL_MARK not in safe
    assert units(safe) == units(text)


@pytest.mark.parametrize("turning", ["", *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"])
def test_a_name_cannot_turn_what_stands_beside_it(turning: str) -> None:
    """Row 37: one isolate that nothing inside can end or outlast."""
    shown_as = isolated(f"Ai{turning}no")
    assert [unicodedata.bidirectional(ch) for ch in shown_as] == ["FSI", "L", "L", "L", "L", "PDI"]
