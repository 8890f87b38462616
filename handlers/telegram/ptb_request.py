"""python-telegram-bot's request layer on the bot's own aiohttp session (docs/adr/0002-telegram-request-layer.md)."""

import json
from typing import Any

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from handlers.telegram.api import ANSWER, NotDelivered, Unclear, exchange


class AiohttpRequest(BaseRequest):
    """What `telegram.Bot` sends its calls through. The session is opened and closed by the application."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    @property
    def read_timeout(self) -> float:
        return ANSWER

    async def initialize(self) -> None:
        """Nothing to do: the session is open."""

    async def shutdown(self) -> None:
        """Nothing to do: the session is not ours to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        """Status and body of a call. Its time limits are those of `api.exchange`."""
        data = b"{}" if request_data is None else _encoded(request_data)
        headers = {"Content-Type": "application/json"} if isinstance(data, bytes) else None
        try:
            return await exchange(self._session, url, data=data, headers=headers, answer=ANSWER)
        except NotDelivered:
            raise NetworkError("not delivered") from None
        except Unclear:
            raise TimedOut("unclear") from None


def _encoded(request_data: RequestData) -> bytes | aiohttp.FormData:
    files = request_data.multipart_data
    if not files:
        return json.dumps(request_data.parameters).encode()
    form = aiohttp.FormData(request_data.json_parameters, quote_fields=False)  # Telegram takes names as they are
    for field, (name, content, mime) in files.items():
        form.add_field(field, content, filename=name, content_type=mime)
    return form
