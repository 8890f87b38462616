"""Where bots that are to be killed come from: a process that has imported all of it, and forks.

What is forked is a process of its own, and its kill is a kill; only the second that importing takes is saved.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from tests.guards import ROOT


class Forked:
    """A forked process, used like one that asyncio started."""

    def __init__(self, process: ForkServerProcess, said: Connection) -> None:
        self._process = process
        self._said = said
        self._ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(process.sentinel, self._ends)

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def send_signal(self, number: int) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    async def says(self) -> str:
        """What comes first on its stdout; nothing if it ends without a word."""
        loop, said = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._said.fileno(), said.set)
        try:
            await said.wait()
        finally:
            loop.remove_reader(self._said.fileno())
        return os.read(self._said.fileno(), 1000).decode()

    async def wait(self) -> int:
        await self._ended.wait()
        code = self._process.exitcode
        assert code is not None
        return code

    def close(self) -> None:
        """Once it has ended."""
        self._process.close()
        self._said.close()

    def _ends(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._ended.set()


def fork(arguments: list[str], *, environment: Mapping[str, str], log: Path) -> Forked:
    """What `python -m tests.faults.launcher ARGUMENTS` is, without the imports."""
    context: ForkServerContext = get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.launcher", __name__])
    said, says = context.Pipe(duplex=False)
    process = context.Process(target=_live, args=(arguments, dict(environment), log, says))
    process.start()
    says.close()
    return Forked(process, said)


def _live(arguments: list[str], environment: dict[str, str], log: Path, says: Connection) -> None:
    from .launcher import main

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    os.dup2(says.fileno(), 1)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 2)
    sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", buffering=1, closefd=False)
    main(arguments)
