"""The demo page's server: on the loopback, for this machine's browser alone."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.console import Console

from mentorbot.demo.bot_process import Invitation
from mentorbot.demo.cast import Languages
from mentorbot.demo.page.actions import FIRST_INVITE, STAGE, routes
from mentorbot.demo.page.media import media
from mentorbot.demo.page.state import documents, is_moving
from mentorbot.demo.stage import Stage, open_stage
from mentorbot.programme.errors import CannotStart

_HOST = "127.0.0.1"
_FOLDER = Path(__file__).parent
_CLOSING = web.AppKey("closing", asyncio.Event)
# How long to wait for a change before looking anyway: whether the bot runs is nowhere announced.
_QUIET_SECONDS = 1.0
_MOVING_SECONDS = 0.2
_GOODBYE_SECONDS = 1.0
_RETRY_MS = 1000

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


async def serve(port: int) -> int:
    """Set the stage, print the page's address, and serve until SIGINT or SIGTERM."""
    console = Console(highlight=False)
    interrupted = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupted.set)
    console.print("Starting the bot …", style="dim")
    async with open_stage(Languages()) as stage:
        first = await stage.bot.invite(stage.cast.sari.role)
        async with page(stage, first, port) as url:
            console.print(f"\n  mentorbot, with everyone’s phone on one page:  [bold]{url}[/bold]\n")
            console.print("  Nothing leaves this machine. Stop it with Ctrl+C.", style="dim")
            await interrupted.wait()
    return 0


@asynccontextmanager
async def page(stage: Stage, first: Invitation, port: int = 0) -> AsyncIterator[str]:
    """Serve the page on a stage that is set; gives its address. `first` is the invite that the coordinator
    was given; port 0 is any that is free."""
    stage.api.transcript.enabled = False  # a page may stay open for days
    app = _application(stage, first)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GOODBYE_SECONDS)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, _HOST, port).start()
        except OSError:
            raise CannotStart(
                f"Port {port} cannot be used. Take another one, or any that is free: mentorbot demo --port 0"
            ) from None
        yield f"http://{_HOST}:{runner.addresses[0][1]}/"
    finally:
        app[_CLOSING].set()
        await runner.cleanup()


def _application(stage: Stage, first: Invitation) -> web.Application:
    app = web.Application(middlewares=[_only_from_here])
    app[STAGE] = stage
    app[FIRST_INVITE] = first
    app[_CLOSING] = asyncio.Event()
    app.on_response_prepare.append(_add_headers)
    app.router.add_get("/", _index)
    app.router.add_get("/events", _events)
    app.router.add_get(r"/phones/{key}/media/{message:\d{1,15}}", media)
    app.router.add_routes(routes)
    app.router.add_static("/static", _FOLDER / "static")
    return app


@web.middleware
async def _only_from_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A name that somebody lets point to this machine is not this page's (DNS rebinding)."""
    if request.url.host not in (_HOST, "localhost"):
        raise web.HTTPForbidden(text="This page is for this machine alone.")
    return await handler(request)


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


async def _index(request: web.Request) -> web.Response:
    templates = Environment(loader=FileSystemLoader(_FOLDER / "templates"), autoescape=True, undefined=StrictUndefined)
    stage = request.app[STAGE]
    html = templates.get_template("page.html").render(
        cast=list(stage.cast), bot=stage.api.telegram.bot, timezone=stage.bot.timezone
    )
    return web.Response(text=html, content_type="text/html")


async def _events(request: web.Request) -> web.StreamResponse:
    """Server-sent events: at first every document, then each one again whenever it has changed."""
    stage, first = request.app[STAGE], request.app[FIRST_INVITE]
    closing = request.app[_CLOSING]
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    await response.write(f"retry: {_RETRY_MS}\n\n".encode())
    sent: dict[str, str] = {}
    changes = stage.api.telegram.changes
    try:
        while not closing.is_set():
            version = changes.version
            for name, document in documents(stage, first).items():
                text = json.dumps(document, ensure_ascii=False)
                if sent.get(name) != text:
                    sent[name] = text
                    await response.write(f"event: {name}\ndata: {text}\n\n".encode("utf-8", "replace"))
            pause = _MOVING_SECONDS if is_moving(stage) else _QUIET_SECONDS
            try:
                await asyncio.wait_for(changes.after(version), pause)
            except TimeoutError:
                await response.write(b": still here\n\n")
    except ConnectionError:
        pass  # the page was closed
    return response
