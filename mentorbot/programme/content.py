"""What people can send, and what becomes of each kind: one table, read by the code and printed in the docs."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mentorbot.programme.ids import MessageId, ThreadId
from mentorbot.programme.wording import NO_WORDS, Words


class Kind(StrEnum):
    """The kinds of content, under the names that Telegram has for them in a message."""

    TEXT = "text"
    PHOTO = "photo"
    VIDEO = "video"
    ANIMATION = "animation"
    AUDIO = "audio"
    VOICE = "voice"
    VIDEO_NOTE = "video_note"
    STICKER = "sticker"
    DOCUMENT = "document"
    LOCATION = "location"
    LIVE_LOCATION = "live_location"
    VENUE = "venue"
    CONTACT = "contact"
    DICE = "dice"
    POLL = "poll"
    CHECKLIST = "checklist"
    STORY = "story"
    PAID_MEDIA = "paid_media"
    GAME = "game"
    INVOICE = "invoice"
    GIVEAWAY = "giveaway"
    OTHER = "other"


class Treatment(StrEnum):
    """What becomes of a kind of content."""

    CARRIED = "carried"
    ASKED = "asked"  # carried once its writer has said that it shall be
    REFUSED = "refused"  # its writer is told


class Form(StrEnum):
    """How the words of a message can stand in it."""

    TEXT = "text"  # they are the message
    CAPTION = "caption"  # below a picture or a file
    BARE = "bare"  # it takes no words: the label stands in a message of its own above it


@dataclass(frozen=True, kw_only=True)
class Content:
    """One row of the table."""

    kind: Kind
    treatment: Treatment
    form: Form = Form.BARE


def _carried(kind: Kind, form: Form) -> Content:
    return Content(kind=kind, treatment=Treatment.CARRIED, form=form)


CONTENTS: dict[Kind, Content] = {
    content.kind: content
    for content in (
        _carried(Kind.TEXT, Form.TEXT),
        _carried(Kind.PHOTO, Form.CAPTION),
        _carried(Kind.VIDEO, Form.CAPTION),
        _carried(Kind.ANIMATION, Form.CAPTION),
        _carried(Kind.AUDIO, Form.CAPTION),
        _carried(Kind.VOICE, Form.CAPTION),
        _carried(Kind.VIDEO_NOTE, Form.BARE),
        _carried(Kind.STICKER, Form.BARE),
        _carried(Kind.LOCATION, Form.BARE),
        _carried(Kind.VENUE, Form.BARE),
        _carried(Kind.DICE, Form.BARE),
        Content(kind=Kind.DOCUMENT, treatment=Treatment.ASKED, form=Form.CAPTION),
        Content(kind=Kind.CONTACT, treatment=Treatment.ASKED),
        *(
            Content(kind=kind, treatment=Treatment.REFUSED)
            for kind in (
                Kind.LIVE_LOCATION,
                Kind.POLL,
                Kind.CHECKLIST,
                Kind.STORY,
                Kind.PAID_MEDIA,
                Kind.GAME,
                Kind.INVOICE,
                Kind.GIVEAWAY,
                Kind.OTHER,
            )
        ),
    )
}
"""Every kind of content. A kind that Telegram adds later is OTHER until it has a row here."""


_FAMILIES = (frozenset({Kind.PHOTO, Kind.VIDEO}), frozenset({Kind.AUDIO}), frozenset({Kind.DOCUMENT}))
MOST_IN_ALBUM = 10
"""Pieces that Telegram takes in one album."""


def go_together(one: Kind, other: Kind) -> bool:
    """Whether two kinds may stand in one album: pictures mix, sound and documents keep to their own."""
    return any(one in family and other in family for family in _FAMILIES)


class Concern(StrEnum):
    """Why a message waits until its writer has said that it shall go."""

    CONTACT = "contact"  # a phone number
    FILE = "file"  # may hold its maker's name, a place, a date
    FORWARDED = "forwarded"  # was written by somebody else, who may be named in it
    ACCOUNT = "account"  # mentions somebody by their account; only the name would go


@dataclass(frozen=True, kw_only=True)
class InAlbum:
    """That a message is one piece of an album: which one (`group`), and its file, by Telegram's id for it."""

    group: str
    file: str
    covered: bool = False  # a spoiler: it is shown after a tap


@dataclass(frozen=True, kw_only=True)
class AsFile:
    """That a picture was sent as a file, by Telegram's id for it; `redrawn` when it shall go as an ordinary photo."""

    file: str
    redrawn: bool = False


@dataclass(frozen=True, kw_only=True)
class Written:
    """One message as it came. `words` are its text or its caption, empty where there is none.

    `quote` is the part of the message `replied_to` that it answers, empty for the whole. `answers_bot` says that the
    bot wrote that message, or brought it from somebody, or that it stands elsewhere and is not known. `topic` is the
    one of the writer's chat that it was written in, None for none, or the general one. `withheld`: there were words,
    and nobody is to see them. `at` is when Telegram took it, which may be long before it is read.
    """

    message: MessageId
    kind: Kind = Kind.TEXT
    words: Words = NO_WORDS
    replied_to: MessageId | None = None
    answers_bot: bool = False
    quote: str = ""
    concerns: tuple[Concern, ...] = ()
    album: InAlbum | None = None
    picture: AsFile | None = None
    topic: ThreadId | None = None
    withheld: bool = False
    at: datetime | None = None

    @property
    def content(self) -> Content:
        return CONTENTS[self.kind]
