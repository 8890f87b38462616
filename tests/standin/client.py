"""A plain HTTP client, as someone with no library would write it."""

from dataclasses import dataclass
from typing import Any

import aiohttp

from mentorbot.demo.bot_api.server import BotApi


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    body: dict[str, Any]

    @property
    def description(self) -> str:
        description: str = self.body.get("description", "")
        return description


class PlainClient:
    def __init__(self, api: BotApi, session: aiohttp.ClientSession) -> None:
        self._api = api
        self._session = session

    async def call(self, method: str, **params: Any) -> Answer:
        address = f"{self._api.url}/bot{self._api.token}/{method}"
        async with self._session.post(address, json=params) as answer:
            return Answer(status=answer.status, body=await answer.json())

    async def ok(self, method: str, **params: Any) -> Any:
        """The result of a call that must succeed."""
        answer = await self.call(method, **params)
        assert answer.status == 200, answer
        assert answer.body["ok"] is True
        return answer.body["result"]

    async def refused(self, method: str, **params: Any) -> str:
        """The description of a call that must fail; the status stands in the body too."""
        answer = await self.call(method, **params)
        assert answer.body["ok"] is False, answer
        assert answer.body["error_code"] == answer.status
        return answer.description

    async def upload(self, method: str, files: dict[str, tuple[str, bytes]], **params: str) -> Any:
        form = aiohttp.FormData()
        for key, value in params.items():
            form.add_field(key, value)
        for key, (file_name, data) in files.items():
            form.add_field(key, data, filename=file_name, content_type="application/octet-stream")
        address = f"{self._api.url}/bot{self._api.token}/{method}"
        async with self._session.post(address, data=form) as answer:
            body = await answer.json()
            assert answer.status == 200, body
            return body["result"]

    async def download(self, path: str) -> bytes:
        address = f"{self._api.url}/file/bot{self._api.token}/{path}"
        async with self._session.get(address) as answer:
            assert answer.status == 200
            return await answer.read()
