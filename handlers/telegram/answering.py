"""When a mentor answers, and when they are away."""

from telegram import Update

from handlers.telegram.buttons import Press, days_and_hours_in
from handlers.telegram.context import Context
from mentorbot.programme.ids import MessageId
from mentorbot.programme.people import Person
from mentorbot.services import answering, away as service
from storage.transaction import Transaction


async def hours(update: Update, context: Context) -> None:
    """/answering, alone or with days and hours."""
    text = " ".join(context.args or ())
    await context.desk.command(lambda tx, me: answering.set_typed(tx, me, text) if text else answering.show(tx, me))


def set_hours(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    answering.set_hours(tx, me, days_and_hours_in(press.object), instead_of=under)


async def away(update: Update, context: Context) -> None:
    """/away, alone or with a date."""
    text = " ".join(context.args or ())
    await context.desk.command(
        lambda tx, me: service.go_away_until(tx, me, text) if text else service.show_absence(tx, me)
    )


async def back(update: Update, context: Context) -> None:
    """/back"""
    await context.desk.command(service.come_back)


def go_away(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    service.go_away_for(tx, me, press.object[0], instead_of=under)


def come_back(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    service.come_back(tx, me, instead_of=under)
