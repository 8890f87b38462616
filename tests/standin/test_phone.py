import asyncio
from datetime import timedelta

import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.demo.bot_api.shown import PhoneError, WaitedInVain

from .client import PlainClient


async def test_the_first_contact_opens_the_chat(api: BotApi, client: PlainClient, otto: Phone) -> None:
    otto.start("kutsu_1")

    (update,) = await client.ok("getUpdates")
    assert update["message"]["text"] == "/start kutsu_1"
    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert update["message"]["from"] == {"id": otto.id, "is_bot": False, "first_name": "Otto"}
    assert update["message"]["chat"] == {"id": otto.id, "first_name": "Otto", "type": "private"}
    await client.ok("sendMessage", chat_id=otto.id, text="Hei")
    assert otto.messages[-1].text == "Hei"


@pytest.mark.parametrize("payload", ["", "a b", "ä", "a" * 65])
def test_a_deep_link_carries_64_plain_characters(otto: Phone, payload: str) -> None:
    with pytest.raises(PhoneError):
        otto.start(payload)


def test_ids_look_like_peoples_ids(api: BotApi) -> None:
    ids = [api.telegram.person(f"P{number}").id for number in range(20)]

    assert len(set(ids)) == 20
    assert all(len(str(number)) == 10 for number in ids)
    assert any(number > 2**32 for number in ids)
    assert any(number < 2**31 for number in ids)


async def test_blocking_and_unblocking_are_told_and_felt(client: PlainClient, aino: Phone) -> None:
    aino.block()
    assert await client.refused("sendMessage", chat_id=aino.id, text="x") == "Forbidden: bot was blocked by the user"
    with pytest.raises(PhoneError, match="blocked"):
        aino.write("x")
    aino.unblock()
    await client.ok("sendMessage", chat_id=aino.id, text="x")

    statuses = [
        (
            update["my_chat_member"]["old_chat_member"]["status"],
            update["my_chat_member"]["new_chat_member"]["status"],
        )
        for update in await client.ok("getUpdates")
    ]
    assert statuses == [("member", "kicked"), ("kicked", "member")]


async def test_starting_again_unblocks(client: PlainClient, aino: Phone) -> None:
    aino.block()

    aino.start()

    kinds = [update.keys() - {"update_id"} for update in await client.ok("getUpdates")]
    assert kinds == [{"my_chat_member"}, {"my_chat_member"}, {"message"}]
    assert not aino.blocked


async def test_an_edit_of_a_person_is_an_update(api: BotApi, client: PlainClient, aino: Phone) -> None:
    said = aino.write("ensin")
    photo = aino.send_file("photo", b"png", caption="kuva")
    aino.edit(said, "sitten")
    aino.edit(photo, "parempi kuva")

    edits = [update["edited_message"] for update in (await client.ok("getUpdates"))[2:]]

    assert edits[0]["text"] == "sitten"
    assert edits[1]["caption"] == "parempi kuva"
    assert all("edit_date" in edit for edit in edits)
    assert aino.message(said).edited

    api.faults.travel(timedelta(hours=49))
    with pytest.raises(PhoneError, match="48 hours"):
        aino.edit(said, "myöhään")


async def test_a_person_cannot_edit_the_bots_message(client: PlainClient, aino: Phone) -> None:
    sent = await client.ok("sendMessage", chat_id=aino.id, text="x")

    with pytest.raises(PhoneError, match="the bot's"):
        aino.edit(sent["message_id"], "y")


async def test_a_deletion_is_not_told_to_the_bot(client: PlainClient, aino: Phone) -> None:
    said = aino.write("Hei")
    before = await client.ok("getUpdates")

    aino.delete(said)

    assert await client.ok("getUpdates") == before
    with pytest.raises(PhoneError, match="sees no message"):
        aino.message(said)


async def test_a_button_is_pressed_by_label_or_place(client: PlainClient, aino: Phone) -> None:
    row = [{"text": "Kyllä", "callback_data": "y"}, {"text": "Lue", "url": "https://example.org"}]
    markup = {"inline_keyboard": [row]}
    sent = (await client.ok("sendMessage", chat_id=aino.id, text="?", reply_markup=markup))["message_id"]

    aino.press(sent, "Kyllä")
    aino.press(sent, (0, 0))
    assert [update["callback_query"]["data"] for update in await client.ok("getUpdates")] == ["y", "y"]

    with pytest.raises(PhoneError, match="does not call the bot"):
        aino.press(sent, "Lue")
    for missing in ("Ei", (0, 2), (1, 0)):
        with pytest.raises(PhoneError, match="no button"):
            aino.press(sent, missing)


async def test_forged_data_comes_through_as_it_is(client: PlainClient, aino: Phone) -> None:
    aino.press_data(4, "toisen:nappi")

    (update,) = await client.ok("getUpdates")
    assert update["callback_query"]["data"] == "toisen:nappi"
    # A message that is not there any more comes as an inaccessible one.
    assert update["callback_query"]["message"]["date"] == 0


async def test_an_answer_to_a_button_is_seen_once_and_in_time(api: BotApi, client: PlainClient, aino: Phone) -> None:
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    query, late = aino.press_data(1, "a"), aino.press_data(1, "b")
    toast = asyncio.create_task(aino.wait_for_toast(query))

    await client.ok("answerCallbackQuery", callback_query_id=query, text="Tehty", show_alert=True)

    assert (await toast).text == "Tehty"
    assert (await toast).alert
    assert await client.refused("answerCallbackQuery", callback_query_id=query) == too_old
    api.telegram.clock.travel(120)
    assert await client.refused("answerCallbackQuery", callback_query_id=late) == too_old
    assert await client.refused("answerCallbackQuery", callback_query_id="1") == too_old


async def test_waiting_ends_with_the_message(client: PlainClient, aino: Phone) -> None:
    waiting = asyncio.create_task(aino.wait_for(lambda message: "kaksi" in message.text))
    await client.ok("sendMessage", chat_id=aino.id, text="yksi")
    assert not waiting.done()

    await client.ok("sendMessage", chat_id=aino.id, text="kaksi")

    assert (await waiting).text == "kaksi"


async def test_waiting_sees_edits_and_takes_the_newest(client: PlainClient, aino: Phone) -> None:
    one = (await client.ok("sendMessage", chat_id=aino.id, text="a 1"))["message_id"]
    two = (await client.ok("sendMessage", chat_id=aino.id, text="a 2"))["message_id"]
    assert (await aino.wait_for(lambda message: message.text.startswith("a"))).id == two

    waiting = asyncio.create_task(aino.wait_for(lambda message: message.edited))
    await client.ok("editMessageText", chat_id=aino.id, message_id=one, text="b")
    assert (await waiting).id == one

    with pytest.raises(WaitedInVain):
        await aino.wait_for(lambda message: message.text == "a 2", after=two, timeout=0.01)


async def test_waiting_in_vain_shows_the_chat_and_everybody_elses(
    client: PlainClient, aino: Phone, mikael: Phone
) -> None:
    await client.ok("sendMessage", chat_id=aino.id, text="jotain muuta")
    await client.ok("sendMessage", chat_id=mikael.id, text="tätä")

    with pytest.raises(WaitedInVain) as missing:
        await aino.wait_for(lambda message: message.text == "tätä", timeout=0.01)

    assert "bot: jotain muuta" in str(missing.value)
    assert "Aino: /start" in str(missing.value)
    assert "bot: tätä" in str(missing.value)


async def test_unread_messages_are_counted_until_read(client: PlainClient, aino: Phone) -> None:
    for _ in range(2):
        await client.ok("sendMessage", chat_id=aino.id, text="x")
    assert aino.unread == 2

    aino.read()

    assert aino.unread == 0


async def test_someone_can_wait_for_any_change(api: BotApi, client: PlainClient, aino: Phone) -> None:
    seen = api.telegram.changes.version
    change = asyncio.create_task(api.telegram.changes.after(seen))
    await asyncio.sleep(0)
    assert not change.done()

    await client.ok("sendChatAction", chat_id=aino.id, action="typing")

    assert await change > seen
    assert aino.changes.version > 0


async def test_reactions_of_a_person_come_only_when_asked_for(client: PlainClient, aino: Phone) -> None:
    said = aino.write("Hei")
    aino.react(said, "👍")
    assert len(await client.ok("getUpdates", allowed_updates=["message_reaction"])) == 1

    aino.react(said, "❤")

    update = (await client.ok("getUpdates"))[-1]["message_reaction"]
    assert [old["emoji"] for old in update["old_reaction"]] == ["👍"]
    assert [new["emoji"] for new in update["new_reaction"]] == ["❤"]
    assert aino.message(said).reactions == ("❤",)


async def test_a_forward_can_hide_its_author(client: PlainClient, aino: Phone, mikael: Phone) -> None:
    aino.forward("avoin", author=mikael)
    aino.forward("piilo", author="Joku")

    origins = [update["message"]["forward_origin"] for update in await client.ok("getUpdates")]

    assert origins[0]["sender_user"]["id"] == mikael.id
    assert origins[1]["sender_user_name"] == "Joku"


@pytest.mark.parametrize("text", ["", " \n ", "a" * 4097])
def test_a_phone_does_not_send_what_clients_do_not_send(aino: Phone, text: str) -> None:
    with pytest.raises(PhoneError):
        aino.write(text)


async def test_contents_of_every_kind_are_shown(aino: Phone, mikael: Phone) -> None:
    aino.send_contact("+358401234567", "Mikael", owner=mikael)
    aino.send_location(60.17, 24.94)
    aino.send_venue(60.17, 24.94, "Asema", "Katu 1")
    aino.send_poll("Milloin?", ["ma", "ti"])
    aino.send_dice()
    aino.send({"story": {"chat": aino.chat.info, "id": 1}})

    shown = [message.media for message in aino.messages[-6:]]

    kinds = [media.kind for media in shown if media is not None]
    assert kinds == ["contact", "location", "venue", "poll", "dice", "story"]


async def test_a_quote_of_a_person_must_stand_in_the_message(client: PlainClient, aino: Phone) -> None:
    sent = (await client.ok("sendMessage", chat_id=aino.id, text="😀 yksi kaksi"))["message_id"]
    aino.write("juuri se", reply_to=sent, quote="kaksi")

    (update,) = await client.ok("getUpdates")
    assert update["message"]["quote"] == {"text": "kaksi", "position": 8, "is_manual": True}
    assert update["message"]["reply_to_message"]["message_id"] == sent
    with pytest.raises(PhoneError, match="does not stand"):
        aino.write("x", reply_to=sent, quote="kolme")


async def test_a_message_of_the_chat_is_forwarded_with_its_first_author(
    client: PlainClient, aino: Phone, mikael: Phone
) -> None:
    heard = (await client.ok("sendMessage", chat_id=aino.id, text="kuultu"))["message_id"]
    once = aino.forward_message(aino.forward("alun perin", author=mikael))
    own = aino.forward_message(aino.send_file("photo", b"png", caption="oma"))
    aino.forward_message(heard)

    assert aino.message(once).forwarded_from == "Mikael Lind"
    assert (aino.message(own).forwarded_from, aino.message(own).text) == ("Aino", "oma")
    origin = (await client.ok("getUpdates"))[-1]["message"]["forward_origin"]
    assert origin["sender_user"]["is_bot"]


async def test_what_is_protected_is_not_forwarded_by_anybody(client: PlainClient, aino: Phone) -> None:
    sent = await client.ok("sendMessage", chat_id=aino.id, text="x", protect_content=True)
    where = {"chat_id": aino.id, "from_chat_id": aino.id}

    assert aino.message(sent["message_id"]).protected
    with pytest.raises(PhoneError, match="protected"):
        aino.forward_message(sent["message_id"])
    sentence = await client.refused("forwardMessage", **where, message_id=sent["message_id"])
    assert sentence == "Bad Request: message can't be forwarded"
    sentence = await client.refused("forwardMessages", **where, message_ids=[sent["message_id"]])
    assert sentence == "Bad Request: there are no messages to forward"


async def test_another_file_takes_the_place_of_the_first_and_the_caption_stays(
    client: PlainClient, aino: Phone
) -> None:
    said = aino.send_file("photo", b"eka", caption="kuva")
    aino.replace_file(said, "photo", b"toka")

    media = aino.message(said).media
    assert media is not None
    assert (media.data, aino.message(said).text, aino.message(said).edited) == (b"toka", "kuva", True)
    edited = (await client.ok("getUpdates"))[-1]["edited_message"]
    found = await client.ok("getFile", file_id=edited["photo"][-1]["file_id"])
    assert await client.download(found["file_path"]) == b"toka"


async def test_own_and_the_bots_reactions_stand_side_by_side(client: PlainClient, aino: Phone) -> None:
    said = aino.write("Hei")
    await client.ok("setMessageReaction", chat_id=aino.id, message_id=said, reaction=[{"type": "emoji", "emoji": "👍"}])
    assert aino.message(said).own_reaction is None

    aino.react(said, "❤")
    assert (aino.message(said).reactions, aino.message(said).own_reaction) == (("❤", "👍"), "❤")

    aino.react(said, None)
    assert aino.message(said).reactions == ("👍",)


async def test_files_and_cards_can_answer_a_message(client: PlainClient, aino: Phone, mikael: Phone) -> None:
    sent = (await client.ok("sendMessage", chat_id=aino.id, text="yksi kaksi"))["message_id"]
    aino.send_file("voice", b"ogg", reply_to=sent, quote="kaksi")
    album = aino.send_album("photo", [b"1", b"2"], reply_to=sent)
    aino.send_contact("+358401234567", "Mikael", owner=mikael, reply_to=sent)
    aino.send_location(60.17, 24.94, reply_to=sent)

    assert [message.reply_to for message in aino.messages[-5:]] == [sent] * 5
    assert aino.messages[-5].quote == "kaksi"
    assert {message.album for message in aino.messages if message.id in album} != {None}
    assert len({message.album for message in aino.messages if message.id in album}) == 1


async def test_pictures_that_are_sent_as_files_have_a_thumbnail(client: PlainClient, aino: Phone) -> None:
    aino.send_file("document", b"jpg", file_name="a.jpg", mime_type="image/jpeg")
    aino.send_file("document", b"pdf", file_name="a.pdf", mime_type="application/pdf")

    picture, paper = [update["message"]["document"] for update in await client.ok("getUpdates")]
    assert "thumbnail" not in paper
    found = await client.ok("getFile", file_id=picture["thumbnail"]["file_id"])
    assert await client.download(found["file_path"]) == b"jpg"
