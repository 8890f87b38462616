from collections.abc import AsyncIterator

import aiohttp
import pytest

from handlers.telegram.api import Api, open_session
from mentorbot.demo.bot_api.server import BotApi
from storage.transaction import Store
from tests.conversations.parts import Fragile, open_fragile
from tests.conversations.post import Post, a_post
from tests.journeys.conftest import programme
from tests.people import Installation

__all__ = ["programme"]


@pytest.fixture
async def bot_api() -> AsyncIterator[BotApi]:
    """Telegram: the stand-in."""
    async with BotApi() as bot_api:
        yield bot_api


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_session() as session:
        yield session


@pytest.fixture
def api(bot_api: BotApi, session: aiohttp.ClientSession) -> Api:
    return Api(session, base_url=f"{bot_api.url}/bot{bot_api.token}/")


@pytest.fixture
async def fragile(installation: Installation) -> AsyncIterator[Fragile]:
    async with open_fragile(installation) as fragile:
        yield fragile


@pytest.fixture
async def post(store: Store, api: Api, bot_api: BotApi) -> Post:
    return await a_post(store, api, bot_api)


@pytest.fixture
async def fragile_post(fragile: Fragile, api: Api, bot_api: BotApi) -> Post:
    return await a_post(fragile.store, api, bot_api)
