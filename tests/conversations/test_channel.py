"""How a raw text message is read."""

from typing import Any

import pytest

from handlers.telegram.channel import written
from mentorbot.programme.people import Role
from mentorbot.programme.wording import Format
from tests.conversations.parts import message
from tests.journeys.programme import Programme, heard
from tests.people import AINO, SQLITE_ONLY

MENTION = {"type": "text_mention", "offset": 0, "length": 4, "user": {"id": AINO, "first_name": "Aino"}}


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
    assert not read.names_account


@pytest.mark.parametrize("kind", ["mention", "hashtag", "url", "phone_number", "custom_emoji", "of_a_kind_to_come"])
def test_what_telegram_finds_by_itself_is_not_formatting(kind: str) -> None:
    read = written(content("Hello there", {"type": kind, "offset": 0, "length": 5}))
    assert read.words.formats == ()
    assert not read.names_account


@pytest.mark.parametrize(
    "entity",
    [
        MENTION,
        {"type": "text_link", "offset": 0, "length": 4, "url": "tg://user?id=7"},
        {"type": "text_link", "offset": 0, "length": 4, "url": "TG://openmessage?user_id=7"},
    ],
)
def test_a_mention_by_account_is_seen(entity: dict[str, Any]) -> None:
    assert written(content("Aino", entity)).names_account


def test_a_reply_names_the_message_that_it_answers() -> None:
    assert written(content("Yes", reply_to_message={"message_id": 4})).replied_to == 4
    assert written(content("Yes")).replied_to is None


@SQLITE_ONLY
async def test_a_mention_by_account_goes_to_nobody(programme: Programme) -> None:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)
    for phone in (aino, mikael):
        phone.write("Aino is my name", entities=[MENTION])
        await programme.told(phone, "channel.names_an_account")
    await programme.settled()
    assert len(heard(aino)) == len(heard(mikael)) == 1


@SQLITE_ONLY
async def test_a_message_that_came_to_mention_an_account_while_it_was_held_goes_to_nobody(
    programme: Programme,
) -> None:
    mikael = await programme.already("Mikael", Role.MENTOR)
    participants = [await programme.already(name, Role.PARTICIPANT) for name in ("Aino", "Eero")]
    for participant in participants:
        await programme.already_paired(participant, mikael)
    held = mikael.write("Aino is her name")
    asked = await programme.told(mikael, "channel.for_whom")
    mikael.edit(held, "Aino is her name", entities=[MENTION])
    await programme.told(mikael, "channel.names_an_account")
    mikael.press(asked.id, await programme.alias(participants[0]))
    await programme.settled()
    assert all(heard(participant) == [] for participant in participants)


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
