"""What Telegram's apps make of marks that people type: **bold**, __italic__, ~~struck~~, ||hidden||."""

import re

from mentorbot.demo.bot_api.entities import utf16_length
from mentorbot.demo.bot_api.wire import Json

_INSIDE = r"\S(?:.*?\S)?"
_MARKED = re.compile(
    rf"```\n?(?P<pre>.+?)\n?```|`(?P<code>[^`\n]+)`|\*\*(?P<bold>{_INSIDE})\*\*|__(?P<italic>{_INSIDE})__"
    rf"|~~(?P<strikethrough>{_INSIDE})~~|\|\|(?P<spoiler>{_INSIDE})\|\|",
    re.DOTALL,
)
_LITERAL = frozenset({"pre", "code"})


def formatted(typed: str, *, offset: int = 0) -> tuple[str, list[Json]]:
    """The text without its marks, and the entities they stand for, in UTF-16 code units from `offset` on."""
    text, entities, end = "", [], 0
    for match in _MARKED.finditer(typed):
        kind = match.lastgroup or ""
        text += typed[end : match.start()]
        begins = offset + utf16_length(text)
        inside: list[Json] = []
        words = match[kind]
        if kind not in _LITERAL:
            words, inside = formatted(words, offset=begins)
        entities += [{"type": kind, "offset": begins, "length": utf16_length(words)}, *inside]
        text += words
        end = match.end()
    return text + typed[end:], entities
