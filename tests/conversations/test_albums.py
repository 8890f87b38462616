"""How a piece of an album is read, and what stands below each piece when it is sent."""

from typing import Any

import pytest

from handlers.telegram.albums import captions, media
from handlers.telegram.channel import written
from mentorbot.locale.catalogue import LANGUAGES
from mentorbot.programme.content import MOST_IN_ALBUM, InAlbum, Kind
from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.notices import Album, Piece
from mentorbot.programme.wording import LONGEST_CAPTION, Format, Words, units
from mentorbot.services.messaging import ROOM_FOR_LABEL
from tests.conversations.parts import message
from tests.people import AINO
from tests.texts import setting
from tests.texts.samples import WIDEST_ALIAS

SIZES = [{"file_id": "small"}, {"file_id": "large"}]


def read(**content: Any) -> InAlbum | None:
    return written(message(AINO, **content)["message"]).album


def album(*pieces: Piece) -> Album:
    return Album(sender=Pid(b"A" * 16), from_message=MessageId(1), alias=WIDEST_ALIAS, pieces=pieces)


def picture(text: str = "", *formats: Format, covered: bool = False) -> Piece:
    words = Words(text=text, formats=formats)
    return Piece(from_message=MessageId(1), kind=Kind.PHOTO, file="f", words=words, covered=covered)


def test_of_a_photo_the_largest_is_taken() -> None:
    assert read(photo=SIZES, media_group_id="7") == InAlbum(group="7", file="large")


@pytest.mark.parametrize("kind", ["video", "audio", "document"])
def test_a_piece_of_each_kind_is_read(kind: str) -> None:
    assert read(**{kind: {"file_id": "it"}, "media_group_id": "7"}) == InAlbum(group="7", file="it")


def test_what_was_covered_stays_covered() -> None:
    piece = read(photo=SIZES, media_group_id="7", has_media_spoiler=True)
    assert piece is not None
    assert piece.covered
    assert media(picture(covered=True)) == {"type": "photo", "media": "f", "has_spoiler": True}
    assert media(picture()) == {"type": "photo", "media": "f"}


def test_what_stands_alone_or_cannot_be_in_an_album_is_no_piece() -> None:
    assert read(photo=SIZES) is None
    assert read(text="Hello", media_group_id="7") is None
    assert read(animation={"file_id": "a"}, document={"file_id": "a"}, media_group_id="7") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_label_and_mark_stand_below_the_first_piece_alone_and_always_fit(language: str) -> None:
    widest = picture("😀" * ((LONGEST_CAPTION - ROOM_FOR_LABEL) // 2))
    first, *others = captions(album(*[widest] * MOST_IN_ALBUM), setting(language, possible_repeat=True))
    assert units(first.text) <= LONGEST_CAPTION
    assert WIDEST_ALIAS in first.text
    assert setting(language).say("channel.possible_repeat") in first.text
    assert [other.text for other in others] == [widest.words.text] * (MOST_IN_ALBUM - 1)


def test_formatting_moves_with_the_words_and_no_caption_looks_like_a_label() -> None:
    bold = Format(kind="bold", offset=0, length=3)
    first, second = captions(album(picture("One", bold), picture("▌ Two")), setting("en"))
    moved = first.formats[-1]
    assert first.text.encode("utf-16-le")[moved.offset * 2 :].decode("utf-16-le") == "One"
    assert second.text == "| Two"
