"""Marks in what people type on the page."""

import pytest

from mentorbot.demo.bot_api.entities import utf16_slice
from mentorbot.demo.page.typed import formatted


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("no marks * at _ all", "no marks * at _ all", []),
        ("a **bold** word", "a bold word", [("bold", "bold")]),
        ("__soft__ ~~gone~~ ||secret||", "soft gone secret",
         [("italic", "soft"), ("strikethrough", "gone"), ("spoiler", "secret")]),
        ("**all __of__ it**", "all of it", [("bold", "all of it"), ("italic", "of")]),
        ("`**literal**`", "**literal**", [("code", "**literal**")]),
        ("```\nline\n  line\n```", "line\n  line", [("pre", "line\n  line")]),
        ("** spaced ** and ****", "** spaced ** and ****", []),
        ("**two\nlines**", "two\nlines", [("bold", "two\nlines")]),
    ],
)  # fmt: skip
def test_marks_become_entities(typed: str, text: str, found: list[tuple[str, str]]) -> None:
    shown, entities = formatted(typed)
    assert shown == text
    assert [(entity["type"], utf16_slice(shown, entity["offset"], entity["length"])) for entity in entities] == found


def test_offsets_count_as_telegram_counts() -> None:
    text, entities = formatted("🌲🌲 **tall 🌲**")
    assert utf16_slice(text, entities[0]["offset"], entities[0]["length"]) == "tall 🌲"
