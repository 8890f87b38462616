"""Telling the coordinators that something about the bot itself needs a look."""

import logging
from collections.abc import Callable
from datetime import timedelta, tzinfo
from time import monotonic

from handlers.telegram.api import Api
from handlers.telegram.pace import Pace
from mentorbot.locale.catalogue import Say
from mentorbot.programme.errors import MentorbotError, StorageFailed
from mentorbot.programme.notices import Alarm
from mentorbot.programme.people import Person, Role
from storage import outbox, people
from storage.transaction import Store, Transaction

AGAIN_AFTER = timedelta(hours=1)

log = logging.getLogger(__name__)


class Alarms:
    """Sounds each kind of alarm at most once an hour; through the outbox, or straight when nothing can be stored."""

    def __init__(
        self, store: Store, api: Api, pace: Pace, *, zone: tzinfo, clock: Callable[[], float] = monotonic
    ) -> None:
        self._store = store
        self._api = api
        self._pace = pace
        self._zone = zone
        self._clock = clock
        self._sounded: dict[str, float] = {}

    async def sound(self, what: str) -> None:
        """Tell every coordinator what is wrong (`alarm.<what>` in the catalogue)."""
        now, last = self._clock(), self._sounded.get(what)
        if last is not None and now - last < AGAIN_AFTER.total_seconds():
            return
        self._sounded[what] = now
        log.critical("the coordinators are told")
        try:
            await self._store.transact(lambda tx: _queue(tx, what))
        except StorageFailed:
            await self._say_straight(what)

    async def _say_straight(self, what: str) -> None:
        try:
            coordinators: list[Person] = await self._store.transact(lambda tx: people.active(tx, Role.COORDINATOR))
        except StorageFailed:
            log.critical("an alarm reached nobody")
            del self._sounded[what]
            return
        for person in coordinators:
            text = Say(person.language, self._zone)(f"alarm.{what}")
            try:
                chat = await self._store.keyring.telegram_id(person.pid)
                self._pace.spend(person.pid)  # counted, never waited for
                await self._api.call("sendMessage", {"chat_id": chat, "text": text})
            except MentorbotError as error:
                log.critical("an alarm did not reach a coordinator: %s", type(error).__name__)


def _queue(tx: Transaction, what: str) -> None:
    for person in people.active(tx, Role.COORDINATOR):
        outbox.put(tx, person.pid, Alarm(what=what))
