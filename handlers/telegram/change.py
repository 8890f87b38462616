"""Another mentor: the command and the buttons."""

from telegram import Update

from handlers.telegram.buttons import Act, Action, Press
from handlers.telegram.context import Context
from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.people import Person
from mentorbot.services import change
from storage.transaction import Transaction


async def mentor(update: Update, context: Context) -> None:
    """/mentor"""
    await context.desk.command(change.show_mentor)


def _ask(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    change.ask(tx, me, ChannelId(press.subject), instead_of=under)


def _ask_surely(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    change.ask_surely(tx, me, ChannelId(press.subject), instead_of=under)


def _list(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    change.offer(tx, me, instead_of=under)


def _choose(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    change.offer_mentors(tx, me, ChannelId(press.subject), instead_of=under)


def _to(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    change.offer_ways(tx, me, ChannelId(press.subject), Pid(press.object), instead_of=under)


def _now(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    change.change_now(tx, me, ChannelId(press.subject), Pid(press.object), instead_of=under)


def _note_first(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    change.ask_for_note(tx, me, ChannelId(press.subject), Pid(press.object), instead_of=under)


def _no_note(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    change.no_note(tx, me, ChannelId(press.subject), instead_of=under)


ACTS: dict[Action, Act] = {
    Action.ASK_MENTOR: _ask,
    Action.ASK_MENTOR_SURELY: _ask_surely,
    Action.CHANGE_LIST: _list,
    Action.CHANGE_CHOOSE: _choose,
    Action.CHANGE_TO: _to,
    Action.CHANGE_NOW: _now,
    Action.CHANGE_NOTE: _note_first,
    Action.NO_NOTE: _no_note,
}
