import io
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from rich.console import Console

from mentorbot.demo.bot_api.server import BotApi
from mentorbot.demo.bot_process import BotProcess, Invitation
from mentorbot.demo.cast import Actor, Languages, gather
from mentorbot.demo.page.server import page
from mentorbot.demo.stage import Stage, open_stage
from mentorbot.demo.story import LANGUAGES, Story
from mentorbot.demo.teller import Teller

FIRST = Invitation(link="https://t.me/harbour_demo_bot?start=abc-123", payload="abc-123", code="K7PQ2M")

Call = Callable[..., Awaitable[Any]]
Say = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Everything that the story plays on, with the bot running."""
    async with open_stage(LANGUAGES) as stage:
        yield stage


@pytest.fixture
async def quiet_stage() -> AsyncIterator[Stage]:
    """Without a bot: tests speak in its place."""
    async with BotApi() as api:
        bot = BotProcess(api)
        try:
            yield Stage(api=api, bot=bot, cast=gather(api.telegram, Languages()))
        finally:
            bot.remove()


@pytest.fixture
async def address(quiet_stage: Stage) -> AsyncIterator[str]:
    """The page on the quiet stage."""
    async with page(quiet_stage, FIRST) as url:
        yield url


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def call(quiet_stage: Stage, session: aiohttp.ClientSession) -> Call:
    """Call a method in the bot's place: `await call("deleteMessage", **its parameters)` gives the result."""

    async def call(method: str, **parameters: object) -> Any:
        api = quiet_stage.api
        async with session.post(f"{api.url}/bot{api.token}/{method}", json=parameters) as response:
            answer = await response.json()
        assert answer["ok"], answer
        return answer["result"]

    return call


@pytest.fixture
def say(call: Call) -> Say:
    """Send a message in the bot's place: `await say(actor, text, **parameters of sendMessage)`."""

    async def send(actor: Actor, text: str, **parameters: object) -> dict[str, Any]:
        sent: dict[str, Any] = await call("sendMessage", chat_id=actor.phone.id, text=text, **parameters)
        return sent

    return send


async def everybody_joins(stage: Stage) -> Story:
    """Sari, Mikael and Aino have joined, and are paired. Gives the story, to be told on from there."""
    story = Story(stage, Teller(stage, Console(file=io.StringIO())), 10)
    for title, chapter in story.chapters():
        await chapter()
        if "together" in title:
            return story
    pytest.fail("the story has no chapter about pairing")
