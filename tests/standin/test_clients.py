"""One small story, played by three clients: python-telegram-bot, aiogram, and a plain HTTP client."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

import aiogram
import aiogram.client.session.aiohttp
import aiogram.client.telegram
import aiogram.types
import aiohttp
import pytest
import telegram

from mentorbot.demo.bot_api.server import BotApi

from .client import PlainClient
from .models import check_transcript

LETTER = b"Hyv\xc3\xa4 hakija"


class Driver(Protocol):
    """What the story needs of a client; ids in and out."""

    async def username(self) -> str: ...

    async def poll(self, offset: int) -> list[tuple[int, str]]:
        """Update ids, each with its text or its button's data."""

    async def ask(self, chat: int, text: str, button: str, data: str) -> int: ...

    async def answer(self, query: str, text: str) -> None: ...

    async def copy(self, chat: int, source: int, message: int) -> int: ...

    async def edit(self, chat: int, message: int, text: str) -> None: ...

    async def send_letter(self, chat: int, data: bytes) -> bytes:
        """Send it as a document and give what the server gives back for it."""

    async def delete(self, chat: int, message: int) -> None: ...


class PlainDriver:
    def __init__(self, client: PlainClient) -> None:
        self._client = client

    async def username(self) -> str:
        return str((await self._client.ok("getMe"))["username"])

    async def poll(self, offset: int) -> list[tuple[int, str]]:
        updates = await self._client.ok("getUpdates", offset=offset, timeout=1)
        return [(update["update_id"], _said(update)) for update in updates]

    async def ask(self, chat: int, text: str, button: str, data: str) -> int:
        keyboard = {"inline_keyboard": [[{"text": button, "callback_data": data}]]}
        sent = await self._client.ok("sendMessage", chat_id=chat, text=text, parse_mode="HTML", reply_markup=keyboard)
        return int(sent["message_id"])

    async def answer(self, query: str, text: str) -> None:
        await self._client.ok("answerCallbackQuery", callback_query_id=query, text=text)

    async def copy(self, chat: int, source: int, message: int) -> int:
        copy = await self._client.ok("copyMessage", chat_id=chat, from_chat_id=source, message_id=message)
        return int(copy["message_id"])

    async def edit(self, chat: int, message: int, text: str) -> None:
        await self._client.ok("editMessageText", chat_id=chat, message_id=message, text=text)

    async def send_letter(self, chat: int, data: bytes) -> bytes:
        sent = await self._client.upload(
            "sendDocument", {"document": ("hakemus.txt", data)}, chat_id=str(chat), caption="Hakemus"
        )
        found = await self._client.ok("getFile", file_id=sent["document"]["file_id"])
        return await self._client.download(found["file_path"])

    async def delete(self, chat: int, message: int) -> None:
        await self._client.ok("deleteMessage", chat_id=chat, message_id=message)


def _said(update: dict[str, Any]) -> str:
    if "callback_query" in update:
        return str(update["callback_query"]["data"])
    return str(update["message"]["text"])


class PtbDriver:
    def __init__(self, bot: telegram.Bot) -> None:
        self._bot = bot

    async def username(self) -> str:
        return str((await self._bot.get_me()).username)

    async def poll(self, offset: int) -> list[tuple[int, str]]:
        updates = await self._bot.get_updates(offset=offset, timeout=1, allowed_updates=[])
        return [(update.update_id, self._said(update)) for update in updates]

    @staticmethod
    def _said(update: telegram.Update) -> str:
        if update.callback_query is not None:
            return str(update.callback_query.data)
        assert update.message is not None
        return str(update.message.text)

    async def ask(self, chat: int, text: str, button: str, data: str) -> int:
        key = telegram.InlineKeyboardButton(button, callback_data=data)
        markup = telegram.InlineKeyboardMarkup([[key]])
        return (await self._bot.send_message(chat, text, parse_mode="HTML", reply_markup=markup)).message_id

    async def answer(self, query: str, text: str) -> None:
        await self._bot.answer_callback_query(query, text)

    async def copy(self, chat: int, source: int, message: int) -> int:
        return (await self._bot.copy_message(chat, source, message)).message_id

    async def edit(self, chat: int, message: int, text: str) -> None:
        await self._bot.edit_message_text(text, chat, message)

    async def send_letter(self, chat: int, data: bytes) -> bytes:
        sent = await self._bot.send_document(chat, data, filename="hakemus.txt", caption="Hakemus")
        assert sent.document is not None
        found = await self._bot.get_file(sent.document.file_id)
        return bytes(await found.download_as_bytearray())

    async def delete(self, chat: int, message: int) -> None:
        await self._bot.delete_message(chat, message)


class AiogramDriver:
    def __init__(self, bot: aiogram.Bot) -> None:
        self._bot = bot

    async def username(self) -> str:
        return str((await self._bot.get_me()).username)

    async def poll(self, offset: int) -> list[tuple[int, str]]:
        updates = await self._bot.get_updates(offset=offset, timeout=1)
        return [(update.update_id, self._said(update)) for update in updates]

    @staticmethod
    def _said(update: aiogram.types.Update) -> str:
        if update.callback_query is not None:
            return str(update.callback_query.data)
        assert update.message is not None
        return str(update.message.text)

    async def ask(self, chat: int, text: str, button: str, data: str) -> int:
        key = aiogram.types.InlineKeyboardButton(text=button, callback_data=data)
        markup = aiogram.types.InlineKeyboardMarkup(inline_keyboard=[[key]])
        return (await self._bot.send_message(chat, text, parse_mode="HTML", reply_markup=markup)).message_id

    async def answer(self, query: str, text: str) -> None:
        await self._bot.answer_callback_query(query, text=text)

    async def copy(self, chat: int, source: int, message: int) -> int:
        return (await self._bot.copy_message(chat, source, message)).message_id

    async def edit(self, chat: int, message: int, text: str) -> None:
        await self._bot.edit_message_text(text, chat_id=chat, message_id=message)

    async def send_letter(self, chat: int, data: bytes) -> bytes:
        letter = aiogram.types.BufferedInputFile(data, "hakemus.txt")
        sent = await self._bot.send_document(chat, letter, caption="Hakemus")
        assert sent.document is not None
        received = await self._bot.download(sent.document)
        assert received is not None
        return received.read()

    async def delete(self, chat: int, message: int) -> None:
        await self._bot.delete_message(chat, message)


@asynccontextmanager
async def plain(api: BotApi) -> AsyncIterator[Driver]:
    async with aiohttp.ClientSession() as session:
        yield PlainDriver(PlainClient(api, session))


@asynccontextmanager
async def ptb(api: BotApi) -> AsyncIterator[Driver]:
    async with telegram.Bot(api.token, base_url=f"{api.url}/bot", base_file_url=f"{api.url}/file/bot") as bot:
        yield PtbDriver(bot)


@asynccontextmanager
async def of_aiogram(api: BotApi) -> AsyncIterator[Driver]:
    server = aiogram.client.telegram.TelegramAPIServer.from_base(api.url)
    session = aiogram.client.session.aiohttp.AiohttpSession(api=server)
    async with aiogram.Bot(api.token, session=session) as bot:
        yield AiogramDriver(bot)


@pytest.mark.parametrize("open_driver", [plain, ptb, of_aiogram])
async def test_a_client_plays_the_story(open_driver: Any, api: BotApi) -> None:
    aino, mikael = api.telegram.person("Aino"), api.telegram.person("Mikael")
    async with open_driver(api) as driver:
        assert await driver.username() == "mentor_demo_bot"

        mikael.start()
        aino.start("kutsu-1")
        (_, _), (last, text) = await driver.poll(0)
        assert text == "/start kutsu-1"

        asked = await driver.ask(aino.id, "Tervetuloa, <b>Aino</b> 👋", "Hyväksyn", "accept:1")
        assert aino.message(asked).text == "Tervetuloa, Aino 👋"
        assert aino.message(asked).entities == ({"type": "bold", "offset": 12, "length": 4},)
        query = aino.press(asked, "Hyväksyn")
        ((last, data),) = await driver.poll(last + 1)
        assert data == "accept:1"
        await driver.answer(query, "Kiitos")
        assert [toast.text for toast in aino.toasts] == ["Kiitos"]
        await driver.edit(aino.id, asked, "Olet mukana.")
        assert aino.message(asked).text == "Olet mukana."
        assert aino.message(asked).keyboard == ()

        said = aino.write("Voidaanko puhua?", entities=[{"type": "italic", "offset": 0, "length": 9}])
        copied = await driver.copy(mikael.id, aino.id, said)
        assert mikael.message(copied).entities == ({"type": "italic", "offset": 0, "length": 9},)
        assert await driver.send_letter(mikael.id, LETTER) == LETTER
        assert mikael.messages[-1].text == "Hakemus"
        await driver.delete(mikael.id, copied)
        assert copied not in [message.id for message in mikael.messages]

    check_transcript(api.transcript)
    assert all(call.effect for call in api.transcript)
