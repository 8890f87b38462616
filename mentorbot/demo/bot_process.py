"""The real bot in a process of its own, on an installation of its own, talking HTTP to a stand-in.

    async with BotProcess(api) as bot:      # init, run, and it polls
        invitation = await bot.invite("coordinator")
        await bot.kill()                    # SIGKILL
        await bot.start()                   # again, on what it left behind

The installation lies in a temporary folder that is removed at the end; the bot's log is `bot.log` in it.
"""

import asyncio
import os
import re
import shutil
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import mentorbot
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.programme.errors import MentorbotError
from mentorbot.programme.invite import CODE_LENGTH, CODE_LETTERS

_LINK = re.compile(r"https://t\.me/\w+\?start=([\w-]+)")
_CODE = re.compile(rf"^\W*([{CODE_LETTERS}]{{{CODE_LENGTH}}})\W*$", re.MULTILINE)
_READY_SECONDS = 20.0
_GOODBYE_SECONDS = 15.0


class BotFailed(MentorbotError):
    """The bot did not do what it was started for; the last lines that it wrote follow."""


_TIMEZONE = "Europe/Helsinki"


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """What the command line tells about a new invite. `payload` is what the link hands over to the bot."""

    link: str
    payload: str
    code: str


class BotProcess:
    """`settings` are more environment variables for the bot, or others than those made here."""

    def __init__(self, api: BotApi, *, settings: Mapping[str, str] | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mentorbot-"))
        self.log_file = self.folder / "bot.log"
        self._api = api
        self._settings = dict(settings or {})
        self._process: Process | None = None

    async def __aenter__(self) -> Self:
        try:
            await self.install()
            await self.start()
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    @property
    def timezone(self) -> str:
        """The zone of the times that the bot tells."""
        return self._settings.get("MENTORBOT_TIMEZONE", _TIMEZONE)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self.running else None

    async def install(self) -> None:
        """`mentorbot init`: the root key and both stores."""
        await self._command("init")

    async def start(self) -> None:
        """`mentorbot run`; returns when the bot has fetched everything and polls for more.

        Raises BotFailed where it ends or does not come so far."""
        updates = self._api.telegram.updates
        updates.let_go()  # a poll that a killed bot left behind
        with self.log_file.open("ab") as log:
            process = await self._spawn("run", output=log.fileno())
        self._process = process
        polls = asyncio.ensure_future(updates.held())
        ends = asyncio.ensure_future(process.wait())
        await asyncio.wait((polls, ends), timeout=_READY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        ready = polls.done()
        for waiting in (polls, ends):
            waiting.cancel()
        if not ready:
            await self.kill()
            raise BotFailed(f"The bot did not start.\n{self.last_words()}")

    async def stop(self) -> int:
        """SIGTERM; gives the exit code. A bot that does not end in time is killed, and BotFailed raised."""
        process = self._process
        if process is None:
            raise BotFailed("The bot was never started.")
        if process.returncode is None:
            process.terminate()
        try:
            return await asyncio.wait_for(process.wait(), _GOODBYE_SECONDS)
        except TimeoutError:
            await self.kill()
            raise BotFailed(f"The bot did not stop on SIGTERM.\n{self.last_words()}") from None

    async def kill(self) -> None:
        """SIGKILL: no goodbye, nothing put in order."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def invite(self, role: str) -> Invitation:
        """`mentorbot invite ROLE`, while the bot runs or not."""
        output = await self._command("invite", role)
        link = _LINK.search(output)
        code = _CODE.search(output)
        if link is None or code is None:
            raise BotFailed(f"`mentorbot invite {role}` told no link and code.")
        return Invitation(link=link[0], payload=link[1], code=code[1])

    def log(self) -> str:
        """What the bot has written so far, over all its starts."""
        return self.log_file.read_text(encoding="utf-8", errors="replace") if self.log_file.exists() else ""

    def last_words(self) -> str:
        return "\n".join(self.log().splitlines()[-5:])

    def remove(self) -> None:
        """Delete the installation; the bot must not be running."""
        shutil.rmtree(self.folder)

    async def _end(self) -> None:
        try:
            if self.running:
                await self.stop()
        finally:
            self.remove()

    async def _command(self, *arguments: str) -> str:
        process = await self._spawn(*arguments, output=PIPE)
        output, _ = await process.communicate()
        said = output.decode("utf-8", "replace")
        if process.returncode:
            raise BotFailed(f"`mentorbot {' '.join(arguments)}` failed.\n{said.strip()}")
        return said

    async def _spawn(self, *arguments: str, output: int) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "mentorbot",
            *arguments,
            cwd=self.folder,
            env=self._environment(),
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
        )

    def _environment(self) -> dict[str, str]:
        """This process's, without any settings of a real installation."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MENTORBOT_")}
        source = str(Path(mentorbot.__path__[0]).parent)
        path = [source, *filter(None, [inherited.get("PYTHONPATH")])]
        return {
            **inherited,
            "PYTHONPATH": os.pathsep.join(path),
            "COLUMNS": "200",
            "MENTORBOT_TOKEN": self._api.token,
            "MENTORBOT_API_URL": self._api.url,
            "MENTORBOT_DATABASE_URL": f"sqlite+aiosqlite:///{self.folder / 'mentorbot.db'}",
            "MENTORBOT_KEYS_URL": f"sqlite+aiosqlite:///{self.folder / 'keys.db'}",
            "MENTORBOT_ROOT_KEY_FILE": str(self.folder / "root.key"),
            "MENTORBOT_LOCALE": "en",
            "MENTORBOT_TIMEZONE": _TIMEZONE,
            **self._settings,
        }
