"""From Telegram to the inbox: nothing is acknowledged before it is stored.

`getUpdates` acknowledges by its offset alone. The offset is sent once, with the call after the updates were committed,
and then forgotten: a count that Telegram begins anew loses nothing, and a start always sees what is unacknowledged.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from handlers.telegram.alarms import Alarms
from handlers.telegram.api import Api, ApiError, Refused, TokenRevoked, Unclear
from handlers.telegram.strangers import Strangers
from handlers.telegram.updates import ALLOWED, Envelope, Place, Raw, legible, read
from handlers.telegram.work import Update
from mentorbot.programme.errors import StorageFailed
from mentorbot.programme.ids import TelegramId
from storage import inbox, invites
from storage.inbox import Arrival
from storage.transaction import Store

POLL = 50  # seconds that Telegram may hold a call open
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 15.0  # seconds between two failed polls

log = logging.getLogger(__name__)


class Intake:
    """Polls, stores, and then hands over to the work; turns strangers away at the door."""

    def __init__(
        self,
        store: Store,
        api: Api,
        *,
        strangers: Strangers,
        alarms: Alarms,
        take: Callable[[Update], Awaitable[None]],
        resume: Callable[[], Awaitable[None]],
        has_in_hand: Callable[[TelegramId], bool],
    ) -> None:
        self._store = store
        self._api = api
        self._strangers = strangers
        self._alarms = alarms
        self._hand_over = take
        self._resume = resume
        self._has_in_hand = has_in_hand
        self._in_doubt = True  # whether something may be stored that was never handed over
        self._offset: int | None = None

    async def run(self) -> None:
        """Poll until cancelled. Raises TokenRevoked."""
        pause = _FIRST_PAUSE
        while True:
            try:
                await self._poll()
                pause = _FIRST_PAUSE
                continue
            except TokenRevoked:
                raise
            except Refused as error:
                log.error("polling was refused: %s", error.code)
                if error.code == 409:
                    await self._alarms.sound("second_poller")
                pause = max(pause, error.retry_after or 0)
            except ApiError as error:
                log.warning("polling failed: %s", type(error).__name__)
            except StorageFailed as error:
                log.error("updates cannot be stored; they wait at Telegram: %s", error)
                self._in_doubt = True
                await self._alarms.sound("storage_failed")
            await asyncio.sleep(pause)
            pause = min(pause * 2, max(_LONGEST_PAUSE, pause))

    async def _poll(self) -> None:
        if self._in_doubt:
            await self._resume()
            self._in_doubt = False
        parameters: dict[str, Any] = {"timeout": POLL, "limit": 100, "allowed_updates": ALLOWED}
        if self._offset is not None:
            parameters["offset"] = self._offset
        updates = await self._api.call("getUpdates", parameters, answer=POLL + 10)
        if not isinstance(updates, list):
            raise Unclear
        self._offset = None
        if updates:
            await self._take(updates)
            self._offset = _last(updates) + 1

    async def _take(self, updates: Sequence[Any]) -> None:
        """Commit what comes from known people and hand it over; turn the rest away without a trace."""
        arrivals: dict[Arrival, tuple[Envelope, Raw]] = {}
        arriving: set[TelegramId] = set()  # who opened a link here may have written the code right after it
        for update in updates:
            try:
                raw = legible(update)
            except RecursionError:  # nothing that Telegram sends is nested so deep
                raw = None
            envelope = read(raw)
            if envelope is None:
                log.warning("an update that cannot be read was passed over")
            elif envelope.place is Place.ELSEWHERE:
                self._strangers.leave(envelope.chat)
            elif envelope.sender in arriving or await self._is_known(envelope):
                arriving.add(envelope.sender)
                body = json.dumps(raw).encode()
                arrival = Arrival(update_id=envelope.update_id, identity=envelope.identity, body=body)
                arrivals[arrival] = (envelope, raw)
            else:
                self._strangers.turn_away(envelope)
        for row, arrival in await inbox.keep(self._store, list(arrivals)) if arrivals else ():
            envelope, raw = arrivals[arrival]
            await self._hand_over(Update(row=row, envelope=envelope, raw=raw))

    async def _is_known(self, envelope: Envelope) -> bool:
        """Whether the sender is in the programme, is coming in at this moment, or holds a link that was made here."""
        if self._has_in_hand(envelope.sender) or await self._store.keyring.find(envelope.sender) is not None:
            return True
        token = envelope.token
        if token is None:
            return False
        return await self._store.transact(lambda tx: invites.find_by_token(tx, token) is not None)


def _last(updates: list[Any]) -> int:
    """The highest number among updates. Without any there is nothing to acknowledge them by: Unclear."""
    ids = (raw.get("update_id") for raw in updates if isinstance(raw, dict))
    numbers = [id_ for id_ in ids if isinstance(id_, int)]
    if not numbers:
        raise Unclear
    return max(numbers)
