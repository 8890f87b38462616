"""Copying, forwarding, editing, deleting, reacting, pinning."""

from datetime import timedelta
from typing import Any

import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi

from .client import PlainClient


async def copy(client: PlainClient, source: Phone, message: int, target: Phone, **params: Any) -> int:
    params = {"chat_id": target.id, "from_chat_id": source.id, "message_id": message, **params}
    return int((await client.ok("copyMessage", **params))["message_id"])


async def test_a_copy_says_the_same_and_does_not_say_from_whom(client: PlainClient, aino: Phone, mikael: Phone) -> None:
    bold = {"type": "bold", "offset": 0, "length": 3}
    said = aino.write("Hei https://example.org", entities=[bold])

    shown = mikael.message(await copy(client, aino, said, mikael))

    assert (shown.text, shown.entities) == ("Hei https://example.org", aino.message(said).entities)
    assert shown.from_bot
    assert not shown.forwarded
    assert str(aino.id) not in str(mikael.chat.messages[shown.id].body)


async def test_a_forward_says_from_whom(client: PlainClient, aino: Phone, mikael: Phone) -> None:
    said = aino.write("Hei")

    sent = await client.ok("forwardMessage", chat_id=mikael.id, from_chat_id=aino.id, message_id=said)

    assert sent["forward_origin"]["sender_user"]["id"] == aino.id
    assert mikael.message(sent["message_id"]).forwarded


async def test_a_copy_keeps_marks_that_a_new_text_would_lose(client: PlainClient, aino: Phone, mikael: Phone) -> None:
    said = aino.write("a\u030a \u202eabc")

    assert mikael.message(await copy(client, aino, said, mikael)).text == "a\u030a \u202eabc"


async def test_a_copied_file_may_get_another_caption(client: PlainClient, aino: Phone, mikael: Phone) -> None:
    said = aino.send_file("photo", b"png", caption="oma")

    kept = mikael.message(await copy(client, aino, said, mikael))
    changed = mikael.message(await copy(client, aino, said, mikael, caption="toinen"))
    bare = mikael.message(await copy(client, aino, said, mikael, caption=""))

    assert [kept.text, changed.text, bare.text] == ["oma", "toinen", ""]
    assert kept.media is not None
    assert kept.media.data == b"png"


async def test_several_are_copied_at_once_and_those_that_are_gone_are_left_out(
    client: PlainClient, aino: Phone, mikael: Phone
) -> None:
    ids = [aino.write(text) for text in ("yksi", "kaksi", "kolme")]
    aino.delete(ids[1])
    carry = {"chat_id": mikael.id, "from_chat_id": aino.id}

    await client.ok("copyMessages", **carry, message_ids=ids)
    assert [message.text for message in mikael.messages[-2:]] == ["yksi", "kolme"]

    assert (
        await client.refused("copyMessages", **carry, message_ids=[ids[1]])
        == "Bad Request: there are no messages to copy"
    )
    assert (
        await client.refused("copyMessages", **carry, message_ids=ids[::-1])
        == "Bad Request: message identifiers must be in a strictly increasing order"
    )
    assert (
        await client.refused("copyMessages", **carry, message_ids=list(range(101)))
        == "Bad Request: too many message identifiers specified"
    )


@pytest.mark.parametrize(
    ("method", "sentence"),
    [
        ("copyMessage", "Bad Request: message to copy not found"),
        ("forwardMessage", "Bad Request: message to forward not found"),
    ],
)
async def test_what_was_deleted_cannot_be_carried(
    client: PlainClient, aino: Phone, mikael: Phone, method: str, sentence: str
) -> None:
    said = aino.write("Hei")
    aino.delete(said)

    carry = {"chat_id": mikael.id, "from_chat_id": aino.id, "message_id": said}
    assert await client.refused(method, **carry) == sentence


@pytest.mark.parametrize("content", [{"giveaway_created": {}}, {"paid_media": {"star_count": 1}}])
async def test_what_telegram_does_not_copy_is_refused(
    client: PlainClient, aino: Phone, mikael: Phone, content: dict[str, Any]
) -> None:
    said = aino.send(content)

    carry = {"chat_id": mikael.id, "from_chat_id": aino.id, "message_id": said}
    assert await client.refused("copyMessage", **carry) == "Bad Request: message can't be copied"


async def test_an_edit_replaces_text_and_keyboard(client: PlainClient, aino: Phone) -> None:
    keys = {"inline_keyboard": [[{"text": "Ok", "callback_data": "1"}]]}
    sent = (await client.ok("sendMessage", chat_id=aino.id, text="a", reply_markup=keys))["message_id"]
    at = {"chat_id": aino.id, "message_id": sent}

    await client.ok("editMessageText", **at, text="<i>b</i>", parse_mode="HTML", reply_markup=keys)
    shown = aino.message(sent)
    assert (shown.text, shown.keyboard, shown.edited) == ("b", (("Ok",),), True)
    assert shown.entities == ({"type": "italic", "offset": 0, "length": 1},)

    await client.ok("editMessageText", **at, text="b")
    assert (aino.message(sent).keyboard, aino.message(sent).entities) == ((), ())


async def test_an_edit_that_changes_nothing_is_refused(client: PlainClient, aino: Phone) -> None:
    sent = (await client.ok("sendMessage", chat_id=aino.id, text="a"))["message_id"]

    for method, params in (("editMessageText", {"text": "a"}), ("editMessageReplyMarkup", {})):
        sentence = await client.refused(method, chat_id=aino.id, message_id=sent, **params)
        assert sentence == (
            "Bad Request: message is not modified: specified new message content and reply markup are "
            "exactly the same as a current content and reply markup of the message"
        )


async def test_only_the_bots_own_messages_can_be_edited(client: PlainClient, aino: Phone) -> None:
    said = aino.write("Hei")
    photo = await client.upload("sendPhoto", {"photo": ("a.png", b"png")}, chat_id=str(aino.id))
    text = await client.ok("sendMessage", chat_id=aino.id, text="a")

    async def edited(method: str, message_id: int, **params: str) -> str:
        return await client.refused(method, chat_id=aino.id, message_id=message_id, **params)

    assert await edited("editMessageText", said, text="b") == "Bad Request: message can't be edited"
    assert await edited("editMessageText", 1, text="b") == "Bad Request: message to edit not found"
    assert (
        await edited("editMessageText", photo["message_id"], text="b")
        == "Bad Request: there is no text in the message to edit"
    )
    assert (
        await edited("editMessageCaption", text["message_id"], caption="b")
        == "Bad Request: there is no caption in the message to edit"
    )


async def test_both_sides_messages_can_be_deleted_for_48_hours(api: BotApi, client: PlainClient, aino: Phone) -> None:
    said = aino.write("Hei")
    old = aino.write("vanha")
    await client.ok("deleteMessage", chat_id=aino.id, message_id=said)
    assert [message.deleted for message in aino.history if message.id == said] == [True]
    assert (
        await client.refused("deleteMessage", chat_id=aino.id, message_id=said)
        == "Bad Request: message to delete not found"
    )

    api.faults.travel(timedelta(hours=48, seconds=1))

    assert (
        await client.refused("deleteMessage", chat_id=aino.id, message_id=old)
        == "Bad Request: message can't be deleted for everyone"
    )
    await client.ok("deleteMessages", chat_id=aino.id, message_ids=[said, old])
    assert aino.message(old).text == "vanha"


async def test_several_are_deleted_at_once(client: PlainClient, aino: Phone) -> None:
    ids = [aino.write(str(number)) for number in range(100)]

    await client.ok("deleteMessages", chat_id=aino.id, message_ids=ids)

    assert all(message.id not in ids for message in aino.messages)
    assert (
        await client.refused("deleteMessages", chat_id=aino.id, message_ids=[*ids, 1])
        == "Bad Request: too many message identifiers specified"
    )


async def test_the_bot_reacts_with_one_known_emoji(client: PlainClient, aino: Phone) -> None:
    said = aino.write("Hei")
    at = {"chat_id": aino.id, "message_id": said}

    await client.ok("setMessageReaction", **at, reaction=[{"type": "emoji", "emoji": "❤"}])
    assert aino.message(said).reactions == ("❤",)
    await client.ok("setMessageReaction", **at)
    assert aino.message(said).reactions == ()

    wrong = [{"type": "emoji", "emoji": "🪑"}]
    assert await client.refused("setMessageReaction", **at, reaction=wrong) == "Bad Request: REACTION_INVALID"
    many = [{"type": "emoji", "emoji": emoji} for emoji in "👍👎"]
    assert await client.refused("setMessageReaction", **at, reaction=many) == "Bad Request: REACTIONS_TOO_MANY"


async def test_the_last_pin_is_the_one_that_getchat_shows(client: PlainClient, aino: Phone) -> None:
    one, two = aino.write("yksi"), aino.write("kaksi")
    for message in (one, two):
        await client.ok("pinChatMessage", chat_id=aino.id, message_id=message)
    assert (await client.ok("getChat", chat_id=aino.id))["pinned_message"]["text"] == "kaksi"

    await client.ok("unpinChatMessage", chat_id=aino.id)
    assert (await client.ok("getChat", chat_id=aino.id))["pinned_message"]["text"] == "yksi"
    await client.ok("unpinChatMessage", chat_id=aino.id, message_id=one)
    assert "pinned_message" not in await client.ok("getChat", chat_id=aino.id)


async def test_a_blank_field_of_a_form_is_a_blank_and_not_absent(
    api: BotApi, client: PlainClient, aino: Phone, mikael: Phone
) -> None:
    said = aino.send_file("photo", b"png", caption="oma")
    form = {"chat_id": mikael.id, "from_chat_id": aino.id, "message_id": said, "caption": ""}

    async with client._session.post(f"{api.url}/bot{api.token}/copyMessage", data=form) as answer:
        assert answer.status == 200

    assert mikael.messages[-1].text == ""
