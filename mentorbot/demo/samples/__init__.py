"""Small things that people of the demo can send with one press: each as Telegram's apps would send it."""

from collections.abc import Callable
from importlib.resources import files

from mentorbot.demo.bot_api.phone import Phone

_VOICE = b"OggS" + bytes(2000)  # nobody listens to it
_HARBOUR = (60.1675, 24.9525)

Sample = Callable[[Phone, str, int | None, int | None], object]


def picture(name: str) -> bytes:
    return files(__name__).joinpath(name).read_bytes()


def _photo(phone: Phone, words: str, reply_to: int | None, topic: int | None) -> None:
    phone.send_file("photo", picture("lake.jpg"), caption=words, reply_to=reply_to, topic=topic)


def _document(phone: Phone, words: str, reply_to: int | None, topic: int | None) -> None:
    """Uncompressed: Telegram passes it on as it is, with the place where it was taken."""
    phone.send_file(
        "document",
        picture("lake-with-place.jpg"),
        caption=words,
        file_name="IMG_0412.jpg",
        mime_type="image/jpeg",
        reply_to=reply_to,
        topic=topic,
    )


def _album(phone: Phone, words: str, reply_to: int | None, topic: int | None) -> None:
    pictures = [picture(name) for name in ("lake.jpg", "path.jpg", "door.jpg")]
    phone.send_album("photo", pictures, caption=words, reply_to=reply_to, topic=topic)


def _voice(phone: Phone, words: str, reply_to: int | None, topic: int | None) -> None:
    phone.send_file("voice", _VOICE, caption=words, reply_to=reply_to, topic=topic)


def _sticker(phone: Phone, words: str, reply_to: int | None, topic: int | None) -> None:
    phone.send_file("sticker", picture("sticker.webp"), reply_to=reply_to, topic=topic, emoji="🙂")


def _contact(phone: Phone, words: str, reply_to: int | None, topic: int | None) -> None:
    """Their own card: it tells who they are at Telegram."""
    phone.send_contact("+358 40 555 0199", phone.first_name, owner=phone, reply_to=reply_to, topic=topic)


def _location(phone: Phone, words: str, reply_to: int | None, topic: int | None) -> None:
    phone.send_location(*_HARBOUR, reply_to=reply_to, topic=topic)


SAMPLES: dict[str, Sample] = {
    "photo": _photo,
    "album": _album,
    "document": _document,
    "voice": _voice,
    "sticker": _sticker,
    "contact": _contact,
    "location": _location,
}
"""By name; each sends itself from a phone, with words as its caption where it can have one, as a reply, in a topic."""
