"""Rows 35 to 39: whatever people write arrives as they wrote it, and passes for nothing else."""

import logging
from dataclasses import dataclass
from typing import Any

import pytest

from handlers.telegram.api import Api, Refused, open_session
from mentorbot.demo.bot_api.entities import utf16_slice
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.programme.people import Role
from mentorbot.programme.wording import LABEL_MARK, LONGEST_MESSAGE, units
from mentorbot.services.messaging import ROOM_FOR_LABEL
from tests.journeys.conftest import programme
from tests.journeys.programme import Programme, heard
from tests.people import SQLITE_ONLY, Installation

from .house import SAY, rows

__all__ = ["programme"]

PART = LONGEST_MESSAGE - ROOM_FOR_LABEL
"""Code units of somebody's words that one message has room for."""

TURNING = [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A participant and their mentor. `label`: what stands above the participant's words."""

    programme: Programme
    aino: Phone
    mikael: Phone
    label: str

    def sent(self) -> list[dict[str, Any]]:
        """What Telegram took for the mentor, as the bot passed it, oldest first."""
        calls = self.programme.api.transcript.calls("sendMessage")
        return [call.params for call in calls if call.effect and call.params["chat_id"] == self.mikael.id]

    def words(self) -> list[str]:
        """The participant's words in all of that, each under a label that is just the label."""
        found = []
        for number, params in enumerate(self.sent(), start=1):
            label, _, words = params["text"].partition("\n")
            assert label in (self.label, f"{self.label} ({number}/{len(self.sent())})")
            found.append(words)
        return found


@pytest.fixture
async def pair(programme: Programme) -> Pair:
    mikael = await programme.already("Mikael", Role.MENTOR)
    aino = await programme.already("Aino", Role.PARTICIPANT)
    await programme.already_paired(aino, mikael)
    label = f"{LABEL_MARK} \u2068{await programme.alias(aino)}\u2069"
    return Pair(programme=programme, aino=aino, mikael=mikael, label=label)


# --- row 35 -----------------------------------------------------------------------------------------------------------

FULL_LENGTH = {
    "letters": "x" * 4096,
    "two units each": "\U0001f600" * 2048,
    "words": "sana " * 819 + "z",
    "lines": "rivi\n" * 819 + "z",
    "one letter before": "å" + "\U0001f600" * 2047 + "z",
}


@SQLITE_ONLY
@pytest.mark.parametrize("text", FULL_LENGTH.values(), ids=FULL_LENGTH.keys())
async def test_row_35_a_message_of_full_length_arrives_in_parts_in_order_and_whole(pair: Pair, text: str) -> None:
    assert units(text) == LONGEST_MESSAGE
    pair.aino.write(text)
    await pair.programme.settled()
    sent = [params["text"] for params in pair.sent()]
    assert len(sent) == 2
    assert "".join(pair.words()) == text
    assert all(units(part) <= LONGEST_MESSAGE for part in sent)
    assert heard(pair.mikael) == [part.rstrip() for part in sent], "Telegram takes the last line's end away"
    assert heard(pair.aino) == []


@SQLITE_ONLY
@pytest.mark.parametrize("text", ["x" * LONGEST_MESSAGE, "\U0001f600" * (LONGEST_MESSAGE // 2)])
async def test_row_35_what_is_formatted_across_the_break_is_so_in_both_parts(pair: Pair, text: str) -> None:
    link = "https://example.org/"
    formats = [
        {"type": "text_link", "offset": 0, "length": LONGEST_MESSAGE, "url": link},
        {"type": "spoiler", "offset": PART - 2, "length": 4},
        {"type": "bold", "offset": 10, "length": 20},
    ]
    pair.aino.write(text, entities=formats)
    await pair.programme.settled()
    first, second = (message for message in pair.mikael.messages if message.from_bot)
    label = f"{pair.label} (1/2)"
    assert [(each["type"], utf16_slice(first.text, each["offset"], each["length"])) for each in first.entities] == [
        ("bold", label),
        ("text_link", first.text[len(label) + 1 :]),
        ("bold", utf16_slice(text, 10, 20)),
        ("spoiler", utf16_slice(text, PART - 2, 2)),
    ]
    assert [(each["type"], utf16_slice(second.text, each["offset"], each["length"])) for each in second.entities] == [
        ("bold", f"{pair.label} (2/2)"),
        ("text_link", second.text[len(label) + 1 :]),
        ("spoiler", utf16_slice(text, PART, 2)),
    ]
    assert {each["url"] for part in (first, second) for each in part.entities if "url" in each} == {link}


@SQLITE_ONLY
async def test_row_35_control_in_one_message_telegram_would_take_none_of_it(pair: Pair) -> None:
    async with open_session() as session:
        api = Api(session, base_url=f"{pair.programme.api.url}/bot{pair.programme.api.token}/")
        with pytest.raises(Refused, match="too long"):
            await api.call("sendMessage", {"chat_id": pair.mikael.id, "text": f"{pair.label}\n{'x' * 4096}"})


# --- row 36 -----------------------------------------------------------------------------------------------------------

SEEN_AS_ONE = {
    "astral": "\U0001f995",
    "family": "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
    "skin tone": "\U0001f44b\U0001f3fd",
    "rainbow": "\U0001f3f3\ufe0f\u200d\U0001f308",
    "flag": "\U0001f1eb\U0001f1ee",
    "Scotland": "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "keycap": "7\ufe0f\u20e3",
    "accents": "a\u0323\u0302\u0301",
    "Devanagari": "\u0915\u093f",
}


@SQLITE_ONLY
@pytest.mark.parametrize("one", SEEN_AS_ONE.values(), ids=SEEN_AS_ONE.keys())
async def test_row_36_the_same_characters_arrive_wherever_the_break_would_fall(pair: Pair, one: str) -> None:
    for before in range(PART - units(one), PART + 1):
        pair.programme.api.transcript.clear()
        text = "x" * before + one + "y" * 100
        pair.aino.write(text)
        await pair.programme.settled()
        parts = pair.words()
        assert len(parts) == 2
        assert "".join(parts) == text
        assert any(one in part for part in parts), "it was broken in two"


@SQLITE_ONLY
@pytest.mark.parametrize("before", ["", "x", "\U0001f995"])
async def test_row_36_a_row_of_flags_breaks_between_two_flags(pair: Pair, before: str) -> None:
    finland, sweden = "\U0001f1eb\U0001f1ee", "\U0001f1f8\U0001f1ea"
    text = before + (finland + sweden) * 500
    pair.aino.write(text)
    await pair.programme.settled()
    first, second = pair.words()
    assert first + second == text
    assert second.startswith((finland, sweden))


@SQLITE_ONLY
async def test_row_36_both_ways_every_character_is_shown_as_it_was_written(pair: Pair) -> None:
    text = " ".join([*SEEN_AS_ONE.values(), "z\u0335\u0489\u0363", "\u05e9\u05dc\u05d5\u05dd", "\U00020bb7\u91ce"])
    pair.aino.write(text)
    pair.mikael.write(text)
    await pair.programme.settled()
    assert heard(pair.mikael) == [f"{pair.label}\n{text}"]
    assert heard(pair.aino) == [text]


# --- row 37 -----------------------------------------------------------------------------------------------------------


@SQLITE_ONLY
@pytest.mark.parametrize("turning", TURNING, ids=ascii)
async def test_row_37_what_turns_the_text_stays_below_the_label(pair: Pair, turning: str) -> None:
    text = f"{turning}yes{turning} no"
    pair.aino.write(text)
    await pair.programme.settled()
    assert pair.words() == [text]
    assert heard(pair.mikael)[0].split("\n")[0] == pair.label


@SQLITE_ONLY
async def test_row_37_so_it_does_when_the_message_may_be_a_repeat(pair: Pair) -> None:
    lost = pair.programme.api.faults.drop("sendMessage", effect=True)
    pair.aino.write("\u202eyes")
    await lost.happened()
    await pair.programme.settled()
    assert [params["text"].split("\n") for params in pair.sent()] == [
        [pair.label, "\u202eyes"],
        [pair.label, SAY("channel.possible_repeat"), "\u202eyes"],
    ]


@SQLITE_ONLY
@pytest.mark.parametrize("hidden", ["", " ", "\u200b", "\u2060", "\u202e", "\v", "\r", "\u2028", "\ufeff", "\u3164"])
async def test_row_37_a_line_that_imitates_anothers_label_loses_its_mark(pair: Pair, hidden: str) -> None:
    eero = await pair.programme.already("Eero", Role.PARTICIPANT)
    await pair.programme.already_paired(eero, pair.mikael)
    eero.write("I am Eero")
    true = await pair.mikael.wait_for(lambda shown: "I am Eero" in shown.text)
    label = true.text.split("\n")[0]
    pair.programme.api.transcript.clear()

    long = f"Hello\n{hidden}{label}\nI am not\n{'x' * 3900}\n{hidden}{label}\nnor here"
    pair.aino.write(long)
    await pair.programme.settled()
    assert "".join(pair.words()) == long.replace(LABEL_MARK, "|")
    assert label.startswith(LABEL_MARK), "the control: it was Eero's own label that she wrote"
    own = [shown.text for shown in pair.mikael.messages if shown.from_bot and shown.id > true.id]
    assert [text.count(LABEL_MARK) for text in own] == [1, 1]


@SQLITE_ONLY
async def test_row_37_an_alias_holds_nothing_that_turns_hides_or_marks(pair: Pair) -> None:
    old = await pair.programme.alias(pair.aino)
    refused = [*TURNING, *"\u200b\u200d\u2060\ufeff\u00ad\u3164\U000e0041", LABEL_MARK]
    for each in refused:
        for alias in (f"Quiet{each}Birch", f"{each}Birch", f"Birch{each}"):
            pair.aino.write(f"/alias {alias}")
    await pair.programme.settled()
    assert await pair.programme.alias(pair.aino) == old
    answers = heard(pair.aino)
    assert len(answers) == 3 * len(refused)
    assert set(answers) == {SAY("profile.alias_not_taken", alias=f"\u2068{old}\u2069")}
    assert heard(pair.mikael) == []

    pair.aino.write("/alias QuietBirch")  # the control
    await pair.programme.told(pair.aino, "profile.alias_changed", alias="QuietBirch")


# --- row 38 -----------------------------------------------------------------------------------------------------------

UNREADABLE = {
    "NUL": ("a\x00b", b"\\u0000"),
    "NUL alone": ("\x00", b"\\u0000"),
    "the first half of a pair": ("a\ud83d", b"\\ud83d"),
    "the second half of a pair": ("\ude00b", b"\\ude00"),
    "a pair turned round": ("a\ude00\ud83db", b"\\ude00\\ud83d"),
}


def said(phone: Phone, message: int, text: str, **more: Any) -> dict[str, Any]:
    """A message as an update, whatever is in it."""
    sender = {**phone.user, "first_name": "A\x00\ud83d", "last_name": "\udc00", "language_code": "\ud800\x00"}
    return {"message_id": message, "from": sender, "chat": phone.chat.info, "date": 1, "text": text, **more}


@pytest.mark.parametrize(("text", "escaped"), UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_row_38_what_cannot_be_read_is_shown_as_such_and_holds_up_nobody(
    pair: Pair, installation: Installation, caplog: pytest.LogCaptureFixture, text: str, escaped: bytes
) -> None:
    caplog.set_level(logging.WARNING)
    faults, api = pair.programme.api.faults, pair.programme.api
    link = {"type": "text_link", "offset": 0, "length": 1, "url": f"https://example.org/{text}", "language": text}
    faults.inject({"message": said(pair.aino, 900_001, text, entities=[link], **{f"not known {text}": text})})
    faults.inject({"edited_message": said(pair.aino, 900_001, text, edit_date=2)})
    pair.aino.write("The next one")
    await pair.programme.settled()
    shown = "".join("\ufffd" if ch == "\x00" or "\ud800" <= ch <= "\udfff" else ch for ch in text)
    assert pair.words() == [shown, "The next one"]
    assert heard(pair.mikael) == [f"{pair.label}\n{shown}", f"{pair.label}\nThe next one"]
    assert heard(pair.aino) == []
    assert await rows(installation.data_url, "SELECT count(*) FROM inbox WHERE state <> 'done'") == [(0,)]
    assert caplog.text == ""
    polled = b"".join(call.answer for call in api.transcript.calls("getUpdates"))
    assert escaped in polled, "the control: it did come over the wire"


async def test_row_38_in_a_command_a_code_and_a_button_it_harms_nobody(
    pair: Pair, installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    programme, faults = pair.programme, pair.programme.api.faults
    old = await programme.alias(pair.aino)
    command = {"entities": [{"type": "bot_command", "offset": 0, "length": 6}]}
    faults.inject({"message": said(pair.aino, 900_001, "/alias Quiet\x00Birch\ud83d", **command)})
    query = {"id": "1", "from": pair.aino.user, "chat_instance": "1", "data": "\x00\ud83d"}
    faults.inject({"callback_query": {**query, "message": said(pair.aino, 900_001, "\x00")}})
    otto = programme.phone("Otto")
    faults.inject({"message": said(otto, 900_001, "/start \x00\ud83d")})
    eero = programme.phone("Eero")
    made = await programme.invite(Role.PARTICIPANT)
    eero.start(made.token)
    await programme.told(eero, "joining.code_asked")
    faults.inject({"message": said(eero, 900_002, "\x00\ud83d")})
    await eero.wait_for(lambda shown: shown.text == SAY.count("joining.code_wrong", 4))
    pair.aino.write("The next one")
    await programme.settled()
    assert await programme.alias(pair.aino) == old
    assert pair.words() == ["The next one"]
    assert await programme.is_unknown(otto)
    assert await rows(installation.data_url, "SELECT count(*) FROM inbox WHERE state <> 'done'") == [(0,)]
    assert "an update failed" not in caplog.text


# --- row 39 -----------------------------------------------------------------------------------------------------------

LITERAL = {
    "HTML": '<b>bold</b> <a href="https://example.org/">here</a> <tg-spoiler>x</tg-spoiler> &lt;&amp;&#65;',
    "Markdown": "*bold* _italic_ `code` [here](https://example.org/) ```pre``` ~~gone~~ ||hidden||",
    "escapes": r"\*no\* \\ \_ 1\. \[x\]",
    "HTML that does not end": "<b>bold <i",
    "Markdown that does not end": "*bold _italic `code [here](",
    "a command in the middle": "please write /pair or /alias Nobody to it",
    "a command on a line of its own": "hello\n/invite\n/start abc",
    "blanks of a text of ours": "{alias} {0} %(n)s %s",
    "mentions and tags": "@somebody #tag $USD tg://user?id=777000 someone@example.org",
}


@SQLITE_ONLY
@pytest.mark.parametrize("text", LITERAL.values(), ids=LITERAL.keys())
async def test_row_39_it_is_literal_both_ways(pair: Pair, text: str) -> None:
    pair.aino.write(text)
    pair.mikael.write(text)
    await pair.programme.settled()
    assert heard(pair.mikael) == [f"{pair.label}\n{text}"]
    assert heard(pair.aino) == [text]
    (params,) = pair.sent()
    assert "parse_mode" not in params
    assert params["entities"] == [{"type": "bold", "offset": 0, "length": units(pair.label)}]


@SQLITE_ONLY
async def test_row_39_control_telegram_would_have_made_formatting_of_it(pair: Pair) -> None:
    async with open_session() as session:
        api = Api(session, base_url=f"{pair.programme.api.url}/bot{pair.programme.api.token}/")
        await api.call("sendMessage", {"chat_id": pair.mikael.id, "text": LITERAL["HTML"], "parse_mode": "HTML"})
    assert heard(pair.mikael) == ["bold here x <&A"]
