"""What people write, made safe to carry: nothing is lost, and nothing can pose as what the bot itself says.

Lengths and offsets are in UTF-16 code units, as Telegram counts them.
"""

import re
import unicodedata
from dataclasses import dataclass, replace

LONGEST_MESSAGE = 4096
"""Code units that Telegram takes in one message."""

LONGEST_CAPTION = 1024
"""Code units that Telegram takes below a picture or a file."""

LABEL_MARK = "▌"
"""Begins every label that the bot writes above a person's words, and is nowhere in those words."""

SAFE_FORMATS = frozenset(
    {"bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre"}
    | {"blockquote", "expandable_blockquote", "text_link"}
)
"""Formatting that shows nothing but the text. A text mention carries somebody's account and is left out."""

_LIKE_A_LABEL_MARK = re.compile("[\u2580-\u259f]")  # block elements
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # embeddings, overrides and isolates, and their ends
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"
_JOINER = "\u200d"


@dataclass(frozen=True, kw_only=True)
class Format:
    """One stretch of formatting. `url` belongs to text_link, `language` to pre; both may be empty."""

    kind: str
    offset: int
    length: int
    url: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a person wrote, with its formatting."""

    text: str
    formats: tuple[Format, ...] = ()


NO_WORDS = Words(text="")


def units(text: str) -> int:
    """The length in UTF-16 code units."""
    return len(text) if text.isascii() else len(text) + sum(ch > "\uffff" for ch in text)


def readable(text: str) -> str:
    """The same text with U+FFFD for what cannot be stored or shown: NUL and surrogates without a partner."""
    return _UNREADABLE.sub("\ufffd", text)


def isolated(name: str) -> str:
    """A name that cannot turn the writing direction of what stands beside it."""
    return f"{_ISOLATE}{_TURNING.sub('', name)}{_END_OF_ISOLATE}"


def without_label_marks(text: str) -> str:
    """The same text, of the same length, with a bar in the place of each mark and of its likenesses.

    Not only at the beginning of a line: there are too many characters that nobody sees in front of one.
    """
    return _LIKE_A_LABEL_MARK.sub("|", text)


def split(words: Words, *, longest: int) -> list[Words]:
    """The words in parts of at most `longest` code units, in order, none lost, formatting kept.

    Broken after a line, else after a space, else between two characters that are seen as two.
    """
    parts: list[Words] = []
    rest, start = words.text, 0
    while rest:
        part = rest if units(rest) <= longest else rest[: _break(rest, longest)]
        end = start + units(part)
        formats = tuple(cut for form in words.formats if (cut := _cut(form, start, end)) is not None)
        parts.append(Words(text=part, formats=formats))
        rest, start = rest[len(part) :], end
    return parts


def _cut(form: Format, start: int, end: int) -> Format | None:
    """The share of a stretch that lies in [start, end), counted from start."""
    first, last = max(form.offset, start), min(form.offset + form.length, end)
    return replace(form, offset=first - start, length=last - first) if first < last else None


def _break(text: str, longest: int) -> int:
    """Where to break `text`, in characters, at least 1 and at most `longest` code units in."""
    most, used = 0, 0
    for ch in text:
        used += units(ch)
        if used > longest:
            break
        most += 1
    for separator in ("\n", " "):
        found = text.rfind(separator, most // 2, most)
        if found >= 0:
            return found + 1
    whole = most
    while whole > 1 and _joined(text, whole):
        whole -= 1
    return whole if whole > 1 else most


def _joined(text: str, at: int) -> bool:
    """Whether the characters on both sides of a place are seen as one."""
    before, after = text[at - 1], text[at]
    return (
        _JOINER in (before, after)
        or unicodedata.category(after) in ("Mn", "Mc", "Me")
        or "\U0001f3fb" <= after <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= after <= "\U000e007f"  # flag tags
        or (_is_half_a_flag(after) and _halves_of_flags(text, at) % 2 == 1)
    )


def _is_half_a_flag(ch: str) -> bool:
    return "\U0001f1e6" <= ch <= "\U0001f1ff"


def _halves_of_flags(text: str, end: int) -> int:
    """How many halves of flags stand in a row just before a place: two by two they make flags."""
    start = end
    while start > 0 and _is_half_a_flag(text[start - 1]):
        start -= 1
    return end - start
