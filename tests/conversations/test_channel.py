"""How a raw text message is read."""

from typing import Any

import pytest

from handlers.telegram.channel import written
from mentorbot.programme.content import Concern, Kind
from mentorbot.programme.people import Role
from mentorbot.programme.wording import Format, Words
from tests.conversations.parts import message
from tests.journeys.programme import Programme, heard
from tests.people import AINO, MIKAEL, SQLITE_ONLY

MENTION = {
    "type": "text_mention",
    "offset": 0,
    "length": 4,
    "user": {"id": AINO, "is_bot": False, "first_name": "Aino"},
}


def content(text: str, *entities: dict[str, Any], **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = message(AINO, message_id=9, text=text, entities=list(entities), **more)["message"]
    return body


def test_words_come_with_their_formatting() -> None:
    read = written(
        content(
            "Hello there",
            {"type": "bold", "offset": 0, "length": 5},
            {"type": "text_link", "offset": 6, "length": 5, "url": "https://example.org/"},
            {"type": "pre", "offset": 0, "length": 11, "language": "python"},
        )
    )
    assert read.message == 9
    assert read.words.text == "Hello there"
    assert read.words.formats == (
        Format(kind="bold", offset=0, length=5),
        Format(kind="text_link", offset=6, length=5, url="https://example.org/"),
        Format(kind="pre", offset=0, length=11, language="python"),
    )
    assert read.concerns == ()


@pytest.mark.parametrize("kind", ["mention", "hashtag", "url", "phone_number", "custom_emoji", "of_a_kind_to_come"])
def test_what_telegram_finds_by_itself_is_not_formatting(kind: str) -> None:
    read = written(content("Hello there", {"type": kind, "offset": 0, "length": 5}))
    assert read.words.formats == ()
    assert read.concerns == ()


@pytest.mark.parametrize(
    "entity",
    [
        MENTION,
        {"type": "text_link", "offset": 0, "length": 4, "url": "tg://user?id=7"},
        {"type": "text_link", "offset": 0, "length": 4, "url": "TG://openmessage?user_id=7"},
    ],
)
def test_a_mention_by_account_is_seen(entity: dict[str, Any]) -> None:
    assert written(content("Aino", entity)).concerns == (Concern.ACCOUNT,)


def test_what_is_written_in_a_topic_is_no_reply_to_its_beginning() -> None:
    begun = {"message_id": 4, "from": {"id": 1, "is_bot": True}, "forum_topic_created": {"name": "Aino"}}
    inside = {"message_thread_id": 4, "is_topic_message": True}
    read = written(content("Yes", reply_to_message=begun, **inside))
    assert (read.topic, read.replied_to, read.answers_bot) == (4, None, False)
    assert written(content("Yes", external_reply={"origin": {}}, **inside)).answers_bot
    assert written(content("Yes", message_thread_id=9, reply_to_message={"message_id": 9})).topic is None


def test_a_reply_names_the_message_that_it_answers() -> None:
    assert written(content("Yes", reply_to_message={"message_id": 4})).replied_to == 4
    assert written(content("Yes")).replied_to is None
    brought = {"message_id": 4, "from": {"id": 1, "is_bot": True}}
    assert [written(content("Yes", **reply)).answers_bot for reply in ({}, {"reply_to_message": brought})] == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("more", "kind", "concerns"),
    [
        ({"photo": []}, Kind.PHOTO, ()),
        ({"animation": {}, "document": {}}, Kind.ANIMATION, ()),
        ({"document": {}}, Kind.DOCUMENT, (Concern.FILE,)),
        ({"venue": {}, "location": {}}, Kind.VENUE, ()),
        ({"location": {}}, Kind.LOCATION, ()),
        ({"location": {"live_period": 60}}, Kind.LIVE_LOCATION, ()),
        ({"contact": {}}, Kind.CONTACT, (Concern.CONTACT,)),
        ({"something_to_come": {}}, Kind.OTHER, ()),
    ],
)
def test_the_kind_of_a_message_is_seen(more: dict[str, Any], kind: Kind, concerns: tuple[Concern, ...]) -> None:
    read = written(message(AINO, message_id=9, **more)["message"])
    assert (read.kind, read.concerns) == (kind, concerns)


def test_a_caption_comes_with_its_formatting() -> None:
    bold = {"type": "bold", "offset": 0, "length": 4}
    read = written(message(AINO, message_id=9, photo=[], caption="Look", caption_entities=[bold])["message"])
    assert read.words == Words(text="Look", formats=(Format(kind="bold", offset=0, length=4),))


def test_what_somebody_else_wrote_is_of_concern_and_what_oneself_wrote_is_not() -> None:
    for origin, concerns in (
        ({"type": "user", "sender_user": {"id": MIKAEL}}, (Concern.FORWARDED,)),
        ({"type": "hidden_user", "sender_user_name": "Somebody"}, (Concern.FORWARDED,)),
        ({"type": "channel", "chat": {"id": -100}}, (Concern.FORWARDED,)),
        ({"type": "user", "sender_user": {"id": AINO}}, ()),
    ):
        assert written(content("Hello", forward_origin=origin)).concerns == concerns


def test_a_quote_is_the_part_that_is_answered() -> None:
    answered = content("Yes", reply_to_message={"message_id": 4}, quote={"text": "six o'clock", "position": 3})
    assert written(answered).quote == "six o'clock"


@SQLITE_ONLY
async def test_a_mention_by_account_is_asked_about_and_goes_as_a_name(programme: Programme) -> None:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)
    aino.write("Aino is my name", entities=[MENTION])
    asked = await programme.told(aino, "channel.asked_first")
    assert heard(mikael) == []
    aino.press(asked.id, programme.say(aino, "channel.send_anyway"))
    arrived = await mikael.wait_for(lambda shown: shown.from_bot)
    assert arrived.text.endswith("Aino is my name")
    assert [entity["type"] for entity in arrived.entities] == ["bold"]


@SQLITE_ONLY
@pytest.mark.parametrize("text", ["▌ Somebody else\nHello", "  ▌ x", "x\n▌ y", "\u202e▌ x", "<b>bold</b> **bold** _x_"])
async def test_nothing_that_is_written_looks_like_a_label(programme: Programme, text: str) -> None:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)
    aino.write(text)
    arrived = await mikael.wait_for(lambda shown: shown.from_bot)
    lines = arrived.text.split("\n")
    assert lines[0] == f"▌ \u2068{await programme.alias(aino)}\u2069"
    assert not any(line.strip().lstrip("\u202e").startswith("▌") for line in lines[1:])
