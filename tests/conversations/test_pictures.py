"""A picture that was sent as a file goes as an ordinary photo, without what the file held beside what is seen."""

from io import BytesIO

import pytest
from PIL import Image

from handlers.telegram.pictures import MOST_BYTES, PictureUnreadable, picture_in, redraw
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.programme.content import AsFile, Kind
from mentorbot.programme.people import Role
from tests.journeys.programme import Programme
from tests.people import SQLITE_ONLY

_GPS, _ORIENTATION, _MAKER = 0x8825, 0x0112, 0x010F
MAKER = "A telephone of Aino's"


def photo(*, size: tuple[int, int] = (40, 20), turned: bool = False) -> bytes:
    """A JPEG as a telephone makes it: red on the left, and in the file a maker and a place."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[_MAKER] = MAKER
    exif[_GPS] = {1: "N", 2: (60.0, 10.0, 30.0), 3: "E", 4: (24.0, 56.0, 15.0)}
    if turned:
        exif[_ORIENTATION] = 6
    file = BytesIO()
    picture.save(file, "JPEG", exif=exif, comment=b"at home", quality=95)
    return file.getvalue()


def told(data: bytes) -> tuple[dict[int, object], set[str]]:
    """What a file says beside what is seen: of the place, and of anything else."""
    with Image.open(BytesIO(data)) as picture:
        return dict(picture.getexif().get_ifd(_GPS)), {key for key in picture.info if key in ("exif", "comment")}


def test_nothing_is_left_of_place_maker_and_comment_and_the_control_has_all_of_them() -> None:
    before, after = photo(), redraw(photo())
    place, rest = told(before)
    assert place[2] == (60.0, 10.0, 30.0)
    assert rest == {"exif", "comment"}
    assert MAKER.encode() in before
    assert told(after) == ({}, set())
    assert MAKER.encode() not in after
    assert b"Exif" not in after


def test_what_the_file_said_about_turning_it_is_done() -> None:
    with Image.open(BytesIO(redraw(photo(turned=True)))) as picture:
        assert picture.size == (20, 40)
        top = picture.convert("RGB").getpixel((10, 5))
        assert isinstance(top, tuple)
        assert top[0] > 200  # what was on the left is above
        assert top[2] < 60


def test_what_cannot_be_seen_through_becomes_white() -> None:
    file = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(file, "PNG")
    with Image.open(BytesIO(redraw(file.getvalue()))) as picture:
        assert picture.getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize("data", [b"", b"no picture", photo()[:200]], ids=["nothing", "no picture", "half a picture"])
def test_what_is_no_picture_is_not_drawn(data: bytes) -> None:
    with pytest.raises(PictureUnreadable):
        redraw(data)


@pytest.mark.parametrize("size", [(8_000, 5_001), (20_000, 9_000)])
def test_a_picture_of_too_many_points_is_not_drawn(size: tuple[int, int]) -> None:
    file = BytesIO()
    Image.new("1", size).save(file, "PNG")
    with pytest.raises(PictureUnreadable):
        redraw(file.getvalue())


def test_it_is_offered_for_pictures_of_a_size_that_can_be_fetched() -> None:
    document = {"file_id": "it", "mime_type": "image/png", "file_size": MOST_BYTES}
    assert picture_in({"document": document}, Kind.DOCUMENT) == AsFile(file="it")
    for other in ({"file_size": MOST_BYTES + 1}, {"mime_type": "application/pdf"}, {"mime_type": "image/svg+xml"}):
        assert picture_in({"document": {**document, **other}}, Kind.DOCUMENT) is None
    assert picture_in({"animation": {}, "document": document}, Kind.ANIMATION) is None


# --- in the chat ------------------------------------------------------------------------------------------------------


async def pair_of(programme: Programme) -> tuple[Phone, Phone]:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)
    return aino, mikael


async def send_as_photo(programme: Programme, phone: Phone, data: bytes) -> int:
    message = phone.send_file("document", data, caption="Look", file_name="a.jpg", mime_type="image/jpeg")
    asked = await programme.told(phone, "channel.concern_file")
    phone.press(asked.id, programme.say(phone, "channel.send_as_photo"))
    await programme.settled()
    return message


@SQLITE_ONLY
async def test_it_arrives_as_a_photo_without_the_place(programme: Programme) -> None:
    aino, mikael = await pair_of(programme)
    await send_as_photo(programme, aino, photo())
    (arrived,) = [shown for shown in mikael.messages if shown.from_bot]
    assert arrived.text == f"▌ \u2068{await programme.alias(aino)}\u2069\nLook"
    stored = mikael.chat.find(arrived.id)
    assert stored is not None
    assert "document" not in stored.body
    file = stored.body["photo"][-1]["file_id"]
    assert told(programme.api.telegram.files.by_id(file).data) == ({}, set())


@SQLITE_ONLY
async def test_whoever_sent_what_cannot_be_drawn_is_told(programme: Programme) -> None:
    aino, mikael = await pair_of(programme)
    message = await send_as_photo(programme, aino, b"no picture")
    answer = await programme.told(aino, "channel.not_carried")
    assert answer.reply_to == message
    assert [shown for shown in mikael.messages if shown.from_bot] == []
