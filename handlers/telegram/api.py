"""Calls to the Bot API as plain JSON, and what their failure means for the thing that was to be done.

- ApiError
  - NotDelivered      certainly nothing happened: no connection was made
  - Unclear           it may have happened: no answer, half an answer, a 5xx
  - Refused           Telegram said no (`code`, `description`, `retry_after` in seconds where it asks for patience)
    - TokenRevoked    401 (or 404 for the token itself): nothing will ever work again
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from mentorbot.programme.errors import MentorbotError

CONNECT = 5.0  # seconds to get a connection
ANSWER = 20.0  # seconds between two pieces of an answer
CONNECTIONS = 160


class ApiError(MentorbotError):
    """A call to Telegram failed."""


class NotDelivered(ApiError):
    """Telegram could not be reached."""


class Unclear(ApiError):
    """Telegram gave no usable answer."""


class Refused(ApiError):
    """Telegram refused the call."""

    def __init__(self, code: int, description: str, retry_after: float | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after = retry_after


class TokenRevoked(Refused):
    """Telegram does not know the bot's token (any more)."""


@asynccontextmanager
async def open_session() -> AsyncIterator[aiohttp.ClientSession]:
    """The one HTTP session of the bot. A connection left idle is closed before Telegram would close it."""
    connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=30)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


async def exchange(
    session: aiohttp.ClientSession,
    url: str,
    *,
    data: Any,
    headers: Mapping[str, str] | None = None,
    answer: float,
) -> tuple[int, bytes]:
    """POST and return status and body. Raises NotDelivered or Unclear, never an error that holds the URL."""
    timeout = aiohttp.ClientTimeout(total=None, connect=CONNECT, sock_read=answer)
    try:
        async with session.post(url, data=data, headers=headers, timeout=timeout) as response:
            return response.status, await response.read()
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise NotDelivered from None
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise Unclear from None


class Api:
    """The methods of the Bot API."""

    def __init__(self, session: aiohttp.ClientSession, *, base_url: str) -> None:
        self._session = session
        self._base_url = base_url  # ends with the token: never logged

    async def call(self, method: str, parameters: Mapping[str, Any] | None = None, *, answer: float = ANSWER) -> Any:
        """The result of a method, as parsed JSON. `answer` is how long to wait for it, in seconds. Raises ApiError."""
        given = parameters or {}
        if any(isinstance(value, bytes) for value in given.values()):  # a file to be uploaded
            data: Any = _form(given)
            headers = None
        else:
            data, headers = json.dumps(given).encode(), _JSON
        status, body = await exchange(self._session, self._base_url + method, data=data, headers=headers, answer=answer)
        return _result(status, body)

    async def file(self, file_id: str, *, most: int) -> bytes:
        """What is in a file, `most` bytes of it. Nothing is done by fetching: whatever fails is NotDelivered, or
        Refused where Telegram says so."""
        try:
            path = (await self.call("getFile", {"file_id": file_id}))["file_path"]
            head, _, token = self._base_url.rpartition("/bot")
            async with self._session.get(f"{head}/file/bot{token}{path}", timeout=_FETCH) as response:
                if response.status != 200:
                    raise NotDelivered
                found = b""
                async for piece in response.content.iter_chunked(65_536):
                    if len(found := found + piece) > most:
                        raise Refused(400, "file is too big")
                return found
        except (Unclear, aiohttp.ClientError, TimeoutError, OSError, KeyError, TypeError):
            raise NotDelivered from None


_JSON = {"Content-Type": "application/json"}
_FETCH = aiohttp.ClientTimeout(total=None, connect=CONNECT, sock_read=ANSWER)


def _form(parameters: Mapping[str, Any]) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in parameters.items():
        if isinstance(value, bytes):
            form.add_field(name, value, filename=name)
        else:
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
    return form


def _result(status: int, body: bytes) -> Any:
    if status >= 500:
        raise Unclear
    try:
        answer = json.loads(body)
        if answer["ok"]:
            return answer["result"]
        refusal = (int(answer["error_code"]), str(answer["description"]))
        patience = answer.get("parameters", {}).get("retry_after")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unclear from None
    if status == 401 or (status == 404 and refusal[1] == "Not Found"):
        raise TokenRevoked(*refusal)
    raise Refused(*refusal, retry_after=None if patience is None else float(patience))
