"""The HTTP side: /bot<token>/<method> and /file/bot<token>/<path>, on the loopback."""

import asyncio
import re
import time
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, cast

from aiohttp import web

from . import (
    methods_bot,
    methods_carry,
    methods_chat,
    methods_edit,
    methods_files,
    methods_send,
    methods_updates,
)
from .errors import ApiError, bad_request, not_found, not_played, unauthorized
from .faults import Fault, Faults, Kind
from .files import UPLOAD_LIMIT
from .params import Params, read_params
from .registry import METHODS, NOT_PLAYED, Described, Method, RawResult
from .telegram import Telegram
from .transcript import Call, Transcript
from .wire import Reply, encode

DEMO_TOKEN = "7312000001:AA-stand-in-token-that-opens-nothing"  # noqa: S105 (made up)

_HOST = "127.0.0.1"
_TOKEN_SHAPE = re.compile(r"\d+:[\w-]+")
# Importing the modules of methods has filled the table; this keeps the imports honest.
_METHOD_MODULES = (
    methods_bot,
    methods_carry,
    methods_chat,
    methods_edit,
    methods_files,
    methods_send,
    methods_updates,
)
# Telegram counts these against its pace.
_PACED = ("send", "copy", "forward", "edit")
_UNPACED = frozenset({"sendChatAction"})
_GOODBYE_SECONDS = 0.05
# What the transcript tells of a call that was neither carried out nor answered.
_NO_REPLY = Reply(0, b"")


class BotApi:
    """Telegram for one bot. Made, started and stopped inside a running event loop."""

    def __init__(
        self,
        *,
        token: str = DEMO_TOKEN,
        username: str = "mentor_demo_bot",
        name: str = "Mentor",
        has_topics: bool = False,
    ) -> None:
        self.token = token
        self.telegram = Telegram(bot_id=int(token.partition(":")[0]), username=username, name=name)
        self.telegram.has_topics_enabled = has_topics
        self.transcript = Transcript()
        self.faults = Faults(self.telegram, stop_listening=self._close, listen_again=self._open)
        self.url = ""
        self._port = 0
        self._protocol: web.Server | None = None
        self._listener: asyncio.Server | None = None

    async def start(self, port: int = 0) -> None:
        self._port = port
        await self._open()
        self.url = f"http://{_HOST}:{self._port}"

    async def stop(self) -> None:
        self.telegram.webhook.remove()
        self.faults.clear()
        await self._close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _open(self) -> None:
        if self._listener is not None:
            return
        loop = asyncio.get_running_loop()
        self._protocol = web.Server(self._handle, request_factory=_make_request, access_log=None)
        self._listener = await loop.create_server(self._protocol, _HOST, self._port)
        self._port = self._listener.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        """Stop listening and cut every connection, also of calls in progress."""
        if self._listener is None or self._protocol is None:
            return
        self._listener.close()
        await self._protocol.shutdown(_GOODBYE_SECONDS)
        self._listener = self._protocol = None

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        _, first, *rest = request.path.split("/")
        if first == "file" and rest:
            return self._download(rest[0], "/".join(rest[1:]))
        if not first.startswith("bot") or len(rest) != 1:
            return _response(not_found().reply())
        came = time.monotonic()
        method = METHODS.get(rest[0].lower())
        name = method.name if method is not None else rest[0]
        try:
            params = await read_params(request)
            self._check_token(first)
        except ApiError as error:
            return self._refuse(came, name, error)
        if method is None:
            return self._refuse(came, name, not_found())
        fault = self.faults.take(name, params)
        reply, effect = await self._answer(method, params, fault)
        if self.transcript.enabled:
            self._note(came, name, params, reply, effect)
        if fault is None:
            return _response(reply)
        return await self._spoil(request, fault, reply)

    def _refuse(self, came: float, name: str, error: ApiError) -> web.Response:
        reply = error.reply()
        if self.transcript.enabled:
            self._note(came, name, Params({}, {}), reply, False)
        return _response(reply)

    def _note(self, came: float, name: str, params: Params, reply: Reply, effect: bool) -> None:
        self.transcript.note(
            Call(
                at=came,
                method=name,
                params=params.raw,
                status=reply.status,
                effect=effect,
                answer=reply.body,
            )
        )

    def _check_token(self, segment: str) -> None:
        token = segment.removeprefix("bot")
        if not _TOKEN_SHAPE.fullmatch(token):
            raise not_found()
        if token != self.token or self.faults.token_revoked:
            raise unauthorized()
        if self.telegram.logged_out:
            raise bad_request("Logged out")

    async def _answer(self, method: Method, params: Params, fault: Fault | None) -> tuple[Reply, bool]:
        """The reply, and whether the call was carried out."""
        if fault is not None:
            await asyncio.sleep(fault.seconds)
            if not fault.effect:
                return fault.reply or _NO_REPLY, False
            if fault.kind is Kind.MISPLACE:
                beside = {key: value for key, value in params.raw.items() if key != "message_thread_id"}
                params = Params(beside, params.files)
        try:
            reply = Reply(200, await self._carry_out(method, params))
        except ApiError as error:
            return error.reply(), False
        return (fault.reply if fault and fault.reply else reply), True

    async def _carry_out(self, method: Method, params: Params) -> bytes:
        raw = params.raw
        if not NOT_PLAYED.isdisjoint(raw):
            raise not_played(", ".join(sorted(NOT_PLAYED & raw.keys())))
        if self.faults.limits.enabled and method.name.startswith(_PACED) and method.name not in _UNPACED:
            self.faults.limits.check(params.integer("chat_id") or 0)
        result = method.handler(self.telegram, params)
        if isinstance(result, Coroutine):
            result = await cast(Coroutine[Any, Any, object], result)
        if isinstance(result, RawResult):
            return b'{"ok":true,"result":' + result.json + b"}"
        if isinstance(result, Described):
            return encode({"ok": True, "result": result.result, "description": result.description})
        return encode({"ok": True, "result": result})

    async def _spoil(self, request: web.BaseRequest, fault: Fault, reply: Reply) -> web.StreamResponse:
        if fault.kind is Kind.STALL:
            await self.faults.until_cleared()
        if fault.kind in (Kind.STALL, Kind.DROP):
            _cut(request)
        elif fault.kind is Kind.TRUNCATE:
            half = web.StreamResponse(status=reply.status, headers={"Content-Type": reply.content_type})
            half.content_length = len(reply.body)
            await half.prepare(request)
            await half.write(reply.body[: len(reply.body) // 2])
            _cut(request)
            return half
        return _response(reply)

    def _download(self, segment: str, path: str) -> web.Response:
        try:
            self._check_token(segment)
        except ApiError as error:
            return _response(error.reply())
        stored = self.telegram.files.by_path(path)
        if stored is None:
            return _response(not_found().reply())
        return web.Response(body=stored.data, content_type="application/octet-stream")


def _make_request(*args: Any) -> web.BaseRequest:
    message, payload, protocol, writer, task = args
    return web.BaseRequest(
        message,
        payload,
        protocol,
        writer,
        task,
        asyncio.get_running_loop(),
        client_max_size=UPLOAD_LIMIT + 1024 * 1024,
    )


def _response(reply: Reply) -> web.Response:
    return web.Response(status=reply.status, body=reply.body, content_type=reply.content_type)


def _cut(request: web.BaseRequest) -> None:
    if request.transport is not None:
        request.transport.close()
