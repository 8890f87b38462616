"""Who is served next: the higher rank first, then whoever came first, and no faster than the pace allows."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from handlers.telegram.pace import Pace
from mentorbot.programme.delivery import Rank
from mentorbot.programme.ids import Pid

LANES = 128
"""Recipients that are served at once."""

FEWER_LANES = LANES // 2
"""So many of these may be taken by what is below talk, which then finds a free one even while Telegram is slow."""

ENOUGH = 1_000
"""Of one rank in line: before they are served nobody looks for more."""


@dataclass(frozen=True, kw_only=True)
class Later:
    """What somebody waits for: something of this rank, in so many seconds."""

    rank: Rank
    seconds: float


Serve = Callable[[Pid, Rank], Awaitable[Later | None]]
"""Sends somebody what is of this rank or higher, one notice of which is counted in the pace already. What they wait
for then."""


class Lanes:
    """Many recipients side by side, each one's notices one by one. Who waits takes up no lane, only a place in line."""

    def __init__(self, serve: Serve, pace: Pace) -> None:
        self._serve = serve
        self._pace = pace
        self._line: dict[Rank, OrderedDict[Pid, None]] = {rank: OrderedDict() for rank in Rank}
        self._running: dict[Pid, asyncio.Task[None]] = {}
        self._again: dict[Pid, Rank] = {}  # of those who are being served
        self._timers: dict[Pid, tuple[Rank, asyncio.TimerHandle]] = {}
        self._next_start: asyncio.TimerHandle | None = None
        self._stopping = False

    def enter(self, pid: Pid, rank: Rank) -> None:
        """There may be something of this rank to send to somebody."""
        if pid in self._running:
            self._again[pid] = min(rank, self._again.get(pid, rank))
            return
        if (timer := self._timers.pop(pid, None)) is not None:
            timer[1].cancel()
            rank = min(rank, timer[0])
        if any(pid in self._line[better] for better in Rank if better <= rank):
            return
        for worse in Rank:
            self._line[worse].pop(pid, None)
        self._line[rank][pid] = None
        self._start()

    def enter_later(self, pid: Pid, later: Later) -> None:
        """The same, at a later moment."""
        if pid not in self._timers and not self._stopping:
            timer = asyncio.get_running_loop().call_later(later.seconds, self.enter, pid, later.rank)
            self._timers[pid] = (later.rank, timer)

    def grant(self, pid: Pid) -> Rank | None:
        """The lowest rank of which one more may go to somebody who is being served, counted in the pace; None when it
        is others' turn."""
        first = self._first()
        for rank in reversed(Rank):
            if (first is None or rank < first[1]) and self._pace.wait(pid, rank) == 0 and not self._stopping:
                self._pace.spend(pid)
                return rank
        return None

    def sought(self) -> Rank:
        """The lowest rank of which it makes sense to look for more."""
        return next((rank for rank in reversed(Rank) if len(self._line[rank]) < ENOUGH), min(Rank))

    async def finish(self) -> None:
        """Begin nothing more, and wait for what has begun."""
        self._stopping = True
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    def _first(self) -> tuple[Pid, Rank] | None:
        return next(((next(iter(line)), rank) for rank, line in self._line.items() if line), None)

    def _start(self) -> None:
        """Serve those who are first, until there is no lane left or the pace demands a wait."""
        while (first := self._first()) is not None and not self._stopping:
            pid, rank = first
            if len(self._running) >= (LANES if rank <= Rank.TALK else FEWER_LANES):
                return
            if (own := self._pace.wait_in(pid)) > 0:  # this chat alone has to wait: the others do not
                del self._line[rank][pid]
                self.enter_later(pid, Later(rank=rank, seconds=own))
                continue
            if (seconds := self._pace.wait(pid, rank)) > 0:
                self._start_in(seconds)
                return
            del self._line[rank][pid]
            self._pace.spend(pid)
            self._running[pid] = asyncio.create_task(self._run(pid, rank))

    def _start_in(self, seconds: float) -> None:
        if self._next_start is not None:
            self._next_start.cancel()
        self._next_start = asyncio.get_running_loop().call_later(seconds, self._start)

    async def _run(self, pid: Pid, rank: Rank) -> None:
        later: Later | None = None
        try:
            later = await self._serve(pid, rank)
        finally:
            del self._running[pid]
            again = self._again.pop(pid, None)
            if later is not None and later.seconds > 0:
                self.enter_later(pid, later)
            elif later is not None:
                again = later.rank if again is None else min(again, later.rank)
            if again is not None:
                self.enter(pid, again)
            self._start()
