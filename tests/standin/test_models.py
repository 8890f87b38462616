"""The stand-in against the machine-readable Bot API."""

import json
from typing import Any

import pytest
from aiogram.types import Update

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.registry import METHODS, Method
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.demo.bot_api.transcript import Call, Transcript
from mentorbot.demo.bot_api.updates import UPDATE_KINDS

from .client import PlainClient
from .models import (
    Mismatch,
    check_answer,
    check_transcript,
    check_update,
    current_fields,
    method_model,
    required_fields as required_of,
)

PICTURE = b"\x89PNG not really"


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda method: method.name)
def test_a_method_declares_just_the_parameters_that_the_bot_api_has(method: Method) -> None:
    model = method_model(method.name)

    assert method.required | method.optional == current_fields(model)
    assert method.required == required_of(model)


async def play_every_method(api: BotApi, client: PlainClient, aino: Phone, mikael: Phone) -> None:
    """Call each method so that it succeeds, with as many of its answer's fields as it can have."""
    to = {"chat_id": aino.id}
    written = aino.write("Hei @mentor_demo_bot, katso https://example.org #apua", reply_to=None)
    plain = (await client.ok("sendMessage", **to, text="Hei /help"))["message_id"]
    quoting = {"message_id": written, "quote": "katso"}
    keyboard = {"inline_keyboard": [[{"text": "Selvä", "callback_data": "ok"}]]}
    await client.ok(
        "sendMessage",
        **to,
        text="<b>Kuulen</b> sinua",
        parse_mode="HTML",
        reply_parameters=quoting,
        reply_markup=keyboard,
        protect_content=True,
        link_preview_options={"is_disabled": True},
    )
    await client.ok("copyMessage", **to, from_chat_id=aino.id, message_id=written)
    await client.ok("copyMessages", **to, from_chat_id=aino.id, message_ids=[written, plain])
    await client.ok("forwardMessage", **to, from_chat_id=aino.id, message_id=written)
    await client.ok("forwardMessages", **to, from_chat_id=aino.id, message_ids=[written])
    await play_files(client, to)
    await client.ok("sendContact", **to, phone_number="+358401234567", first_name="Sari", last_name="K")
    await client.ok("sendLocation", **to, latitude=60.17, longitude=24.94, live_period=60)
    await client.ok("sendVenue", **to, latitude=60.17, longitude=24.94, title="Asema", address="Katu 1")
    await client.ok("sendDice", **to, emoji="🎯")
    await client.ok("sendPoll", **to, question="Milloin?", options=[{"text": "ma"}, {"text": "ti"}])
    await client.ok("sendChatAction", **to, action="typing")
    await play_edits(client, to, plain)
    question = aino.press_data(plain, "ok")
    await client.ok("answerCallbackQuery", callback_query_id=question, text="Kiitos")
    await play_chats(api, client, to, plain)
    await play_profile(client, to)
    play_the_other_side(api, aino, mikael)
    await client.ok("getUpdates", timeout=0)
    await client.ok("setWebhook", url="https://bot.example.org/hook", allowed_updates=["message"])
    await client.ok("getWebhookInfo")
    await client.ok("deleteWebhook")
    await client.ok("close")
    await client.ok("logOut")


async def play_files(client: PlainClient, to: dict[str, Any]) -> None:
    form = {"chat_id": str(to["chat_id"])}
    for kind in ("photo", "document", "video", "animation", "audio", "voice", "video_note", "sticker"):
        name = "send" + "".join(word.title() for word in kind.split("_"))
        sent = await client.upload(name, {kind: ("a.bin", PICTURE)}, **form)
        if kind == "document":
            await client.ok("getFile", file_id=sent["document"]["file_id"])
    album = [
        {"type": "photo", "media": "attach://one", "caption": "a"},
        {"type": "photo", "media": "attach://two"},
    ]
    files = {"one": ("1.png", PICTURE), "two": ("2.png", PICTURE)}
    await client.upload("sendMediaGroup", files, **form, media=json.dumps(album))


async def play_edits(client: PlainClient, to: dict[str, Any], plain: int) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Avaa", "url": "https://example.org"}]]}
    await client.ok("editMessageText", **to, message_id=plain, text="Hei taas")
    await client.ok("editMessageReplyMarkup", **to, message_id=plain, reply_markup=keyboard)
    form = {"chat_id": str(to["chat_id"])}
    photo = await client.upload("sendPhoto", {"photo": ("a.png", PICTURE)}, **form)
    at = {**to, "message_id": photo["message_id"]}
    await client.ok("editMessageCaption", **at, caption="*tässä*", parse_mode="MarkdownV2")
    media = {"type": "photo", "media": photo["photo"][-1]["file_id"], "caption": "uusi"}
    await client.ok("editMessageMedia", **at, media=media)
    await client.ok("setMessageReaction", **at, reaction=[{"type": "emoji", "emoji": "👍"}])
    await client.ok("pinChatMessage", **at)
    await client.ok("getChat", **to)
    await client.ok("unpinChatMessage", **to)
    await client.ok("unpinAllChatMessages", **to)
    await client.ok("deleteMessage", **at)
    await client.ok("deleteMessages", **to, message_ids=[at["message_id"]])


async def play_chats(api: BotApi, client: PlainClient, to: dict[str, Any], plain: int) -> None:
    await client.ok("getChatMember", **to, user_id=to["chat_id"])
    api.telegram.has_topics_enabled = True
    topic = await client.ok("createForumTopic", **to, name="Asuminen")
    thread = {**to, "message_thread_id": topic["message_thread_id"]}
    await client.ok("sendMessage", **thread, text="täällä")
    await client.ok("editForumTopic", **thread, name="Koti")
    await client.ok("deleteForumTopic", **thread)
    group = api.telegram.group("Naapurit")
    group.add_bot(api.telegram.people[to["chat_id"]])
    await client.ok("leaveChat", chat_id=group.id)


async def play_profile(client: PlainClient, to: dict[str, Any]) -> None:
    await client.ok("getMe")
    for noun in ("Name", "Description", "ShortDescription"):
        parameter = {"ShortDescription": "short_description"}.get(noun, noun.lower())
        await client.ok(f"setMy{noun}", **{parameter: "Mentori"})
        await client.ok(f"getMy{noun}")
    await client.ok("setMyCommands", commands=[{"command": "help", "description": "Apua"}])
    await client.ok("getMyCommands")
    await client.ok("deleteMyCommands")
    await client.ok("setChatMenuButton", **to, menu_button={"type": "commands"})
    await client.ok("getChatMenuButton", **to)


def play_the_other_side(api: BotApi, aino: Phone, mikael: Phone) -> None:
    """Everything that people can do, so that every kind of update is in the queue."""
    api.telegram.updates.allowed = ["message", "message_reaction", "edited_message", "my_chat_member"]
    api.telegram.updates.allowed += ["callback_query", "channel_post"]
    mine = aino.write("  Moi 😀 /apua  ", entities=[{"type": "bold", "offset": 2, "length": 3}])
    aino.edit(mine, "Moikka")
    aino.react(mine, "👍")
    aino.react(mine, None)
    aino.react_with(mine, {"type": "custom_emoji", "custom_emoji_id": "5368324170671202286"}, {"type": "paid"})
    aino.write("vastaus", reply_to=mine, quote="Moi")
    for kind in ("photo", "document", "video", "animation", "audio", "voice", "video_note", "sticker"):
        aino.send_file(kind, PICTURE, caption="kuva" if kind == "photo" else "", file_name="a.bin")
    aino.send_album("photo", [PICTURE, PICTURE], caption="kaksi")
    aino.send_contact("+358401234567", "Mikael", owner=mikael)
    aino.send_location(60.17, 24.94, live_period=600)
    aino.send_venue(60.17, 24.94, "Asema", "Katu 1")
    aino.send_poll("Milloin?", ["ma", "ti"])
    aino.send_dice("🎰")
    aino.forward("luotettavaa", author=mikael)
    aino.forward("piilossa", author="Joku")
    photo = aino.send_file("photo", PICTURE, reply_to=mine)
    aino.replace_file(photo, "photo", PICTURE)
    aino.forward_message(photo)
    aino.send_file("document", PICTURE, file_name="a.png", mime_type="image/png")
    aino.write("Mikaelille", entities=[{"type": "text_mention", "offset": 0, "length": 6, "user": mikael.user}])
    aino.press_data(mine, "x")
    aino.press_data(1, "gone")
    aino.block()
    aino.unblock()
    group = api.telegram.group("Naapurit")
    group.add_bot(mikael)
    group.write(mikael, "/start@mentor_demo_bot")
    group.remove_bot(mikael)
    api.telegram.channel_post("Uutiset", "Tervetuloa")


async def test_every_answer_and_every_update_fits_the_models(
    api: BotApi, client: PlainClient, aino: Phone, mikael: Phone
) -> None:
    await play_every_method(api, client, aino, mikael)

    succeeded = check_transcript(api.transcript)

    assert succeeded == {method.name for method in METHODS.values()}
    (poll,) = api.transcript.calls("getUpdates")
    updates = json.loads(poll.answer)["result"]
    kinds = {check_update(update) for update in updates}
    assert kinds == {
        "message",
        "edited_message",
        "message_reaction",
        "callback_query",
        "my_chat_member",
        "channel_post",
    }


@pytest.mark.parametrize(
    ("method", "missing"),
    [(method.name, name) for method in METHODS.values() for name in sorted(method.required) if name != "url"],
)
async def test_a_missing_parameter_is_refused(
    api: BotApi, client: PlainClient, aino: Phone, method: str, missing: str
) -> None:
    message = (await client.ok("sendMessage", chat_id=aino.id, text="Hei"))["message_id"]
    api.telegram.has_topics_enabled = True
    topic = await client.ok("createForumTopic", chat_id=aino.id, name="Koti")
    good: dict[str, Any] = {
        "chat_id": aino.id,
        "from_chat_id": aino.id,
        "message_id": message,
        "message_ids": [message],
        "message_thread_id": topic["message_thread_id"],
        "text": "Hei",
        "action": "typing",
        "name": "Koti",
        "user_id": aino.id,
        "phone_number": "1",
        "first_name": "Aino",
        "latitude": 1,
        "longitude": 1,
        "title": "a",
        "address": "b",
        "question": "?",
        "options": ["a"],
        "commands": [],
    }
    params = {name: good[name] for name in METHODS[method.lower()].required if name in good and name != missing}

    answer = await client.call(method, **params)

    assert answer.status == 400
    assert answer.description.startswith("Bad Request: ")


def _call(method: str, result: object, **params: Any) -> Call:
    body = json.dumps({"ok": True, "result": result}).encode()
    return Call(at=0.0, method=method, params=params, status=200, effect=True, answer=body)


ME: dict[str, Any] = {"id": 1, "is_bot": True, "first_name": "Mentor"}


@pytest.mark.parametrize(
    "wrong",
    [
        {**ME, "nickname": "M"},
        {"id": 1, "is_bot": True},
        {**ME, "id": "1"},
        {**ME, "is_bot": 1},
        True,
    ],
    ids=["unknown field", "missing field", "text for a number", "number for a flag", "other kind"],
)
def test_control_a_wrong_answer_turns_the_check_red(wrong: object) -> None:
    with pytest.raises(Mismatch):
        check_answer(_call("getMe", wrong))


def test_control_a_wrong_field_deep_inside_turns_the_check_red() -> None:
    message = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private", "color": "red"}}

    with pytest.raises(Mismatch, match="color"):
        check_answer(_call("sendMessage", message))


def test_control_a_right_answer_passes() -> None:
    assert check_answer(_call("getMe", ME))


def test_control_an_unknown_parameter_turns_the_check_red() -> None:
    transcript = Transcript()
    transcript.note(_call("getMe", ME, colour="red"))

    with pytest.raises(Mismatch, match="colour"):
        check_transcript(transcript)


def test_control_an_empty_transcript_is_not_a_pass() -> None:
    with pytest.raises(Mismatch, match="nothing was checked"):
        check_transcript(Transcript())


def test_the_kinds_of_updates_are_those_of_the_bot_api() -> None:
    assert current_fields(Update) == UPDATE_KINDS | {"update_id"}
