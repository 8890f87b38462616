import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi

from .client import PlainClient


@dataclass
class Hook:
    """The bot's side of a webhook: answers with the given statuses, then with 200."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    rang: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.BaseRequest) -> web.Response:
        self.received.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.rang.set()
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    async def until_received(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.received) < count:
                self.rang.clear()
                await self.rang.wait()


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    hook = Hook()
    protocol = web.Server(hook.handle)
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    hook.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    yield hook
    server.close()
    await protocol.shutdown(0.05)


async def test_updates_are_pushed_with_the_secret(client: PlainClient, aino: Phone, hook: Hook) -> None:
    aino.write("odotti jo")
    await client.ok("setWebhook", url=hook.url, secret_token="salaisuus_1")
    aino.write("Hei")

    await hook.until_received(2)

    assert [update["message"]["text"] for update in hook.received] == ["odotti jo", "Hei"]
    assert hook.secrets == ["salaisuus_1", "salaisuus_1"]


async def test_a_refused_update_is_pushed_again_before_the_next(
    api: BotApi, client: PlainClient, aino: Phone, hook: Hook
) -> None:
    api.telegram.webhook.first_pause = 0.01
    hook.answers = [500, 403]
    await client.ok("setWebhook", url=hook.url)
    aino.write("yksi")
    aino.write("kaksi")

    await hook.until_received(4)

    assert [update["message"]["text"] for update in hook.received] == ["yksi", "yksi", "yksi", "kaksi"]
    info = await client.ok("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 403 Forbidden"


async def test_what_was_not_taken_counts_as_pending(api: BotApi, client: PlainClient, aino: Phone, hook: Hook) -> None:
    api.telegram.webhook.first_pause = 30
    hook.answers = [500]
    await client.ok("setWebhook", url=hook.url)
    aino.write("Hei")
    await hook.until_received(1)

    assert (await client.ok("getWebhookInfo"))["pending_update_count"] == 1

    await client.ok("deleteWebhook")
    (update,) = await client.ok("getUpdates")
    assert update["message"]["text"] == "Hei"


async def test_polling_and_a_webhook_exclude_each_other(client: PlainClient, hook: Hook) -> None:
    await client.ok("setWebhook", url=hook.url)

    assert await client.refused("getUpdates") == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )

    await client.ok("setWebhook", url="")
    assert await client.ok("getUpdates") == []


async def test_a_webhook_can_begin_with_an_empty_queue(client: PlainClient, aino: Phone, hook: Hook) -> None:
    aino.write("vanha")
    await client.ok("setWebhook", url=hook.url, drop_pending_updates=True)
    aino.write("uusi")

    await hook.until_received(1)

    assert [update["message"]["text"] for update in hook.received] == ["uusi"]


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        (
            {"url": "http://bot.example.org/"},
            "Bad Request: bad webhook: An HTTPS URL must be provided for webhook",
        ),
        (
            {"url": "https://bot.example.org/", "secret_token": "ä"},
            "Bad Request: secret token contains unallowed characters",
        ),
    ],
)
async def test_a_webhook_that_cannot_be_is_refused(client: PlainClient, params: dict[str, str], sentence: str) -> None:
    assert await client.refused("setWebhook", **params) == sentence
    assert (await client.ok("getWebhookInfo"))["url"] == ""
