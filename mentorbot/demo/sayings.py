"""Which of the bot's own texts a message is, whatever the language: by comparing it with the catalogues."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO

from babel.messages.pofile import read_po

from mentorbot.demo.bot_api.shown import ShownMessage
from mentorbot.locale.catalogue import LANGUAGES, Say
from mentorbot.programme.invite import CODE_LENGTH, CODE_LETTERS
from mentorbot.programme.wording import LABEL_MARK

_PLACE = re.compile(r"\{(\w+)\}")
_FILLINGS = {
    "link": r"https://t\.me/\w+\?start=[\w-]+",
    "code": f"[{CODE_LETTERS}]{{{CODE_LENGTH}}}",
    "n": r"\d+",
}
_ANYTHING = "(?:\u2068[^\u2069]*\u2069|[^\u2068\u2069\n]+?)"  # one name in its isolation marks, or words without any
_LABEL = re.compile(rf"{LABEL_MARK} \u2068([^\u2069]*)\u2069(?: \(\d+/\d+\))?(?:\n|\Z)")


@dataclass(frozen=True, kw_only=True)
class Saying:
    """`id` is the catalogue's; `values` is what was filled in, names without their isolation marks."""

    id: str
    language: str
    values: dict[str, str]


@lru_cache(maxsize=4096)
def recognise(text: str) -> Saying | None:
    """The last of the bot's sayings in a text that ends with one; None for what people wrote."""
    if label_of(text) is not None:
        return None
    for id_, language, pattern in _patterns():
        match = pattern.search(text)
        if match is not None:
            values = {name: value.strip("\u2068\u2069") for name, value in match.groupdict().items()}
            return Saying(id=id_, language=language, values=values)
    return None


def saying_of(message: ShownMessage) -> Saying | None:
    """What the bot says in a message; None for people's words, also those that the bot carried."""
    return recognise(message.text) if message.from_bot else None


def label_of(text: str) -> str | None:
    """The alias in the label above a relayed message; None where there is no label."""
    match = _LABEL.match(text)
    return match[1] if match is not None else None


def button_text(id_: str, language: str) -> str:
    """What stands on a button."""
    return Say(language, UTC)(id_)


@cache
def _patterns() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    return tuple((id_, language, _pattern(text)) for language in LANGUAGES for id_, text in _texts(language))


def _texts(language: str) -> Iterator[tuple[str, str]]:
    file = files("mentorbot.locale") / language / "LC_MESSAGES" / "mentorbot.po"
    for message in read_po(BytesIO(file.read_bytes()), locale=language):
        if not message.id:
            continue
        id_ = message.id if isinstance(message.id, str) else message.id[0]
        for form in (message.string,) if isinstance(message.string, str) else message.string or ():
            yield id_, form


def _pattern(text: str) -> re.Pattern[str]:
    """Some messages are two texts with an empty line between: the second tells which they are."""
    named: set[str] = set()
    pattern = []
    for position, part in enumerate(_PLACE.split(text)):
        if position % 2 == 0:
            pattern.append(re.escape(part))
        elif part in named:
            pattern.append(f"(?P={part})")
        else:
            named.add(part)
            pattern.append(f"(?P<{part}>{_FILLINGS.get(part, _ANYTHING)})")
    return re.compile(rf"(?:\A|\n\n){''.join(pattern)}\Z")
