from typing import Any

import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi

from .client import PlainClient


async def test_a_message_arrives_with_its_formatting(client: PlainClient, aino: Phone) -> None:
    sent = await client.ok("sendMessage", chat_id=aino.id, text=" 😀 <b>Hei</b> /help ", parse_mode="html")

    assert sent["text"] == "😀 Hei /help"
    assert sent["entities"] == [
        {"type": "bold", "offset": 3, "length": 3},
        {"type": "bot_command", "offset": 7, "length": 5},
    ]
    shown = aino.message(sent["message_id"])
    assert (shown.text, shown.from_bot, list(shown.entities)) == (sent["text"], True, sent["entities"])


async def test_entities_are_taken_as_they_are_given(client: PlainClient, aino: Phone) -> None:
    entities = [
        {"type": "bold", "offset": 3, "length": 100},
        {"type": "mention", "offset": 0, "length": 1},
        {"type": "italic", "offset": 50, "length": 1},
    ]

    sent = await client.ok("sendMessage", chat_id=aino.id, text="😀 Hei", entities=entities)

    assert sent["entities"] == [{"type": "bold", "offset": 3, "length": 3}]


async def test_markup_characters_are_literal_without_a_parse_mode(client: PlainClient, aino: Phone) -> None:
    sent = await client.ok("sendMessage", chat_id=aino.id, text="<b>*a*</b> &amp;")

    assert sent["text"] == "<b>*a*</b> &amp;"
    assert "entities" not in sent


@pytest.mark.parametrize(
    ("text", "fits"),
    [("a" * 4096, True), ("a" * 4097, False), ("😀" * 2048, True), ("😀" * 2048 + "a", False)],
)
async def test_a_text_has_at_most_4096_utf16_units(client: PlainClient, aino: Phone, text: str, fits: bool) -> None:
    answer = await client.call("sendMessage", chat_id=aino.id, text=text)

    assert answer.status == (200 if fits else 400)
    if not fits:
        assert answer.description == "Bad Request: message is too long"


async def test_length_is_counted_after_the_markup_is_gone(client: PlainClient, aino: Phone) -> None:
    await client.ok("sendMessage", chat_id=aino.id, text=f"<b>{'a' * 4096}</b>", parse_mode="HTML")


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"text": ""}, "Bad Request: message text is empty"),
        ({"text": " \n\u200b"}, "Bad Request: text must be non-empty"),
        ({"text": "x", "parse_mode": "BBCode"}, "Bad Request: unsupported parse_mode"),
        ({"text": "x", "chat_id": 1}, "Bad Request: chat not found"),
        ({"text": "x", "chat_id": "@nobody"}, "Bad Request: chat not found"),
        ({"text": "x", "chat_id": ""}, "Bad Request: chat_id is empty"),
        (
            {"text": "x", "reply_parameters": {"message_id": 1}},
            "Bad Request: message to be replied not found",
        ),
        ({"text": "x", "message_thread_id": 1}, "Bad Request: message thread not found"),
        (
            {"text": "😀", "entities": [{"type": "bold", "offset": 1, "length": 1}]},
            "Bad Request: entity begins in a middle of a UTF-16 symbol at byte offset 1",
        ),
        (
            {"text": "x", "business_connection_id": "1"},
            "Not Implemented: the stand-in does not play business_connection_id",
        ),
    ],
)
async def test_a_message_that_cannot_be_sent_is_refused(
    client: PlainClient, aino: Phone, params: dict[str, Any], sentence: str
) -> None:
    before = aino.messages

    assert await client.refused("sendMessage", **{"chat_id": aino.id, **params}) == sentence

    assert aino.messages == before


async def test_a_stranger_cannot_be_written_to(client: PlainClient, otto: Phone) -> None:
    assert await client.refused("sendMessage", chat_id=otto.id, text="x") == "Bad Request: chat not found"


async def test_someone_met_in_a_group_must_write_first(api: BotApi, client: PlainClient, otto: Phone) -> None:
    group = api.telegram.group("Naapurit")
    group.add_bot(otto)

    sentence = await client.refused("sendMessage", chat_id=otto.id, text="x")

    assert sentence == "Forbidden: bot can't initiate conversation with a user"


async def test_a_reply_names_what_it_answers_and_quotes_it(client: PlainClient, aino: Phone) -> None:
    asked = aino.write("😀 Mitä nyt? Kerro.")

    sent = await client.ok(
        "sendMessage",
        chat_id=aino.id,
        text="Kerron.",
        reply_parameters={"message_id": asked, "quote": "Mitä nyt?"},
    )

    assert sent["reply_to_message"]["text"] == "😀 Mitä nyt? Kerro."
    assert sent["quote"] == {"text": "Mitä nyt?", "position": 3, "is_manual": True}
    shown = aino.message(sent["message_id"])
    assert (shown.reply_to, shown.quote) == (asked, "Mitä nyt?")


async def test_a_quote_must_stand_in_the_message(client: PlainClient, aino: Phone) -> None:
    asked = aino.write("Mitä nyt?")
    reply = {"message_id": asked, "quote": "Missä"}

    sentence = await client.refused("sendMessage", chat_id=aino.id, text="x", reply_parameters=reply)

    assert sentence == "Bad Request: QUOTE_TEXT_INVALID"


async def test_a_reply_may_go_out_without_what_it_answers(client: PlainClient, aino: Phone) -> None:
    reply = {"message_id": 1, "allow_sending_without_reply": True}

    sent = await client.ok("sendMessage", chat_id=aino.id, text="x", reply_parameters=reply)

    assert "reply_to_message" not in sent


async def test_replies_are_not_nested(client: PlainClient, aino: Phone) -> None:
    first = aino.write("yksi")
    second = aino.write("kaksi", reply_to=first)

    sent = await client.ok("sendMessage", chat_id=aino.id, text="x", reply_parameters={"message_id": second})

    assert "reply_to_message" not in sent["reply_to_message"]


async def test_messages_of_both_sides_are_counted_together_in_each_chat(
    client: PlainClient, aino: Phone, mikael: Phone
) -> None:
    first = aino.write("a")
    sent = await client.ok("sendMessage", chat_id=aino.id, text="b")
    await client.ok("sendMessage", chat_id=mikael.id, text="c")

    assert sent["message_id"] == first + 1
    assert aino.write("d") == first + 2


def keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "Nappi", **button}]]}


@pytest.mark.parametrize(
    ("markup", "sentence"),
    [
        (keyboard(callback_data=""), "Bad Request: BUTTON_DATA_INVALID"),
        (keyboard(callback_data="a" * 65), "Bad Request: BUTTON_DATA_INVALID"),
        (keyboard(callback_data="ä" * 33), "Bad Request: BUTTON_DATA_INVALID"),
        (
            keyboard(),
            "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            keyboard(url="javascript:x"),
            "Bad Request: inline keyboard button URL 'javascript:x' is invalid: Wrong HTTP URL",
        ),
        (
            {"inline_keyboard": [[{"callback_data": "a"}]]},
            "Bad Request: can't parse keyboard: can't parse keyboard button: field \"text\" must be of type String",
        ),
        (
            {"inline_keyboard": [[{"text": "a", "callback_data": "a"}] * 101]},
            "Bad Request: reply markup is too long",
        ),
        ([], "Bad Request: can't parse reply_markup: expected an Object"),
        ("{", "Bad Request: can't parse reply_markup: expected a JSON value"),
    ],
)
async def test_a_bad_keyboard_is_refused(client: PlainClient, aino: Phone, markup: Any, sentence: str) -> None:
    assert await client.refused("sendMessage", chat_id=aino.id, text="x", reply_markup=markup) == sentence


@pytest.mark.parametrize("data", ["a", "a" * 64, "ä" * 32])
async def test_callback_data_may_have_1_to_64_bytes(client: PlainClient, aino: Phone, data: str) -> None:
    sent = await client.ok("sendMessage", chat_id=aino.id, text="x", reply_markup=keyboard(callback_data=data))

    aino.press(sent["message_id"], (0, 0))
    (update,) = await client.ok("getUpdates")
    assert update["callback_query"]["data"] == data
    assert update["callback_query"]["message"]["message_id"] == sent["message_id"]


async def test_a_keyboard_without_buttons_is_none(client: PlainClient, aino: Phone) -> None:
    sent = await client.ok("sendMessage", chat_id=aino.id, text="x", reply_markup={"inline_keyboard": [[]]})

    assert "reply_markup" not in sent


async def test_a_reply_keyboard_stays_until_it_is_removed(client: PlainClient, aino: Phone) -> None:
    to = {"chat_id": aino.id, "text": "x"}
    sent = await client.ok("sendMessage", **to, reply_markup={"keyboard": [["Kyllä", {"text": "En"}]]})
    assert "reply_markup" not in sent
    await client.ok("sendMessage", **to)
    assert aino.reply_keyboard == (("Kyllä", "En"),)

    await client.ok("sendMessage", **to, reply_markup={"remove_keyboard": True})

    assert not aino.reply_keyboard


async def test_typing_shows_for_five_seconds_or_until_the_message(
    api: BotApi, client: PlainClient, aino: Phone
) -> None:
    await client.ok("sendChatAction", chat_id=aino.id, action="typing")
    assert aino.typing == "typing"
    api.telegram.clock.travel(6)
    assert aino.typing is None

    await client.ok("sendChatAction", chat_id=aino.id, action="typing")
    await client.ok("sendMessage", chat_id=aino.id, text="x")
    assert aino.typing is None

    sentence = await client.refused("sendChatAction", chat_id=aino.id, action="dancing")
    assert sentence == "Bad Request: wrong parameter action in request"


async def test_protected_messages_are_marked(client: PlainClient, aino: Phone) -> None:
    sent = await client.ok("sendMessage", chat_id=aino.id, text="x", protect_content=True)

    assert sent["has_protected_content"] is True
    assert aino.message(sent["message_id"]).protected


async def test_topics_need_to_be_enabled(api: BotApi, client: PlainClient, aino: Phone) -> None:
    topic = {"chat_id": aino.id, "name": "Koti"}
    assert await client.refused("createForumTopic", **topic) == "Bad Request: the chat is not a forum"
    api.telegram.has_topics_enabled = True

    thread = (await client.ok("createForumTopic", **topic))["message_thread_id"]
    sent = await client.ok("sendMessage", chat_id=aino.id, text="x", message_thread_id=thread)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (thread, True)

    await client.ok("deleteForumTopic", chat_id=aino.id, message_thread_id=thread)
    assert sent["message_id"] not in [message.id for message in aino.messages]


@pytest.mark.parametrize(
    ("address", "status", "description"),
    [
        ("/bot1:wrong/getMe", 401, "Unauthorized"),
        ("/bot{token}x/getMe", 401, "Unauthorized"),
        ("/bot{token}/getYou", 404, "Not Found"),
        ("/bot/getMe", 404, "Not Found"),
        ("/", 404, "Not Found"),
        ("/bot{token}", 404, "Not Found"),
        ("/file/bot1:wrong/documents/file_0.txt", 401, "Unauthorized"),
        ("/file/bot{token}/documents/none.txt", 404, "Not Found"),
    ],
)
async def test_a_wrong_address_gets_telegrams_answer(
    api: BotApi, client: PlainClient, address: str, status: int, description: str
) -> None:
    async with client._session.get(api.url + address.format(token=api.token)) as answer:
        body = await answer.json()

    assert (answer.status, body["description"]) == (status, description)


async def test_method_names_have_no_case(client: PlainClient) -> None:
    assert await client.ok("GETME") == await client.ok("getMe")


async def test_a_body_that_is_not_json_is_refused(api: BotApi, client: PlainClient) -> None:
    address = f"{api.url}/bot{api.token}/sendMessage"
    headers = {"Content-Type": "application/json"}
    for body in (b"{", b"[]"):
        async with client._session.post(address, data=body, headers=headers) as answer:
            assert answer.status == 400
