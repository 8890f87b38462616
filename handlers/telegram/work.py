"""From the inbox to the conversations: each person's updates in their order, people side by side."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from handlers.telegram.updates import Envelope, Raw, read
from mentorbot.programme.errors import SealBroken, StorageFailed
from mentorbot.programme.ids import TelegramId
from storage import inbox
from storage.inbox import RowId, Waiting
from storage.transaction import Store

IN_HAND = 1_000
"""Updates at most that are out of the database and not settled yet."""

SHARE = 20
"""Of these, one sender's at most: what is beyond waits in the database, so that a flood fills nobody else's place."""

_TRIES = 3
_PAUSE = 0.2  # seconds, longer with each try
_AFTER_STORAGE_FAILED = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Update:
    """One update in hand."""

    row: RowId
    envelope: Envelope
    raw: Raw


Handle = Callable[[Update], Awaitable[None]]
"""Acts on one update and settles its row, in one transaction."""

SetAside = Callable[[RowId, Envelope | None], Awaitable[None]]
"""Settles the row of an update that cannot be handled, and tells its sender, if its outside is known."""


class Work:
    """Sees to it that every update is settled once."""

    def __init__(self, store: Store, *, handle: Handle, set_aside: SetAside) -> None:
        self._store = store
        self._handle = handle
        self._set_aside = set_aside
        self._room = asyncio.Semaphore(IN_HAND)
        self._in_hand: set[RowId] = set()
        self._queues: dict[TelegramId, deque[Update | RowId]] = {}  # a number: it is in the database alone
        self._lanes: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def resume(self) -> None:
        """Take what is stored, not settled and not in hand: what an earlier run left behind, or what was stored by a
        commit that seemed to fail. While nothing new is being taken in."""
        last = RowId(0)
        while page := await self._store.transact(partial(inbox.waiting, after=last)):
            for row in page:
                if row.id not in self._in_hand:
                    await self._take_up(row)
            last = page[-1].id

    async def _take_up(self, row: Waiting) -> None:
        update = await self._open(row)
        if update is not None:
            await self.take(update)
        else:
            log.error("an update cannot be opened; it is set aside")
            await self._set_aside(row.id, None)

    async def take(self, update: Update) -> None:
        """Queue an update that is stored behind its sender's others; waits while too many are in hand."""
        sender = update.envelope.sender
        self._in_hand.add(update.row)
        if len(self._queues.get(sender, ())) >= SHARE:
            self._queues[sender].append(update.row)
            return
        await self._room.acquire()
        if sender in self._queues:
            self._queues[sender].append(update)
            return
        self._queues[sender] = deque([update])
        lane = asyncio.create_task(self._lane(sender))
        self._lanes.add(lane)
        lane.add_done_callback(self._lanes.discard)

    def has_in_hand(self, sender: TelegramId) -> bool:
        """Whether something of this sender's waits to be settled."""
        return sender in self._queues

    async def finish(self) -> None:
        """End each lane after the update that it is at; the others wait in the database."""
        self._stopping = True
        await asyncio.gather(*self._lanes)

    async def _open(self, waiting: Waiting) -> Update | None:
        try:
            raw = json.loads(await inbox.unseal(self._store.keyring, waiting))
        except SealBroken:
            return None
        envelope = read(raw)
        return None if envelope is None else Update(row=waiting.id, envelope=envelope, raw=raw)

    async def _lane(self, sender: TelegramId) -> None:
        queue = self._queues[sender]
        while queue and not self._stopping:
            first = queue.popleft()
            if isinstance(first, Update):
                await self._settle(first)
                self._in_hand.discard(first.row)
                self._room.release()
            else:
                await self._fetch_and_settle(first)
                self._in_hand.discard(first)
        del self._queues[sender]

    async def _fetch_and_settle(self, row: RowId) -> None:
        """Handle an update that waited in the database alone."""
        while not self._stopping:
            try:
                waiting = await self._store.transact(lambda tx: inbox.find(tx, row))
                update = None if waiting is None else await self._open(waiting)
                if update is not None:
                    await self._settle(update)
                elif waiting is not None:
                    log.error("an update cannot be opened; it is set aside")
                    await self._set_aside(row, None)
                return
            except StorageFailed as error:
                log.error("work waits for the database: %s", error)
                await asyncio.sleep(_AFTER_STORAGE_FAILED)

    async def _settle(self, update: Update) -> None:
        """Handle an update; after three tries set it aside. A database that refuses is waited for instead."""
        tries = 0
        while not self._stopping:
            try:
                if tries < _TRIES:
                    await self._handle(update)
                else:
                    told = tries < 2 * _TRIES  # where even telling the sender fails, nobody is told
                    await self._set_aside(update.row, update.envelope if told else None)
                return
            except StorageFailed as error:
                log.error("work waits for the database: %s", error)
                await asyncio.sleep(_AFTER_STORAGE_FAILED)
            except Exception:
                tries += 1
                log.exception("an update failed, try %s", tries)
                await asyncio.sleep(_PAUSE * tries)
