"""From the outbox to Telegram: one lane a recipient; many lanes side by side, see `lanes.py`.

A lane's turn is one transaction: it records how the last notice went and claims the next one. Then it sends. How a
failure is taken is in `_outcome_of`; what may follow from it is `mentorbot/programme/delivery.py`.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from handlers.telegram import preparing, recording
from handlers.telegram.api import NotDelivered, Refused, TokenRevoked, Unclear
from handlers.telegram.background import Background
from handlers.telegram.lanes import Lanes, Later
from handlers.telegram.pace import Pace
from handlers.telegram.preparing import Sending
from handlers.telegram.recording import Arrived, Outcome
from handlers.telegram.transmission import Transmitter
from mentorbot.programme.delivery import LATEST, Delivery, Rank
from mentorbot.programme.errors import MentorbotError, Stale, StorageFailed
from mentorbot.programme.ids import Pid
from storage import claims
from storage.claims import Strand
from storage.transaction import Store, Transaction

MARKS = 20
"""Signs of arrival on their way at once. Beyond that they are left out: none may delay what people say."""
SWEEP = 2.0  # seconds between two looks for what has become due
_AFTER_STORAGE_FAILED = 1.0  # seconds

log = logging.getLogger(__name__)


class Turn(Protocol):
    """A turn of a lane: what arrived, and what is to be sent, or else what is waited for."""

    def __call__(self, tx: Transaction, *, in_doubt: bool) -> tuple[Arrived | None, Sending | Later | None]: ...


class Deliverer:
    """Sends what is in the outbox, as the leader with this epoch."""

    def __init__(self, store: Store, transmitter: Transmitter, *, epoch: int, pace: Pace) -> None:
        self._store = store
        self._transmitter = transmitter
        self._epoch = epoch
        self._pace = pace
        self._lanes = Lanes(self._lane, pace)
        self._before: dict[Pid, Strand] = {}  # whose turn it was last, of those for whom more waits
        self._resting: dict[Pid, datetime] = {}  # chats to which Telegram lets nothing go until then
        self._marks = Background(at_once=MARKS)
        self._stopping = False
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def wake(self, recipients: Mapping[Pid, Rank]) -> None:
        """There may be something of these ranks to send to these people."""
        for pid, rank in recipients.items():
            self._lanes.enter(pid, rank)

    async def run(self) -> None:
        """Look now and then for what has become due without anybody saying so, until cancelled."""
        while True:
            try:
                due = partial(claims.due_recipients, lowest=self._lanes.sought())
                self.wake(await self._store.transact(due))
            except StorageFailed as error:
                log.error("the outbox cannot be read: %s", error)
            await asyncio.sleep(SWEEP)

    async def finish(self) -> None:
        """Send what is claimed, claim nothing more."""
        self._stopping = True
        await self._lanes.finish()
        await self._marks.finish()

    async def _lane(self, pid: Pid, rank: Rank) -> Later | None:
        later: Later | None = None
        try:
            later = await self._serve(pid, rank)
        except TokenRevoked as error:
            if not self.failed.done():
                self.failed.set_exception(error)
        except Exception:
            log.exception("a lane ended: %s", self._store.root.name_in_log(pid))
        if later is None:
            self._before.pop(pid, None)
        return later

    async def _serve(self, pid: Pid, rank: Rank) -> Later | None:
        """Send what is due while the lanes grant it. What is waited for then, unless the next sweep is soon enough."""
        last: tuple[Sending, Outcome] | None = None
        granted: Rank | None = rank
        while isinstance(found := await self._turn(pid, last, granted), Sending):
            self._before[pid] = found.claimed.strand
            last = (found, await self._send(found))
            granted = self._lanes.grant(pid)
        if granted is not None:
            self._pace.refund(pid)
        if found is None or found.seconds >= SWEEP:
            return None
        in_vain = granted is not None and found.seconds <= 0 and found.rank <= granted  # somebody else was first
        return None if in_vain else found

    async def _turn(
        self, pid: Pid, last: tuple[Sending, Outcome] | None, granted: Rank | None
    ) -> Sending | Later | None:
        """Record the last outcome and claim the next notice, if one of its rank is granted. Else what is waited for.

        Where that goes wrong in a way that nobody thought of, the outcome alone is recorded. If not even that can be,
        what was sent is taken to be unclear, so that it does not hold up what waits behind.
        """

        def turn(tx: Transaction, *, in_doubt: bool, goes_on: bool) -> tuple[Arrived | None, Sending | Later | None]:
            arrived = recording.settle(tx, pid, last, epoch=self._epoch, in_doubt=in_doubt)
            return arrived, self._next(tx, pid, granted) if goes_on else None

        for goes_on in (True, False):
            try:
                return await self._insist(partial(turn, goes_on=goes_on), last)
            except StorageFailed:
                raise
            except Exception:
                log.exception("what follows from a notice cannot be recorded")
        return await self._insist(partial(recording.give_up, pid=pid, epoch=self._epoch), None)

    async def _insist(self, turn: Turn, last: tuple[Sending, Outcome] | None) -> Sending | Later | None:
        """Take a turn, again and again while the database refuses. After a refusal it is in doubt: it may all have been
        done."""
        in_doubt = False
        while True:
            try:
                arrived, sending = await self._store.transact(partial(turn, in_doubt=in_doubt))
            except Stale:
                log.warning("a notice is no longer ours to record")
                return None
            except StorageFailed as error:
                if self._stopping:
                    raise
                log.error("the outbox cannot be written: %s", error)
                in_doubt = True
                await asyncio.sleep(_AFTER_STORAGE_FAILED)
            else:
                self._mark(arrived)  # it is committed: only now is the sign no lie
                return sending

    def _next(self, tx: Transaction, pid: Pid, granted: Rank | None) -> Sending | Later | None:
        """What is to be sent now, or what is waited for."""
        rests_until = self._resting.get(pid, tx.now)
        if tx.now < rests_until <= tx.now + LATEST:
            return Later(rank=Rank.TALK, seconds=(rests_until - tx.now).total_seconds())
        sending = None
        if granted is not None:
            sending = preparing.claim(tx, pid, self._before.get(pid), granted, epoch=self._epoch)
        if sending is not None or (due := claims.due(tx, pid)) is None:
            return sending
        return Later(rank=due[1], seconds=(due[0] - tx.now).total_seconds())

    def _mark(self, arrived: Arrived | None) -> None:
        """Set the sign of arrival on a participant's message, while the pace leaves room for it."""
        if arrived is not None and self._pace.spend_spare(Rank.CHORE):
            self._marks.begin(self._transmitter.mark_arrived(arrived.writer, arrived.message))

    # --- sending ------------------------------------------------------------------------------------------------------

    async def _send(self, sending: Sending) -> Outcome:
        self._resting.pop(sending.claimed.recipient, None)
        if sending.notice is None:
            return Outcome(state=Delivery.DEAD)
        try:
            messages = await self._transmitter.transmit(
                sending.claimed,
                sending.notice,
                answers=sending.answers,
                changes=sending.changes,
                cover=sending.cover,
                topic=sending.topic,
            )
        except TokenRevoked:
            raise
        except Exception as error:  # whatever it is, it must not hold up what waits behind
            if not isinstance(error, MentorbotError):
                log.exception("a notice cannot be sent; it is set aside")
            outcome = _outcome_of(error)
            if outcome.retry_after is not None:
                self._resting[sending.claimed.recipient] = self._store.clock() + min(outcome.retry_after, LATEST)
            log.info("a notice for %s: %s", self._store.root.name_in_log(sending.claimed.recipient), outcome.state)
            return outcome
        return Outcome(state=Delivery.SENT, messages=messages)


def _outcome_of(error: Exception) -> Outcome:
    if isinstance(error, NotDelivered | StorageFailed):  # the keys store is asked before anything is sent
        return Outcome(state=Delivery.RETRY)
    if isinstance(error, Unclear):
        return Outcome(state=Delivery.UNKNOWN)
    if not isinstance(error, Refused):
        return Outcome(state=Delivery.DEAD)
    if error.code == 429:
        return Outcome(state=Delivery.RETRY, retry_after=timedelta(seconds=error.retry_after or 1))
    if error.code == 403:
        return Outcome(state=Delivery.RETRY, blocked=True)
    return Outcome(state=Delivery.DEAD)
