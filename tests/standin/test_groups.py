import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi

from .client import PlainClient


async def test_a_bot_that_is_added_hears_the_group_until_it_leaves(
    api: BotApi, client: PlainClient, otto: Phone
) -> None:
    group = api.telegram.group("Naapurit")
    group.write(otto, "ennen")
    group.add_bot(otto)
    group.write(otto, "Hei botti")

    added, joined, message = await client.ok("getUpdates")
    assert added["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert joined["message"]["new_chat_members"][0]["username"] == "mentor_demo_bot"
    assert message["message"]["text"] == "Hei botti"
    assert message["message"]["chat"] == {"id": group.id, "title": "Naapurit", "type": "supergroup"}
    await client.ok("sendMessage", chat_id=group.id, text="Hei")

    await client.ok("leaveChat", chat_id=group.id)

    assert not group.bot_is_member
    group.write(otto, "jälkeen")
    (left,) = (await client.ok("getUpdates"))[3:]
    assert left["my_chat_member"]["new_chat_member"]["status"] == "left"
    for method, params in (("sendMessage", {"text": "x"}), ("leaveChat", {}), ("getChat", {})):
        sentence = await client.refused(method, chat_id=group.id, **params)
        assert sentence == "Forbidden: bot is not a member of the supergroup chat"


async def test_a_bot_can_be_thrown_out(api: BotApi, client: PlainClient, otto: Phone) -> None:
    group = api.telegram.group("Naapurit")
    group.add_bot(otto)

    group.remove_bot(otto)

    sentence = await client.refused("sendMessage", chat_id=group.id, text="x")
    assert sentence == "Forbidden: bot was kicked from the supergroup chat"


@pytest.mark.parametrize(("text", "heard"), [("Hei vaan", False), ("/start", True), ("hei @mentor_demo_bot", True)])
async def test_with_privacy_on_only_what_concerns_the_bot_is_heard(
    api: BotApi, client: PlainClient, otto: Phone, text: str, heard: bool
) -> None:
    api.telegram.group_privacy = True
    group = api.telegram.group("Naapurit")
    group.add_bot(otto)

    group.write(otto, text)

    assert len(await client.ok("getUpdates")) == 2 + heard
    assert (await client.ok("getMe"))["can_read_all_group_messages"] is False


async def test_a_channel_post_has_no_person_behind_it(api: BotApi, client: PlainClient) -> None:
    api.telegram.channel_post("Uutiset", "Tervetuloa")

    (update,) = await client.ok("getUpdates")
    assert update["channel_post"]["chat"]["type"] == "channel"
    assert "from" not in update["channel_post"]


async def test_a_private_chat_cannot_be_left(client: PlainClient, aino: Phone) -> None:
    sentence = await client.refused("leaveChat", chat_id=aino.id)

    assert sentence == "Bad Request: chat member status can't be changed in private chats"


async def test_a_private_chat_knows_its_two_members(
    api: BotApi, client: PlainClient, aino: Phone, mikael: Phone
) -> None:
    for user_id in (aino.id, api.telegram.bot["id"]):
        member = await client.ok("getChatMember", chat_id=aino.id, user_id=user_id)
        assert member["status"] == "member"

    sentence = await client.refused("getChatMember", chat_id=aino.id, user_id=mikael.id)
    assert sentence == "Bad Request: user not found"
