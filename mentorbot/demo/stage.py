"""Everything that the page and the story play on: the stand-in, the real bot, the people."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from mentorbot.demo.bot_api.server import BotApi
from mentorbot.demo.bot_process import BotProcess
from mentorbot.demo.cast import Cast, Languages, gather

# What the bot is called at Telegram should give away nothing.
_NAME = "Harbour"
_USERNAME = "harbour_demo_bot"


@dataclass(frozen=True, kw_only=True)
class Stage:
    api: BotApi
    bot: BotProcess
    cast: Cast


@asynccontextmanager
async def open_stage(languages: Languages) -> AsyncIterator[Stage]:
    async with BotApi(username=_USERNAME, name=_NAME, has_topics=True) as api:
        cast = gather(api.telegram, languages)
        async with BotProcess(api) as bot:
            yield Stage(api=api, bot=bot, cast=cast)
