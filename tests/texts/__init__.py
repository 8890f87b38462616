"""The words that people read, in every language of the catalogue."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from handlers.telegram.rendering import Setting
from mentorbot.locale.catalogue import LANGUAGES, Say

LOCALE = Path(__file__).parents[2] / "mentorbot" / "locale"
HELSINKI = ZoneInfo("Europe/Helsinki")
MOMENT = datetime(2026, 3, 4, 7, 5, tzinfo=UTC)
EMERGENCY = "+358 9 112 112"
BOT = "a_bot_with_a_name_of_32_chars_bot"


@cache
def catalogue(language: str) -> Catalog:
    """A language's catalogue, taken for what its header says it is."""
    with (LOCALE / language / "LC_MESSAGES" / "mentorbot.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


@cache
def messages(language: str) -> dict[str, Message]:
    """Every message of a language's catalogue by its (singular) id."""
    return {forms(message.id)[0]: message for message in catalogue(language) if message.id}


def forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """The grammatical numbers of an id or of a text: one, or one for each form of the plural."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def said(language: str, id_: str) -> tuple[str, ...]:
    """A text, in each grammatical number that it has."""
    return forms(messages(language)[id_].string)


def texts() -> list[tuple[str, str, str]]:
    """Everything that can be said: the language, the id, the text in one grammatical number."""
    return [
        (language, id_, text) for language in LANGUAGES for id_ in messages(language) for text in said(language, id_)
    ]


def setting(language: str, *, possible_repeat: bool = False) -> Setting:
    say = Say(language, HELSINKI)
    return Setting(say=say, bot_username=BOT, emergency=EMERGENCY, possible_repeat=possible_repeat)
