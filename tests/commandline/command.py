"""`mentorbot …` as a person starts it: a process of its own in a folder of its own."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from mentorbot.demo.bot_api.server import BotApi
from tests.guards import ROOT

TOKEN = "7312000001:AA-stand-in-token-that-opens-nothing"


@dataclass(frozen=True, kw_only=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line that a command which failed says on stderr."""
        assert self.code == 1, self
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("mentorbot: ")
        return lines[0].removeprefix("mentorbot: ")


def environment(**settings: str) -> dict[str, str]:
    """An environment with these settings and none of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "PATH") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), **settings}


async def start(*arguments: str, cwd: Path, **settings: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "mentorbot",
        *arguments,
        cwd=cwd,
        env=environment(**settings),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
    )


async def ended(process: Process) -> Ended:
    async with asyncio.timeout(30):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(code=process.returncode, out=out.decode(), err=err.decode())


@asynccontextmanager
async def running(api: BotApi, *, cwd: Path, **settings: str) -> AsyncIterator[Process]:
    """`mentorbot run`, polling; it is told to stop at the end, unless it has ended by then."""
    process = await start("run", cwd=cwd, MENTORBOT_API_URL=api.url, **settings)
    try:
        async with asyncio.timeout(30):
            await api.telegram.updates.held()
        yield process
    finally:
        if process.returncode is None:
            process.terminate()


async def mentorbot(*arguments: str, cwd: Path, **settings: str) -> Ended:
    """Runs a command to its end; `settings` are environment variables."""
    return await ended(await start(*arguments, cwd=cwd, **settings))
