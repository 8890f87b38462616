"""Topics in a private chat: made by either side, written to by both, gone with all that stands in them."""

from typing import Any

import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.demo.bot_api.shown import PhoneError

from .client import PlainClient

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(autouse=True)
def has_topics(api: BotApi) -> None:
    api.telegram.has_topics_enabled = True


@pytest.fixture
async def thread(client: PlainClient, aino: Phone) -> int:
    return int((await client.ok("createForumTopic", chat_id=aino.id, name="Koti"))["message_thread_id"])


async def messages(client: PlainClient) -> list[dict[str, Any]]:
    return [update["message"] for update in await client.ok("getUpdates")]


async def test_a_server_can_be_made_with_topics_and_has_none_unasked() -> None:
    assert BotApi(has_topics=True).telegram.has_topics_enabled
    assert not BotApi().telegram.has_topics_enabled


async def test_the_message_that_opens_a_topic_gives_it_its_id(client: PlainClient, aino: Phone, thread: int) -> None:
    opened = aino.message(thread)
    assert (opened.opens_topic, opened.topic, opened.from_bot, opened.text) == ("Koti", thread, True, "")
    assert aino.topics == {thread: "Koti"}
    assert "(topic Koti)" in aino.transcript()
    assert await messages(client) == [], "a bot is not told of what it made"


async def test_a_topic_is_renamed_but_not_to_the_name_it_has(client: PlainClient, aino: Phone, thread: int) -> None:
    topic = {"chat_id": aino.id, "message_thread_id": thread}
    await client.ok("editForumTopic", **topic, name="Työ")
    assert aino.topics == {thread: "Työ"}
    assert await client.refused("editForumTopic", **topic, name="Työ") == "Bad Request: TOPIC_NOT_MODIFIED"


@pytest.mark.parametrize("name", ["", "a" * 129])
async def test_a_topics_name_has_1_to_128_characters(client: PlainClient, aino: Phone, name: str) -> None:
    await client.refused("createForumTopic", chat_id=aino.id, name=name)
    with pytest.raises(PhoneError, match="cannot begin a topic"):
        aino.create_topic(name)
    assert aino.topics == {}


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("sendMessage", {"text": "x"}),
        ("sendDice", {}),
        ("sendLocation", {"latitude": 60, "longitude": 25}),
        ("sendMediaGroup", {"media": []}),
        ("copyMessage", {}),
        ("forwardMessage", {}),
    ],
)
async def test_all_that_is_sent_stands_in_the_topic_it_names_or_nowhere(
    client: PlainClient, aino: Phone, mikael: Phone, thread: int, method: str, more: dict[str, Any]
) -> None:
    picture = mikael.send_file("photo", PNG)
    if "media" in more:
        known = mikael.message(picture).media
        assert known is not None
        more = {"media": [{"type": "photo", "media": known.details["file_id"]}] * 2}
    call = {"chat_id": aino.id, "from_chat_id": mikael.id, "message_id": picture, **more}
    await client.ok(method, **call, message_thread_id=thread)
    sent = aino.messages[2:]  # after the start and the topic's beginning
    assert sent
    assert {message.topic for message in sent} == {thread}

    refusal = await client.refused(method, **call, message_thread_id=thread + 1000)
    assert refusal == "Bad Request: message thread not found"
    assert aino.messages[2:] == sent


async def test_a_copys_answer_does_not_say_where_it_stands(
    client: PlainClient, aino: Phone, mikael: Phone, thread: int
) -> None:
    call = {"chat_id": aino.id, "from_chat_id": mikael.id, "message_id": mikael.write("Hei")}
    copied = await client.ok("copyMessage", **call, message_thread_id=thread)
    assert copied == {"message_id": aino.messages[-1].id}


async def test_an_answer_stands_where_it_was_asked(client: PlainClient, aino: Phone, thread: int) -> None:
    asked = aino.write("Missä?", topic=thread)
    aside = aino.write("Hei")
    for replied, topic in ((asked, thread), (aside, None)):
        sent = await client.ok("sendMessage", chat_id=aino.id, text="x", reply_parameters={"message_id": replied})
        assert sent.get("message_thread_id") == topic
        assert aino.message(aino.write("y", reply_to=sent["message_id"])).topic == topic


@pytest.mark.parametrize("names_topic", [True, False])
async def test_what_is_written_in_a_topic_seems_to_answer_its_beginning(
    client: PlainClient, aino: Phone, thread: int, names_topic: bool
) -> None:
    written = aino.write("Hei", topic=thread if names_topic else None)
    [message] = await messages(client)
    assert (message.get("message_thread_id"), message.get("is_topic_message")) == (
        (thread, True) if names_topic else (None, None)
    )
    assert ("forum_topic_created" in message.get("reply_to_message", {})) == names_topic
    assert aino.message(written).reply_to is None


async def test_an_answer_in_a_topic_answers_what_it_answers(client: PlainClient, aino: Phone, thread: int) -> None:
    sent = await client.ok("sendMessage", chat_id=aino.id, text="x", message_thread_id=thread)
    answer = aino.write("y", reply_to=sent["message_id"], topic=thread)
    [message] = await messages(client)
    assert message["reply_to_message"]["message_id"] == sent["message_id"] == aino.message(answer).reply_to


async def test_files_albums_cards_and_places_stand_in_a_topic(aino: Phone, thread: int) -> None:
    aino.send_file("voice", b"ogg", topic=thread)
    aino.send_album("photo", [PNG, PNG], topic=thread)
    aino.send_contact("+358401234567", "Aino", topic=thread)
    aino.send_location(60.17, 24.94, topic=thread)
    assert [message.topic for message in aino.messages[2:]] == [thread] * 5


async def test_a_person_begins_a_topic_and_the_bot_is_told(client: PlainClient, aino: Phone) -> None:
    own = aino.create_topic("Oma")
    [message] = await messages(client)
    assert message["forum_topic_created"]["name"] == "Oma"
    assert message["message_thread_id"] == message["message_id"] == own
    assert aino.topics == {own: "Oma"}
    await client.ok("sendMessage", chat_id=aino.id, text="x", message_thread_id=own)


async def test_nobody_begins_a_topic_where_the_bot_has_none(api: BotApi, aino: Phone) -> None:
    api.telegram.has_topics_enabled = False
    with pytest.raises(PhoneError, match="cannot begin a topic"):
        aino.create_topic("Oma")


@pytest.mark.parametrize("by_the_bot", [True, False])
async def test_a_topic_goes_with_all_that_stands_in_it_and_nothing_else(
    api: BotApi, client: PlainClient, aino: Phone, thread: int, by_the_bot: bool
) -> None:
    topic = {"chat_id": aino.id, "message_thread_id": thread}
    aside = aino.write("Hei")
    aino.write("Hei", topic=thread)
    await client.ok("sendMessage", **topic, text="x")
    api.telegram.clock.travel(90 * 24 * 3600)
    if by_the_bot:
        await client.ok("deleteForumTopic", **topic)
    else:
        aino.delete_topic(thread)
    assert aino.topics == {}
    assert [message.id for message in aino.messages][1:] == [aside]
    assert await client.refused("sendMessage", **topic, text="x") == "Bad Request: message thread not found"
    for method in ("deleteForumTopic", "editForumTopic"):
        assert await client.refused(method, **topic, name="y") == "Bad Request: TOPIC_ID_INVALID"
    with pytest.raises(PhoneError, match="has no topic"):
        aino.write("Hei", topic=thread)


@pytest.mark.parametrize("is_there", [True, False])
async def test_what_is_misplaced_stands_in_the_general_one(
    api: BotApi, client: PlainClient, aino: Phone, thread: int, is_there: bool
) -> None:
    if not is_there:
        aino.delete_topic(thread)
    call = {"chat_id": aino.id, "text": "x"}
    fault = api.faults.misplace_topic(chat=aino.id)
    await client.ok("sendMessage", **call)
    assert fault.hits == 0, "a call that names no topic is not met"
    sent = await client.ok("sendMessage", **call, message_thread_id=thread)
    assert fault.hits == 1
    assert not {"message_thread_id", "is_topic_message"} & sent.keys()
    assert aino.message(sent["message_id"]).topic is None
    assert api.transcript.calls("sendMessage")[-1].params["message_thread_id"] == thread, "it was called with it"
