"""A bot in a process of its own, which is killed."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.commandline.command import environment
from tests.guards import ROOT

from .halting import HALTED
from .house import House

LAUNCHER = "tests.faults.launcher"
MENTORBOT = "mentorbot"


@dataclass(frozen=True)
class Bot:
    """Its stderr goes to `house.folder / "bot.log"`, over all its starts."""

    house: House
    process: Process

    async def halted(self) -> None:
        """Wait until it stands where it was told to halt."""
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            said = await self.process.stdout.readline()
        assert said.decode().strip() == HALTED, self.log()

    async def kill(self) -> None:
        """SIGKILL; on PostgreSQL its lease is then over at once."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self.house.leader_is_forgotten()

    async def ends(self, within: float) -> int:
        """The exit code, when it ends by itself."""
        async with asyncio.timeout(within):
            return await self.process.wait()

    def log(self) -> str:
        return (self.house.folder / "bot.log").read_text(errors="replace")


@asynccontextmanager
async def started(house: House, module: str, *arguments: str, **settings: str) -> AsyncIterator[Bot]:
    """`python -m MODULE ARGUMENTS`, killed at the end if it has not ended."""
    with (house.folder / "bot.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            *arguments,
            cwd=ROOT if module == LAUNCHER else house.folder,
            env=environment(**house.environment, **settings),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=log,
        )
    bot = Bot(house, process)
    try:
        yield bot
    finally:
        await bot.kill()


async def polls(bot: Bot) -> None:
    """Wait until it has fetched all there is and waits for more."""
    held = asyncio.create_task(bot.house.api.telegram.updates.held())
    ended = asyncio.create_task(bot.process.wait())
    done, waiting = await asyncio.wait((held, ended), timeout=30, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    assert held in done, f"the bot does not poll\n{bot.log()}"
