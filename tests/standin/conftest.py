from collections.abc import AsyncIterator

import aiohttp
import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi

from .client import PlainClient


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
async def client(api: BotApi) -> AsyncIterator[PlainClient]:
    async with aiohttp.ClientSession() as session:
        yield PlainClient(api, session)


@pytest.fixture
def aino(api: BotApi) -> Phone:
    """A participant who has opened the chat; the update for it is out of the way."""
    return _opened(api, api.telegram.person("Aino", language_code="fi", username="aino_k"))


@pytest.fixture
def mikael(api: BotApi) -> Phone:
    return _opened(api, api.telegram.person("Mikael", last_name="Lind", language_code="sv"))


@pytest.fixture
def otto(api: BotApi) -> Phone:
    """An outsider who has never written to the bot."""
    return api.telegram.person("Otto")


def _opened(api: BotApi, phone: Phone) -> Phone:
    phone.start()
    api.telegram.updates.drop_all()
    return phone
