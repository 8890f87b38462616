"""What a participant settles about their own safety."""

from telegram import Update

from handlers.telegram.buttons import Press, days_and_hours_in
from handlers.telegram.context import Context
from mentorbot.programme.ids import MessageId
from mentorbot.programme.people import Person
from mentorbot.services import covering, hours as safe_hours, safety
from storage.transaction import Transaction


async def show(update: Update, context: Context) -> None:
    """/safety"""
    await context.desk.command(safety.show)


def set_protected(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    safety.set_protected(tx, me, any(press.object), instead_of=under)


def set_discreet(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    safety.set_discreet(tx, me, any(press.object), instead_of=under)


def show_covered(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    covering.show(tx, me, under)


def cover_again(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    covering.hide(tx, me, under)


async def hours(update: Update, context: Context) -> None:
    """/hours, alone or with other hours."""
    text = " ".join(context.args or ())
    await context.desk.command(lambda tx, me: safe_hours.set_typed(tx, me, text) if text else safe_hours.show(tx, me))


def choose_hours(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    safe_hours.show(tx, me, instead_of=under)


def set_hours(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    safe_hours.settle(tx, me, days_and_hours_in(press.object), instead_of=under)
