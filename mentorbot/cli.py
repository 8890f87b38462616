"""The command line. An error is one line on stderr; exit codes: 0 done, 1 not done, 2 not understood.

Slow imports stay inside the command that needs them.
"""

import asyncio
import gc
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from mentorbot.programme.errors import MentorbotError, SettingWrong, Stale
from mentorbot.programme.people import Role
from mentorbot.redaction import start_log

if TYPE_CHECKING:
    from rich.console import Console

    from mentorbot.config import Settings
    from mentorbot.services.invitations import Made
    from storage.transaction import Store

T = TypeVar("T")

app = typer.Typer(
    help="One trusted channel between a participant and their mentor.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    gc.disable()  # imports throw nothing away; looking for it took an eighth of the time to start
    os.umask(0o077)  # whatever this program writes is its owner's alone
    start_log()
    try:
        # Not `app()`, which would put a hook of its own in the place of the log's.
        typer.main.get_command(app)()
    except MentorbotError as error:
        typer.echo(f"mentorbot: {' '.join(str(error).split())}", err=True)
        sys.exit(1)


@app.command()
def init(
    token_file: Annotated[Path | None, typer.Option(help="A file that holds the bot's token.")] = None,
) -> None:
    """Make the root key, both stores and `.env`. What is there already is never changed."""
    from mentorbot.founding import found_installation

    console = _console()
    made = _run(found_installation(_settings_to_begin_with(token_file)))
    if not made:
        console.print("Everything is there already; nothing was changed.")
        return
    for thing in made:
        console.print(f"Made {thing}.")
    console.print(
        "\nNext:\n"
        "  1. Keep a copy of the root key somewhere else: without it both stores are lost.\n"
        "  2. mentorbot doctor              looks whether all is well\n"
        "  3. mentorbot invite coordinator  lets the first person in\n"
        "  4. mentorbot run                 starts the bot"
    )


@app.command()
def run() -> None:
    """Run the bot until SIGTERM or Ctrl-C."""
    settings = _settings()
    start_log(settings.log_level, settings.token.get_secret_value())
    from handlers.telegram.api import TokenRevoked
    from mentorbot.app import run as serve
    from mentorbot.config import wrong

    try:
        _run(serve(settings))
    except TokenRevoked:
        raise wrong("token", "is refused by the Bot API") from None


@app.command()
def doctor() -> None:
    """Look whether all is well; change nothing. Exits with 1 when something is wrong."""
    from mentorbot.doctor import Finding, Verdict, examine

    settings = _settings()
    console = _console()
    colours = {Verdict.OK: "green", Verdict.WRONG: "bold red", Verdict.UNSEEN: "dim"}

    def tell(finding: Finding) -> None:
        console.print(f"{finding.verdict.value:5}", style=colours[finding.verdict], end="  ")
        console.print(f"{finding.name:11}  {finding.text}")

    async def examine_all() -> bool:
        well = True
        async for finding in examine(settings):
            tell(finding)
            well = well and finding.verdict is not Verdict.WRONG
        return well

    if not _run(examine_all()):
        raise typer.Exit(1)


@app.command()
def migrate() -> None:
    """Bring both stores to this program's schema. The bot must not be running."""
    from storage import installation, leadership

    settings = _settings()

    async def bring_up(store: "Store") -> bool:
        if not await installation.pending(store):
            return False
        leader = leadership.leadership_of(store, settings.database_url)
        await leader.take()
        try:
            await installation.migrate(store)
        finally:
            await leader.give_up()
        return True

    migrated = _run(_with_store(settings, bring_up, require_current=False))
    _console().print("Both stores are up to date now." if migrated else "Both stores were up to date already.")


@app.command()
def invite(role: Annotated[Role, typer.Argument(help="Who is invited.")]) -> None:
    """Make an invite: a link that works once, and a code to be told by another way."""
    import segno

    settings = _settings()
    username, made = _run(_make_invite(settings, role))
    link = f"https://t.me/{username}?start={made.token}"
    until = made.expires_at.astimezone(settings.timezone)
    console = _console()
    console.print(f"An invite for a {role}, for one person, until {until:%A %d %B %Y %H:%M} ({settings.timezone}).\n")
    console.print(link)
    segno.make(link, micro=False).terminal(out=sys.stdout, compact=True)
    console.print("The bot asks for this code. Tell it by another way than the link, such as on the phone:\n")
    console.print(made.code)


@app.command()
def erase(alias: Annotated[str, typer.Argument(help="The alias that the person goes by.")]) -> None:
    """Delete everything about a person, for good. The bot must not be running."""
    from mentorbot.services import erasing
    from storage import leadership

    settings = _settings()

    async def erase_one(store: "Store") -> None:
        leader = leadership.leadership_of(store, settings.database_url)
        await leader.take()
        try:
            await erasing.erase(store, alias)
        finally:
            await leader.give_up()

    _run(_with_store(settings, erase_one))
    _console().print(
        "Erased. Backups of the keys store that are older than this moment could bring the person back: destroy them."
    )


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The page's port; 0 takes a free one.")] = 8080,
    story: Annotated[bool, typer.Option("--story", help="Play the whole story here, without a page.")] = False,
) -> None:
    """Show the bot with a stand-in for Telegram: a page with everyone's phones side by side."""
    if story:
        from mentorbot.demo.story import play

        raise typer.Exit(_run(play()))
    from mentorbot.demo.page import serve

    raise typer.Exit(_run(serve(port)))


def _settings() -> "Settings":
    from mentorbot.config import load_settings

    return load_settings()


def _settings_to_begin_with(token_file: Path | None) -> "Settings":
    """The settings for `init`; the token comes from `.env`, the flag, the environment or the person."""
    from mentorbot.config import ENV_FILE, load_settings, setting, wrong

    if ENV_FILE.exists():
        settings = load_settings()
        if token_file not in (None, settings.token_file):
            raise wrong("token_file", f"is not the one in {ENV_FILE}, which is never changed by init")
        return settings
    if token_file is not None:
        return load_settings(token_file=token_file)
    given = os.environ.get(setting("token")) or os.environ.get(setting("token_file"))
    if given:
        return load_settings()
    if not sys.stdin.isatty():
        raise SettingWrong(
            "MENTORBOT_TOKEN is missing, and there is no terminal to ask for it on: "
            "set it, or name a file that holds the token with --token-file"
        )
    return load_settings(token=_asked_for_token())


def _asked_for_token() -> str:
    """Asks until what is typed can be a token; Ctrl-C ends it, with nothing made."""
    from mentorbot.config import looks_like_a_token

    while True:
        token: str = typer.prompt("The bot's token from @BotFather", hide_input=True).strip()
        if looks_like_a_token(token):
            return token
        typer.echo("That is not a bot's token: digits, a colon, then letters. Copy it whole from @BotFather.", err=True)


async def _make_invite(settings: "Settings", role: Role) -> tuple[str, "Made"]:
    """The bot's username, asked for first so that nothing is made in vain, and the invite."""
    from mentorbot.doctor import get_me
    from mentorbot.services import invitations

    username = (await get_me(settings)).username

    async def make(store: "Store") -> "Made | None":
        return await store.transact(lambda tx: invitations.make(tx, role, issuer=None))

    made = await _with_store(settings, make)
    if made is None:
        raise Stale
    return username, made


async def _with_store(
    settings: "Settings", use: "Callable[[Store], Awaitable[T]]", *, require_current: bool = True
) -> T:
    from storage.installation import open_store
    from storage.root_key import read_root_key

    root = read_root_key(settings.root_key_file)
    store = await open_store(settings.database_url, settings.keys_url, root, require_current=require_current)
    try:
        return await use(store)
    finally:
        await store.close()


def _run(program: Coroutine[Any, Any, T]) -> T:
    gc.freeze()
    gc.enable()
    try:
        import uvloop
    except ImportError:  # not for this platform
        return asyncio.run(program)
    return uvloop.run(program)


def _console() -> "Console":
    from rich.console import Console

    return Console(soft_wrap=True, highlight=False, markup=False)
