"""parse_mode: from HTML or MarkdownV2 to text and entities, with Telegram's complaints about bad markup."""

import re

from .entities import in_order, utf16_length, utf16_slice
from .errors import ApiError, bad_request, not_played
from .wire import Json

_HTML_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_HTML_TOKEN = re.compile(r"<[^>]*>?|&(?:#x[0-9a-fA-F]+|#[0-9]+|lt|gt|amp|quot);")
_HTML_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)\s*([^>]*)>")
_HTML_ATTRIBUTE = re.compile(r"""([A-Za-z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_HTML_NAMED = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"'}

_MARKDOWN_MARKS = {
    "```": "pre",
    "||": "spoiler",
    "__": "underline",
    "`": "code",
    "*": "bold",
    "_": "italic",
    "~": "strikethrough",
}
_MARKDOWN_NAMES = {
    "pre": "Pre",
    "spoiler": "Spoiler",
    "underline": "Underline",
    "code": "Code",
    "bold": "Bold",
    "italic": "Italic",
    "strikethrough": "Strikethrough",
}
_MARKDOWN_LANGUAGE = re.compile(r"([^\s`]*)\n")
_MARKDOWN_ADDRESS = re.compile(r"\]\(((?:\\.|[^)\\])*)\)")
_MARKDOWN_RESERVED = frozenset("_*[]()~`>#+-=|{}.!")


def parse(text: str, mode: str) -> tuple[str, list[Json]]:
    """Give the plain text and its entities, offsets and lengths in UTF-16 code units."""
    lowered = mode.lower()
    if lowered == "html":
        return _Html(text).parse()
    if lowered == "markdownv2":
        return _Markdown(text).parse()
    if lowered == "markdown":
        raise not_played("the legacy Markdown parse mode")
    raise bad_request("unsupported parse_mode")


def _unparsable(sentence: str) -> ApiError:
    return bad_request(f"can't parse entities: {sentence}")


def _byte_offset(text: str, at: int) -> int:
    return len(text[:at].encode("utf-8", "surrogatepass"))


class _Html:
    def __init__(self, source: str) -> None:
        self._source = source
        self._out: list[str] = []
        self._length = 0
        self._open: list[tuple[str, int, Json]] = []
        self._entities: list[Json] = []

    def parse(self) -> tuple[str, list[Json]]:
        at = 0
        for token in _HTML_TOKEN.finditer(self._source):
            self._write(self._source[at : token.start()])
            at = token.end()
            if token[0].startswith("&"):
                self._write(_character(token[0]))
            else:
                self._tag(token)
        self._write(self._source[at:])
        if self._open:
            raise _unparsable(f'Can\'t find end tag corresponding to start tag "{self._open[-1][0]}"')
        return "".join(self._out), in_order(_joined_pre(self._entities))

    def _write(self, text: str) -> None:
        if text:
            self._out.append(text)
            self._length += utf16_length(text)

    def _tag(self, token: re.Match[str]) -> None:
        offset = _byte_offset(self._source, token.start())
        tag = _HTML_TAG.fullmatch(token[0])
        if tag is None:
            unclosed = not token[0].endswith(">")
            what = "Unclosed start tag" if unclosed else f'Unsupported start tag "{token[0][1:-1]}"'
            raise _unparsable(f"{what} at byte offset {offset}")
        name = tag[2].lower()
        if tag[1]:
            self._close(name, offset)
        elif name not in _HTML_TAGS:
            raise _unparsable(f'Unsupported start tag "{name}" at byte offset {offset}')
        else:
            self._open.append((name, self._length, self._fields(name, tag[3], offset)))

    def _fields(self, name: str, attributes: str, offset: int) -> Json:
        values: dict[str, str] = {}
        for key, *quoted in _HTML_ATTRIBUTE.findall(attributes):
            values[key.lower()] = _HTML_TOKEN.sub(lambda found: _character(found[0]), "".join(quoted))
        if name == "span" and values.get("class") != "tg-spoiler":
            raise _unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
        if name == "a":
            return {"type": "text_link", "url": values.get("href", "")}
        if name == "tg-emoji":
            return {"type": "custom_emoji", "custom_emoji_id": values.get("emoji-id", "")}
        if name == "blockquote" and "expandable" in values:
            return {"type": "expandable_blockquote"}
        language = values.get("class", "")
        if name == "code" and language.startswith("language-"):
            return {"type": "code", "language": language.removeprefix("language-")}
        return {"type": _HTML_TAGS[name]}

    def _close(self, name: str, offset: int) -> None:
        if not self._open:
            raise _unparsable(f"Unexpected end tag at byte offset {offset}")
        opened, start, fields = self._open.pop()
        if opened != name:
            raise _unparsable(f'Unmatched end tag at byte offset {offset}, expected "</{opened}>", found "</{name}>"')
        length = self._length - start
        if fields["type"] == "text_link" and not fields["url"]:
            # TDLib takes the text itself for the address where href is missing.
            fields["url"] = utf16_slice("".join(self._out), start, length)
        if length:
            self._entities.append({**fields, "offset": start, "length": length})


def _character(reference: str) -> str:
    if reference in _HTML_NAMED:
        return _HTML_NAMED[reference]
    digits = reference[2:-1]
    code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else reference


def _joined_pre(entities: list[Json]) -> list[Json]:
    """`<pre><code class="language-x">` is one entity; a language outside `<pre>` is dropped."""
    code = {(e["offset"], e["length"]): e.get("language") for e in entities if e["type"] == "code"}
    blocks = {(e["offset"], e["length"]) for e in entities if e["type"] == "pre"}
    joined = []
    for entity in entities:
        place = (entity["offset"], entity["length"])
        if entity["type"] == "code":
            if place not in blocks:
                joined.append({key: value for key, value in entity.items() if key != "language"})
        elif entity["type"] == "pre" and code.get(place):
            joined.append({**entity, "language": code[place]})
        else:
            joined.append(entity)
    return joined


class _Markdown:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._out: list[str] = []
        self._length = 0
        self._open: list[tuple[str, int, int]] = []
        self._entities: list[Json] = []
        self._quote_from: int | None = None
        self._language = ""

    def parse(self) -> tuple[str, list[Json]]:
        while self._at < len(self._source):
            self._step()
        self._end_quote()
        if self._open:
            mark, _, opened_at = self._open[-1]
            name = _MARKDOWN_NAMES.get(_MARKDOWN_MARKS.get(mark, ""), "TextUrl")
            offset = _byte_offset(self._source, opened_at)
            raise _unparsable(f"Can't find end of {name} entity at byte offset {offset}")
        return "".join(self._out), in_order(self._entities)

    def _write(self, text: str) -> None:
        self._out.append(text)
        self._length += utf16_length(text)

    def _step(self) -> None:
        source, at = self._source, self._at
        character = source[at]
        if character == "\\" and at + 1 < len(source) and source[at + 1].isascii():
            self._write(source[at + 1])
            self._at += 2
            return
        in_code = bool(self._open) and self._open[-1][0] in ("`", "```")
        if self._mark(in_code):
            return
        if not in_code and self._line_start() and character == ">":
            if self._quote_from is None:
                self._quote_from = self._length
            self._at += 1
            return
        if not in_code and character == "[":
            self._open.append(("[", self._length, at))
            self._at += 1
            return
        if not in_code and character == "]" and self._open and self._open[-1][0] == "[":
            self._link()
            return
        if not in_code and character in _MARKDOWN_RESERVED:
            raise _unparsable(f"Character '{character}' is reserved and must be escaped with the preceding '\\'")
        self._write(character)
        self._at += 1
        if character == "\n" and not source.startswith(">", self._at):
            self._end_quote()

    def _line_start(self) -> bool:
        return self._at == 0 or self._source[self._at - 1] == "\n"

    def _mark(self, in_code: bool) -> bool:
        marks = [self._open[-1][0]] if in_code else list(_MARKDOWN_MARKS)
        mark = next((m for m in marks if self._source.startswith(m, self._at)), None)
        if mark is None:
            return False
        opened_at = self._at
        self._at += len(mark)
        if self._open and self._open[-1][0] == mark:
            _, start, _ = self._open.pop()
            language = {"language": self._language} if mark == "```" and self._language else {}
            self._add({"type": _MARKDOWN_MARKS[mark], **language}, start)
        else:
            self._open.append((mark, self._length, opened_at))
            if mark == "```":
                self._read_language()
        return True

    def _read_language(self) -> None:
        """A block's first line names its language when it is one word, or none, and the line ends there."""
        language = _MARKDOWN_LANGUAGE.match(self._source, self._at)
        self._language = language[1] if language else ""
        if language:
            self._at = language.end()

    def _link(self) -> None:
        _, start, _ = self._open.pop()
        address = _MARKDOWN_ADDRESS.match(self._source, self._at)
        if address is None:
            raise _unparsable("Can't find end of a URL")
        self._at = address.end()
        self._add({"type": "text_link", "url": re.sub(r"\\(.)", r"\1", address[1])}, start)

    def _end_quote(self) -> None:
        if self._quote_from is not None:
            self._add({"type": "blockquote"}, self._quote_from)
            self._quote_from = None

    def _add(self, fields: Json, start: int) -> None:
        if self._length > start:
            self._entities.append({**fields, "offset": start, "length": self._length - start})
