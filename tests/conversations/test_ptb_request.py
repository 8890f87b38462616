"""python-telegram-bot on the bot's own session."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TimedOut

from handlers.telegram.ptb_request import AiohttpRequest
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi


@pytest.fixture
async def bot(bot_api: BotApi, session: aiohttp.ClientSession) -> AsyncIterator[Bot]:
    request = AiohttpRequest(session)
    bot = Bot(
        bot_api.token,
        base_url=f"{bot_api.url}/bot",
        base_file_url=f"{bot_api.url}/file/bot",
        request=request,
        get_updates_request=request,
    )
    async with bot:
        yield bot


@pytest.fixture
def aino(bot_api: BotApi) -> Phone:
    phone = bot_api.telegram.person("Aino")
    bot_api.telegram.open_chat(phone.chat)
    return phone


async def test_the_bot_introduces_itself(bot: Bot, bot_api: BotApi) -> None:
    assert bot.username == bot_api.telegram.bot["username"]


async def test_a_message_arrives_with_its_buttons(bot: Bot, aino: Phone) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y")]])
    sent = await bot.send_message(aino.id, "Hyvää päivää 🌲", reply_markup=keyboard)
    shown = aino.message(sent.message_id)
    assert shown.text == "Hyvää päivää 🌲"
    assert shown.keyboard == (("Yes",),)


async def test_a_file_arrives_byte_for_byte(bot: Bot, aino: Phone) -> None:
    data = bytes(range(256)) * 40
    sent = await bot.send_document(aino.id, data, filename="päiväkirja.bin", caption="Here")
    shown = aino.message(sent.message_id)
    assert shown.media is not None
    assert (shown.media.data, shown.media.file_name, shown.text) == (data, "päiväkirja.bin", "Here")


async def test_a_file_comes_down_byte_for_byte(bot: Bot, bot_api: BotApi, aino: Phone) -> None:
    data = bytes(range(255, -1, -1)) * 40
    message = aino.send_file("document", data, file_name="a.bin")
    media = aino.message(message).media
    assert media is not None
    file = await bot.get_file(media.details["file_id"])
    assert bytes(await file.download_as_bytearray()) == data


@pytest.mark.filterwarnings("ignore:.*retry_after:telegram.warnings.PTBDeprecationWarning")
async def test_refusals_are_raised_as_its_own_errors(bot: Bot, bot_api: BotApi, aino: Phone) -> None:
    bot_api.faults.blocked("sendMessage")
    bot_api.faults.bad_request("sendMessage", "message text is empty")
    bot_api.faults.too_many_requests("sendMessage", 7)
    for expected in (Forbidden, BadRequest, RetryAfter):
        with pytest.raises(expected):
            await bot.send_message(aino.id, "Hello")


async def test_a_lost_connection_is_told_apart_from_a_refused_one(bot: Bot, bot_api: BotApi, aino: Phone) -> None:
    bot_api.faults.drop("sendMessage", effect=True)
    with pytest.raises(TimedOut):
        await bot.send_message(aino.id, "Hello")
    await bot_api.faults.refuse_connections()
    with pytest.raises(NetworkError) as caught:
        await bot.send_message(aino.id, "Hello")
    assert not isinstance(caught.value, TimedOut)
    await bot_api.faults.accept_connections()


async def test_the_session_outlives_the_bot(bot_api: BotApi, session: aiohttp.ClientSession) -> None:
    request = AiohttpRequest(session)
    async with Bot(bot_api.token, base_url=f"{bot_api.url}/bot", request=request, get_updates_request=request):
        pass
    assert not session.closed
