"""What a conversation's handler works with: the store, the person, and the update that is being settled."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, TypeVar

from telegram.ext import Application, CallbackContext, ExtBot

from handlers.telegram.background import Background
from handlers.telegram.strangers import Strangers
from mentorbot.programme.errors import MentorbotError, NotPermitted, NotThere, Stale
from mentorbot.programme.ids import MessageId, Pid, TelegramId
from mentorbot.programme.notices import NotUnderstood
from mentorbot.programme.people import Person, Role
from mentorbot.services import absence
from storage import inbox, outbox, people, standing
from storage.inbox import RowId, UpdateState
from storage.standing import Standing
from storage.transaction import Store, Transaction

T = TypeVar("T")
Decision = Callable[[Transaction, Person], T]


class AlreadySettled(MentorbotError):
    """This update had its effect before: its commit succeeded, and only the word of it was lost."""


def settle(tx: Transaction, row: RowId) -> None:
    """Close the update whose effect this transaction is. Raises AlreadySettled, so that there is no second effect."""
    if not inbox.settle(tx, row, UpdateState.DONE):
        raise AlreadySettled


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What is the same for every update."""

    store: Store
    strangers: Strangers
    default_language: str
    zone: tzinfo
    answers: Background = field(default_factory=lambda: Background(at_once=100))  # to pressed buttons


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One update on its way through: `pid` is None for somebody who is not in the programme (yet). `stands` is the
    message that it brought into their chat, if it brought one."""

    surroundings: Surroundings
    row: RowId
    sender: TelegramId
    language_code: str | None
    pid: Pid | None
    stands: Standing | None = None
    failures: list[Exception] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return self.surroundings.store

    async def decide(self, decision: Decision[T]) -> T:
        """Run a decision about this person and settle the update, in one transaction.

        Raises what the decision raises (the update is then not settled), NotThere when the person is gone, and
        AlreadySettled.
        """

        def unit(tx: Transaction) -> T:
            if self.pid is None:
                raise NotThere
            me = people.get(tx, self.pid)
            if me.unreachable_since is not None:  # whoever writes is back, even if Telegram's word of it was lost
                absence.back(tx, me)
            settle(tx, self.row)
            if me.role is Role.PARTICIPANT:
                self.note(tx, me.pid)
            return decision(tx, me)

        return await self.store.transact(unit, actor=self.pid)

    async def command(self, decision: Decision[None]) -> None:
        """Like `decide`; somebody who may not do that is told that it is not understood here."""
        try:
            await self.decide(decision)
        except (NotPermitted, Stale):
            await self.decide(lambda tx, me: outbox.put(tx, me.pid, NotUnderstood()))

    async def settle(self) -> None:
        """Settle the update without doing anything."""

        def unit(tx: Transaction) -> None:
            if inbox.settle(tx, self.row, UpdateState.DONE) and self.pid is not None:
                self.note(tx, self.pid)

        await self.store.transact(unit)

    def note(self, tx: Transaction, pid: Pid) -> None:
        """Remember what the update brought into this person's chat, where that can be removed on their word."""
        if self.stands is not None:
            standing.note(tx, pid, self.stands)

    async def forget(self, pids: list[Pid]) -> None:
        """Destroy the keys of those who were removed, and tell this person what every stranger is told."""
        for pid in pids:
            await self.store.keyring.forget(pid)
        if self.pid in pids:
            self.surroundings.strangers.say_no(self.sender, self.language_code)

    async def part(self, language: str, under: MessageId) -> None:
        """Destroy this person's key, their rows being gone, and let the rows leave the files too. Then say one last
        sentence in the place of the message `under`."""
        if self.pid is not None:
            await self.store.keyring.forget(self.pid)
            await self.store.data.scrub()
            self.surroundings.strangers.say_farewell(self.sender, under, language)


current: ContextVar[Desk] = ContextVar("current desk")


class Context(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """python-telegram-bot's context with the desk of the update that is being handled."""

    @property
    def desk(self) -> Desk:
        return current.get()


App = Application[ExtBot[None], Context, dict[Any, Any], dict[Any, Any], dict[Any, Any], Any]
