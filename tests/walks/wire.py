"""The wire between the bot and the stand-in: what aiohttp's session is to the bot, without a socket.

Whatever is carried out is noted in the journal, in order: what anybody has ever been shown is in there.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import aiohttp

from mentorbot.demo.bot_api.params import Params
from mentorbot.demo.bot_api.registry import METHODS
from mentorbot.demo.bot_api.server import BotApi

from .life import Dead, Life

SECONDS = 3.0
"""How long a slow call takes."""


WORD = re.compile(r"\bw(\d+)v(\d+)\b")
"""A word that is in one version of one letter and in nothing else: which letter, which version."""


class Trouble(Enum):
    """What can befall a call."""

    REFUSED = "no connection was made"
    FLOOD = "429: come again in three seconds"
    ERROR = "502, and nothing was done"
    REJECTED = "400: Telegram will never take this letter, or makes no topic"
    LOST = "it was done, and the answer never came"
    BROKEN = "it was done, and the answer is a 502"
    SLOW = "it is done after a while"
    LATE = "it is done, and the answer comes after a while"


_DONE_ANYHOW = frozenset({Trouble.LOST, Trouble.BROKEN, Trouble.SLOW, Trouble.LATE})
_REJECTABLE = frozenset({"copyMessage", "createForumTopic"})
_SPARED = frozenset({"getUpdates", "getMe", "answerCallbackQuery"})
_ANSWERS: dict[Trouble, tuple[int, dict[str, Any]]] = {
    Trouble.FLOOD: (429, {"description": "Too Many Requests: retry after 3", "parameters": {"retry_after": 3}}),
    Trouble.ERROR: (502, {"description": "Bad Gateway"}),
    Trouble.REJECTED: (400, {"description": "Bad Request: message can't be sent"}),
    Trouble.BROKEN: (502, {"description": "Bad Gateway"}),
}


@dataclass
class Effect:
    """One call that was carried out: when, in which life of the bot, and whether its answer came."""

    method: str
    params: dict[str, Any]
    result: Any
    life: Life
    at: float
    heard: bool = False


@dataclass
class Wire:
    """Stays; the lives of the bot come and go. `troubles` befall the next calls; None befalls nothing."""

    api: BotApi
    journal: list[Effect] = field(default_factory=list)
    troubles: list[Trouble | None] = field(default_factory=list)

    @asynccontextmanager
    async def session(self, life: Life) -> AsyncIterator[Any]:
        yield _Session(self, life)

    async def carry(self, method: str, raw: dict[str, Any], life: Life) -> tuple[int, bytes]:
        trouble = None
        if method not in _SPARED and self.troubles:
            trouble = self.troubles.pop(0)
            if trouble is Trouble.REJECTED and not (WORD.search(json.dumps(raw)) or method in _REJECTABLE):
                trouble = None
        life.edge()
        if trouble is Trouble.REFUSED:
            raise aiohttp.ConnectionTimeoutError
        if trouble is not None and trouble not in _DONE_ANYHOW:
            return _refusal(trouble)
        if trouble is Trouble.SLOW:
            await asyncio.sleep(SECONDS)
            life.edge()
        status, body, effect = await self._carry_out(method, raw, life)
        life.edge()
        if trouble is Trouble.LOST:
            raise aiohttp.ServerDisconnectedError
        if trouble is Trouble.BROKEN:
            return _refusal(trouble)
        if trouble is Trouble.LATE:
            await asyncio.sleep(SECONDS)
            life.edge()
        if effect is not None:
            effect.heard = True
        return status, body

    async def _carry_out(self, method: str, raw: dict[str, Any], life: Life) -> tuple[int, bytes, Effect | None]:
        params = Params({key: value for key, value in raw.items() if value is not None}, {})
        reply, done = await self.api._answer(METHODS[method.lower()], params, None)
        if not done or method in _SPARED:
            return reply.status, reply.body, None
        effect = Effect(method, params.raw, json.loads(reply.body)["result"], life, asyncio.get_running_loop().time())
        self.journal.append(effect)
        return reply.status, reply.body, effect


def _refusal(trouble: Trouble) -> tuple[int, bytes]:
    status, answer = _ANSWERS[trouble]
    return status, json.dumps({"ok": False, "error_code": status, **answer}).encode()


class _Session:
    """As much of aiohttp.ClientSession as the bot uses to call methods."""

    def __init__(self, wire: Wire, life: Life) -> None:
        self._wire = wire
        self._life = life

    def post(self, url: str, *, data: bytes, **_: object) -> "_Exchange":
        return _Exchange(self._wire, self._life, url.rpartition("/")[2], json.loads(data))


class _Exchange:
    def __init__(self, wire: Wire, life: Life, method: str, raw: dict[str, Any]) -> None:
        self._call = (method, raw, life)
        self._wire = wire
        self.status = 0
        self._body = b""

    async def __aenter__(self) -> "_Exchange":
        try:
            self.status, self._body = await self._wire.carry(*self._call)
        except Dead:
            raise aiohttp.ServerDisconnectedError from None
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def read(self) -> bytes:
        return self._body
