"""Text, entities and markup, as Telegram keeps them."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from mentorbot.demo.bot_api.entities import (
    clean,
    find_entities,
    is_invisible,
    trim,
    utf16_length,
    utf16_slice,
)
from mentorbot.demo.bot_api.errors import ApiError
from mentorbot.demo.bot_api.markup import parse

Json = dict[str, Any]


def entity(kind: str, offset: int, length: int, **more: str) -> Json:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(("text", "length"), [("", 0), ("abc", 3), ("äö", 2), ("😀", 2), ("👩‍👩‍👧", 8), ("\ud83d", 1)])
def test_length_is_counted_in_utf16_units(text: str, length: int) -> None:
    assert utf16_length(text) == length


@given(st.text())
def test_what_an_entity_covers_is_cut_by_utf16_units(text: str) -> None:
    half = len(text) // 2
    start = utf16_length(text[:half])

    assert utf16_slice(text, start, utf16_length(text) - start) == text[half:]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start abc", [entity("bot_command", 0, 6)]),
        ("😀 /help@mentor_demo_bot", [entity("bot_command", 3, 21)]),
        ("ks. https://example.org/a?b=c ja example.fi", [entity("url", 4, 25), entity("url", 33, 10)]),
        ("soita @aino_k tai aino@example.org", [entity("mention", 6, 7), entity("email", 18, 16)]),
        ("#asunto ja #123", [entity("hashtag", 0, 7)]),
        ("hinta $EUR", [entity("cashtag", 6, 4)]),
        ("kello 10/12, a/b, <b/>, 3.5.", []),
        ("", []),
    ],
)
def test_commands_links_and_tags_are_found(text: str, found: list[Json]) -> None:
    assert find_entities(text, []) == found


def test_nothing_is_found_inside_code() -> None:
    code = entity("code", 0, 5)

    assert find_entities("/help /start", [code]) == [code, entity("bot_command", 6, 6)]


@pytest.mark.parametrize(
    ("text", "entities", "trimmed", "moved"),
    [
        ("  Hei  \n", [], "Hei", []),
        ("  Hei ", [entity("bold", 2, 4)], "Hei", [entity("bold", 0, 3)]),
        (" 😀 x ", [entity("bold", 4, 1)], "😀 x", [entity("bold", 3, 1)]),
        ("  Hei", [entity("bold", 1, 4)], " Hei", [entity("bold", 0, 4)]),
        ("Hei  ", [entity("bold", 4, 1)], "Hei", []),
        ("\t Hei", [], "\t Hei", []),
    ],
)
def test_ends_are_trimmed_and_entities_follow(text: str, entities: list[Json], trimmed: str, moved: list[Json]) -> None:
    assert trim(text, entities) == (trimmed, moved)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x00b\tc", "a b c"),
        ("a\r\nb", "a\nb"),
        ("oikea\u202evasen", "oikeavasen"),
        ("e\u0301", "e\u0301"),
        # Telegram takes the ring off a decomposed å when a bot sends it.
        ("a\u030a", "a"),
        ("\u2068nimi\u2069", "\u2068nimi\u2069"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
    ],
)
def test_a_bots_text_is_cleaned_as_tdlib_cleans_it(text: str, cleaned: str) -> None:
    assert clean(text, []) == (cleaned, [])


def test_entities_move_with_what_is_cleaned_away() -> None:
    text, entities = clean("a\r😀\u202eb c", [entity("bold", 5, 1), entity("italic", 0, 4)])

    assert text == "a😀b c"
    assert entities == [entity("bold", 3, 1), entity("italic", 0, 3)]


def test_a_lone_surrogate_from_a_bot_is_refused() -> None:
    with pytest.raises(ApiError, match="strings must be encoded in UTF-8"):
        clean("\ud83d", [])


@pytest.mark.parametrize(("text", "invisible"), [("", True), (" \n\u200b", True), ("\u3164", False), ("x", False)])
def test_invisible_texts_are_known(text: str, invisible: bool) -> None:
    assert is_invisible(text) is invisible


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("a &lt;b&gt; &amp; &quot;c&quot; &#228; &#x1F600; &nbsp;", 'a <b> & "c" ä 😀 &nbsp;', []),
        ("<b>a<i>b</i></b>", "ab", [entity("bold", 0, 2), entity("italic", 1, 1)]),
        ("😀<u>ä</u><s>ö</s>", "😀äö", [entity("underline", 2, 1), entity("strikethrough", 3, 1)]),
        (
            '<a href="https://e.org/?a=1&amp;b=2">x</a>',
            "x",
            [entity("text_link", 0, 1, url="https://e.org/?a=1&b=2")],
        ),
        ("<tg-spoiler>x</tg-spoiler>", "x", [entity("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">x</span>', "x", [entity("spoiler", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [entity("expandable_blockquote", 0, 1)]),
        ("<code>x</code>", "x", [entity("code", 0, 1)]),
        (
            '<pre><code class="language-python">x</code></pre>',
            "x",
            [entity("pre", 0, 1, language="python")],
        ),
        ("<b></b>x", "x", []),
        ("1 > 0", "1 > 0", []),
    ],
)
def test_html_becomes_entities(source: str, text: str, entities: list[Json]) -> None:
    assert parse(source, "HTML") == (text, entities)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("äx</b>", "Unexpected end tag at byte offset 3"),
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_bad_html_is_refused_in_telegrams_words(source: str, complaint: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse(source, "HTML")

    assert refused.value.description == f"Bad Request: can't parse entities: {complaint}"


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        (
            "*a* _b_ __c__ ~d~ ||e|| `f`",
            "a b c d e f",
            ["bold", "italic", "underline", "strikethrough", "spoiler", "code"],
        ),
        (r"1\.5 \* 2", "1.5 * 2", []),
        (r"[x](https://e.org/\))", "x", ["text_link"]),
        ("```python\nx = 1\n```", "x = 1\n", ["pre"]),
        (">a\n>b\nc", "a\nb\nc", ["blockquote"]),
        ("`a*b`", "a*b", ["code"]),
    ],
)
def test_markdown_becomes_entities(source: str, text: str, entities: list[str]) -> None:
    parsed, found = parse(source, "MarkdownV2")

    assert (parsed, [one["type"] for one in found]) == (text, entities)


def test_markdown_entities_say_where_and_what() -> None:
    _, (link,) = parse(r"😀 [x](https://e.org/\))", "MarkdownV2")
    _, (block,) = parse("```python\nx\n```", "MarkdownV2")

    assert link == entity("text_link", 3, 1, url="https://e.org/)")
    assert block == entity("pre", 0, 2, language="python")


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("a.b", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("ä *b", "Can't find end of Bold entity at byte offset 3"),
        ("[a]", "Can't find end of a URL"),
        ("[a", "Can't find end of TextUrl entity at byte offset 0"),
    ],
)
def test_bad_markdown_is_refused_in_telegrams_words(source: str, complaint: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse(source, "MarkdownV2")

    assert refused.value.description == f"Bad Request: can't parse entities: {complaint}"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_escaped_html_comes_out_as_it_went_in(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")

    assert parse(escaped, "HTML") == (text, [])


@given(st.lists(st.sampled_from(["<b>", "</b>", "<i>", "</i>", "x", "😀", "&lt;", "<", ">", "&"])))
def test_html_is_read_or_refused_and_never_breaks(parts: list[str]) -> None:
    try:
        text, entities = parse("".join(parts), "HTML")
    except ApiError:
        return
    total = utf16_length(text)
    assert all(0 <= one["offset"] < one["offset"] + one["length"] <= total for one in entities)
