"""What a person does on the page: each a POST with a JSON body, done by their phone."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from mentorbot.demo.bot_api.shown import PhoneError
from mentorbot.demo.bot_process import BotFailed, Invitation
from mentorbot.demo.cast import Actor
from mentorbot.demo.doorway import doorway
from mentorbot.demo.page.typed import formatted
from mentorbot.demo.samples import SAMPLES
from mentorbot.demo.stage import Stage

STAGE = web.AppKey("stage", Stage)
FIRST_INVITE = web.AppKey("first_invite", Invitation)

routes = web.RouteTableDef()

# Only scripts of this page can send it without the browser asking first: no other site's form can.
_JSON = "application/json"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Nothing(_Body):
    pass


class _Written(_Body):
    text: str
    reply_to: int | None = None
    topic: int | None = None
    quote: str | None = None


class _Attached(_Body):
    what: str
    text: str = ""
    reply_to: int | None = None
    topic: int | None = None


class _Pressed(_Body):
    message: int
    row: int
    column: int


class _Changed(_Body):
    message: int
    text: str


class _Meant(_Body):
    message: int


class _Reacted(_Body):
    message: int
    emoji: str | None


B = TypeVar("B", bound=_Body)
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _action(name: str, kind: type[B]) -> Callable[[Callable[[web.Request, Actor, B], Any]], _Handler]:
    """Serve an action at /phones/<key>/<name>; what it gives is the answer."""

    def register(act: Callable[[web.Request, Actor, B], Any]) -> _Handler:
        @routes.post(f"/phones/{{key}}/{name}")
        async def handle(request: web.Request) -> web.StreamResponse:
            actor = request.app[STAGE].cast.by_key(request.match_info["key"])
            if actor is None:
                raise web.HTTPNotFound
            body = await _read(request, kind)
            try:
                return web.json_response({"done": act(request, actor, body)})
            except PhoneError as error:
                return _refused(str(error).partition("\n")[0])

        return handle

    return register


@_action("open", _Nothing)
def _open(request: web.Request, actor: Actor, body: _Nothing) -> int:
    """Open the chat: through the invite's link where there is one, else as anybody can."""
    door = doorway(request.app[STAGE], actor, request.app[FIRST_INVITE])
    return actor.phone.start(door.payload if door is not None else None)


@_action("write", _Written)
def _write(request: web.Request, actor: Actor, body: _Written) -> int:
    text, entities = formatted(body.text)
    return actor.phone.write(text, entities=entities, reply_to=body.reply_to, quote=body.quote, topic=body.topic)


@_action("attach", _Attached)
def _attach(request: web.Request, actor: Actor, body: _Attached) -> None:
    """Send one of the samples; words become the caption where there can be one."""
    if body.what not in SAMPLES:
        raise web.HTTPBadRequest(text="There is no such sample.")
    SAMPLES[body.what](actor.phone, body.text, body.reply_to, body.topic)


@_action("press", _Pressed)
def _press(request: web.Request, actor: Actor, body: _Pressed) -> str:
    return actor.phone.press(body.message, (body.row, body.column))


@_action("edit", _Changed)
def _edit(request: web.Request, actor: Actor, body: _Changed) -> None:
    text, entities = formatted(body.text)
    actor.phone.edit(body.message, text, entities=entities)


@_action("delete", _Meant)
def _delete(request: web.Request, actor: Actor, body: _Meant) -> None:
    actor.phone.delete(body.message)


@_action("forward", _Meant)
def _forward(request: web.Request, actor: Actor, body: _Meant) -> int:
    return actor.phone.forward_message(body.message)


@_action("react", _Reacted)
def _react(request: web.Request, actor: Actor, body: _Reacted) -> None:
    actor.phone.react(body.message, body.emoji)


@_action("read", _Nothing)
def _mark_read(request: web.Request, actor: Actor, body: _Nothing) -> None:
    actor.phone.read()


@routes.post("/bot/kill")
async def kill_bot(request: web.Request) -> web.StreamResponse:
    await _read(request, _Nothing)
    await request.app[STAGE].bot.kill()
    return web.json_response({"done": True})


@routes.post("/bot/start")
async def start_bot(request: web.Request) -> web.StreamResponse:
    await _read(request, _Nothing)
    bot = request.app[STAGE].bot
    try:
        if not bot.running:
            await bot.start()
    except BotFailed as error:
        return _refused(str(error))
    return web.json_response({"done": True})


async def _read(request: web.Request, kind: type[B]) -> B:
    if request.content_type != _JSON:
        raise web.HTTPUnsupportedMediaType
    try:
        return kind.model_validate_json(await request.read())
    except ValidationError:
        raise web.HTTPBadRequest(text="This is not what the page sends.") from None


def _refused(sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=400)
