"""docs/content.md, made from the table that the bot goes by. `python -m tests.texts.content_page` writes it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from mentorbot.locale.catalogue import Say
from mentorbot.programme.content import CONTENTS, MOST_IN_ALBUM, Concern, Content, Form, Kind, Treatment, go_together
from mentorbot.services.albums import LEAVES_AFTER

PAGE = Path(__file__).parents[2] / "docs" / "content.md"

_NAMES = {
    Kind.TEXT: "words",
    Kind.PHOTO: "a photo",
    Kind.VIDEO: "a video",
    Kind.ANIMATION: "a moving picture (GIF)",
    Kind.AUDIO: "music or another sound file",
    Kind.VOICE: "a voice message",
    Kind.VIDEO_NOTE: "a round video message",
    Kind.STICKER: "a sticker",
    Kind.DOCUMENT: "a file, or a photo sent as a file",
    Kind.LOCATION: "a place on the map",
    Kind.VENUE: "a place with a name and an address",
    Kind.CONTACT: "a contact card",
    Kind.DICE: "a throw of the dice",
}
"""What the bot does not refuse. What it refuses has its name in the catalogue, where people read it."""

_BECOMES = {
    Treatment.CARRIED: "passed on",
    Treatment.ASKED: "asked about first, then passed on",
    Treatment.REFUSED: "not passed on; whoever sent it is told",
}

_LABEL = {
    Form.TEXT: "above the words",
    Form.CAPTION: "in the caption",
    Form.BARE: "in a message of its own above it",
}

_WHY = {
    Concern.CONTACT: "It shows a phone number, perhaps one’s own.",
    Concern.FILE: "A file may hold who made it, when, and where a picture was taken. Telegram takes that out of "
    "ordinary photos, never out of files.",
    Concern.FORWARDED: "Somebody else wrote it, who may be named in it and was not asked. The bot never says whom it "
    "was forwarded from.",
    Concern.ACCOUNT: "It points to somebody’s Telegram account. If it is sent, the name goes as plain words, the "
    "account does not.",
}
_ASKED_WHEN = {
    Concern.CONTACT: "a contact card",
    Concern.FILE: "a file",
    Concern.FORWARDED: "anything forwarded from somebody else",
    Concern.ACCOUNT: "a name that was chosen from a list, or a link to an account",
}


def page(contents: Mapping[Kind, Content]) -> str:
    """The page as it has to be for a table."""
    say = Say("en", ZoneInfo("UTC"))
    kinds = _table(
        ("what is sent", "Telegram’s name", "what becomes of it", "the label stands", "albums"),
        (_row(content, say) for content in contents.values()),
    )
    asked = _table(
        ("what", "why", "what its writer reads"),
        ((_ASKED_WHEN[concern], _WHY[concern], say(f"channel.concern_{concern}")) for concern in Concern),
    )
    refusal = say("channel.refused", what=say("content.poll")).removeprefix("ℹ️ ")
    return _PAGE.format(
        kinds=kinds,
        asked=asked,
        refusal=refusal,
        question=say("channel.asked_first"),
        yes=say("channel.send_anyway"),
        no=say("channel.do_not_send"),
        as_photo=say("channel.send_as_photo"),
        most=MOST_IN_ALBUM,
        seconds=round(LEAVES_AFTER.total_seconds()),
    )


def _row(content: Content, say: Say) -> tuple[str, ...]:
    refused = content.treatment is Treatment.REFUSED
    name = say(f"content.{content.kind}") if refused else _NAMES[content.kind]
    return (
        name,
        "everything else" if content.kind is Kind.OTHER else f"`{content.kind}`",
        _BECOMES[content.treatment],
        "" if refused else _LABEL[content.form],
        "kept together" if go_together(content.kind, content.kind) else "",
    )


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = tuple(head)
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |".replace("|  |", "| |").replace("|  |", "| |") for line in lines)


_PAGE = """\
<!-- Made by `python -m tests.texts.content_page` from mentorbot/programme/content.py and the catalogue. -->

# What people can send, and what becomes of it

Whatever somebody sends is passed on, asked about first, or refused with a sentence that says so. There is never
silence, and a kind that Telegram invents tomorrow falls under *everything else* until it has a row here.

{kinds}

A participant’s messages carry a label with their alias; a mentor’s need none. What is refused is answered:
*{refusal}*

A live location says where a person is at every moment. The others cannot be copied by a bot, lead to the account that
made them, or have no place between two people who need discretion.

## What is asked about first, and why

A message that may show more than its writer means waits, sealed, until they have answered: *{question}* They press
*{yes}* or *{no}*. Nobody else knows of it. What nobody answers is forgotten after 48 hours.

{asked}

A message may be asked about for several reasons; it is one question. An album is asked about once.

## Albums

Telegram sends an album piece by piece and does not say which piece is the last. The bot waits a second for the next
one, {seconds} seconds in all, and passes on what has come as one album of up to {most}; what comes later goes as an
album of its own. Photos and videos go together, sound files and documents each with their own kind. Each piece keeps
its caption, and each can be replied to for itself. If it is not certain that an album arrived, it comes once more,
with a mark in the caption of its first piece.

## Honest limits

- The bot writes words anew, so nothing hides in them. Photos, voice and other content are copied without a word about
  where they came from, but nobody looks at what is in them: a photo may show a face, a street sign, a name.
- After a yes, a file goes as it is. The bot does not look into it and takes nothing out of it.
- A picture that was sent as a file (JPEG, PNG, WebP, BMP or TIFF, up to 20 MB) can go as an ordinary photo instead:
  *{as_photo}*. The bot then fetches it, draws it anew without anything but what is seen, and keeps nothing of it. Where
  that cannot be done, whoever sent it is told that it did not arrive.
- A sticker belongs to a set, and a set may lead to whoever made it.
- A sound file shows the title and the performer that are written in it.
- A live photo has no row of its own yet: where Telegram also gives it as a photo, it is treated as one.
- A caption that leaves no room for the label follows in a message of its own.
- What is changed in the moment between its sending and its copying may be copied as changed. Words never are.
- Telegram keeps what passes through a chat with a bot and could read it. Nobody can take back a screenshot.
"""


if __name__ == "__main__":
    PAGE.write_text(page(CONTENTS))
