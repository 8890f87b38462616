"""Somebody is there for a mentor who is away: the buttons."""

from handlers.telegram.buttons import Act, Action, Press
from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.people import Person
from mentorbot.services import substitutes
from storage.transaction import Transaction


def _choose(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    substitutes.offer(tx, me, int.from_bytes(press.object), instead_of=under)


def _nobody(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    substitutes.want_nobody(tx, me, instead_of=under)


def _ask(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    substitutes.ask(tx, me, Pid(press.subject), instead_of=under)


def _answer(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    substitutes.answer(tx, me, press.subject, can=any(press.object), instead_of=under)


def _take(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    substitutes.accept(tx, me, press.subject, ChannelId(press.object), instead_of=under)


def _decline(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    substitutes.decline(tx, me, instead_of=under)


def _end(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    substitutes.end(tx, me, ChannelId(press.subject), instead_of=under)


ACTS: dict[Action, Act] = {
    Action.CHOOSE_SUBSTITUTE: _choose,
    Action.NO_SUBSTITUTE: _nobody,
    Action.ASK_SUBSTITUTE: _ask,
    Action.ANSWER_FOR_ANOTHER: _answer,
    Action.TAKE_SUBSTITUTE: _take,
    Action.DECLINE_SUBSTITUTE: _decline,
    Action.END_SUBSTITUTION: _end,
}
