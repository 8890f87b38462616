"""Text as Telegram keeps it: cleaned, trimmed, measured in UTF-16 code units, its entities found."""

import re
from collections.abc import Iterable

from .errors import bad_request
from .wire import Json

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

FORMATTING = frozenset(
    {
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    }
)
# Inside these, Telegram looks for no links, mentions or commands.
_OPAQUE = frozenset({"code", "pre", "text_link", "text_mention", "custom_emoji"})

# What TDLib does to every text that a bot sends (clean_input_string): control characters become spaces;
# \r, line separators, directional overrides and three combining marks vanish.
_CLEANING: dict[int, str | None] = {
    **dict.fromkeys((*range(10), 11, 12, *range(14, 32)), " "),
    **dict.fromkeys((0x0D, *range(0x2028, 0x202F), 0x0333, 0x033F, 0x030A), None),
}
_VANISHES = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_INVISIBLE = re.compile(
    "[ \n\u00a0\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufffc\ufeff\U000e0000-\U000e007f]*"
)
_SURROGATE = re.compile("[\ud800-\udfff]")

_TLD = "com|org|net|info|io|me|fi|se|no|dk|ee|de|eu|uk|nu|app|dev|example|test"
_FOUND = re.compile(
    rf"""
      (?P<email>(?<![\w.+-])[A-Za-z0-9][\w.+-]{{0,63}}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.(?:{_TLD})(?![\w-]))
    | (?P<url>(?<![\w@.])(?:https?://[^\s<>"]+|(?:[A-Za-z0-9-]+\.)+(?:{_TLD})(?![\w-])(?:[:/?\#][^\s<>"]*)?))
    | (?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{{1,64}}(?:@[A-Za-z0-9_]{{3,32}})?(?![\w/]))
    | (?P<mention>(?<!\w)@[A-Za-z0-9_]{{4,32}}(?!\w))
    | (?P<hashtag>(?<!\w)\#(?=\w*[^\W\d_])\w{{1,256}})
    | (?P<cashtag>(?<!\w)\$[A-Z]{{1,8}}(?!\w))
    """,
    re.VERBOSE,
)
_HINT = re.compile(r"[/@#$.]")


def utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_slice(text: str, offset: int, length: int) -> str:
    """The part of a text that an entity covers; offset and length in UTF-16 code units."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return raw[2 * offset : 2 * (offset + length)].decode("utf-16-le", "surrogatepass")


def is_invisible(text: str) -> bool:
    """True where Telegram calls a text empty: nothing in it but spaces and zero-width characters."""
    return _INVISIBLE.fullmatch(text) is not None


def clean(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """What Telegram makes of a text that a bot sends."""
    if _SURROGATE.search(text):
        raise bad_request("strings must be encoded in UTF-8")
    if entities and _VANISHES.search(text):
        entities = _without_vanished(text, entities)
    return trim(text.translate(_CLEANING), entities)


def _without_vanished(text: str, entities: list[Json]) -> list[Json]:
    gone = [utf16_length(text[: found.start()]) for found in _VANISHES.finditer(text)]
    moved = []
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        new_start = start - sum(at < start for at in gone)
        new_end = end - sum(at < end for at in gone)
        moved.append({**entity, "offset": new_start, "length": new_end - new_start})
    return moved


def trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Cut spaces and line breaks off both ends; at the front no further than the first entity."""
    right = text.rstrip(" \n")
    left = right.lstrip(" \n")
    if not entities:
        return left, entities
    front = min(len(right) - len(left), *(entity["offset"] for entity in entities))
    cut = right[front:]
    return cut, _within(utf16_length(cut), front, entities)


def _within(total: int, front: int, entities: Iterable[Json]) -> list[Json]:
    kept = []
    for entity in entities:
        start = max(entity["offset"] - front, 0)
        length = min(entity["offset"] + entity["length"] - front, total) - start
        if length > 0:
            kept.append({**entity, "offset": start, "length": length})
    return kept


def accept_entities(text: str, given: object) -> list[Json]:
    """Entities as a bot passed them: formatting only, within the text, on whole characters, in order."""
    if not isinstance(given, list):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    total = utf16_length(text)
    accepted = []
    for entity in given:
        if not isinstance(entity, dict) or not isinstance(entity.get("type"), str):
            raise bad_request("can't parse entities: can't parse MessageEntity: expected an Object")
        if entity["type"] not in FORMATTING:
            continue
        offset, length = int(entity.get("offset", 0)), int(entity.get("length", 0))
        if offset < 0 or length <= 0 or offset >= total:
            continue
        _check_whole_characters(text, offset, length)
        accepted.append({**entity, "offset": offset, "length": length})
    return in_order(accepted)


def _check_whole_characters(text: str, offset: int, length: int) -> None:
    if text.isascii():
        return
    for sentence, at in (("begins", offset), ("ends", offset + length)):
        try:
            utf16_slice(text, 0, at).encode("utf-8")
        except UnicodeEncodeError:
            raise bad_request(f"entity {sentence} in a middle of a UTF-16 symbol at byte offset {at}") from None


def in_order(entities: list[Json]) -> list[Json]:
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def find_entities(text: str, entities: list[Json]) -> list[Json]:
    """Add what Telegram finds by itself: commands, links, addresses, mentions, tags."""
    if not _HINT.search(text):
        return entities
    found: list[Json] = [
        {"type": match.lastgroup, "offset": match.start(), "length": match.end() - match.start()}
        for match in _FOUND.finditer(text)
    ]
    if not found:
        return entities
    if not text.isascii():
        for entity in found:
            start, end = entity["offset"], entity["offset"] + entity["length"]
            entity["offset"] = utf16_length(text[:start])
            entity["length"] = utf16_length(text[start:end])
    opaque = [entity for entity in entities if entity["type"] in _OPAQUE]
    return in_order(entities + [new for new in found if not any(_overlap(new, old) for old in opaque)])


def _overlap(one: Json, other: Json) -> bool:
    before = one["offset"] + one["length"] <= other["offset"]
    after = other["offset"] + other["length"] <= one["offset"]
    return not (before or after)
