"""A bot in a process of its own, which is killed."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.commandline.command import environment

from .halting import HALTED
from .house import House
from .nursery import Forked, fork

LAUNCHER = "tests.faults.launcher"
MENTORBOT = "mentorbot"


@dataclass(frozen=True)
class Bot:
    """Its stderr goes to `house.folder / "bot.log"`, over all its starts."""

    house: House
    process: Process | Forked

    async def halted(self) -> None:
        """Wait until it stands where it was told to halt."""
        assert isinstance(self.process, Forked)
        async with asyncio.timeout(30):
            said = await self.process.says()
        assert said.strip() == HALTED, self.log()

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
    """`python -m MODULE ARGUMENTS`, killed at the end if it has not ended. The launcher comes out of the nursery."""
    log, environs = house.folder / "bot.log", environment(**house.environment, **settings)
    if module == LAUNCHER:
        process: Process | Forked = fork([*arguments], environment=environs, log=log)
    else:
        process = await _begun(module, *arguments, environs=environs, log=log, cwd=house.folder)
    bot = Bot(house, process)
    try:
        yield bot
    finally:
        await bot.kill()
        if isinstance(process, Forked):
            process.close()


async def _begun(module: str, *arguments: str, environs: Mapping[str, str], log: Path, cwd: Path) -> Process:
    with log.open("ab") as file:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, *arguments, cwd=cwd, env=environs, stdin=DEVNULL, stdout=DEVNULL, stderr=file
        )


async def polls(bot: Bot) -> None:
    """Wait until it has fetched all there is and waits for more."""
    held = asyncio.create_task(bot.house.api.telegram.updates.held())
    ended = asyncio.create_task(bot.process.wait())
    done, waiting = await asyncio.wait((held, ended), timeout=30, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    assert held in done, f"the bot does not poll\n{bot.log()}"
