"""A participant empties their own chat."""

from telegram import Update

from handlers.telegram.buttons import Press
from handlers.telegram.context import Context
from mentorbot.programme.ids import MessageId
from mentorbot.programme.people import Person
from mentorbot.services import wiping
from storage.transaction import Transaction


async def wipe(update: Update, context: Context) -> None:
    """/wipe"""
    await context.desk.command(wiping.ask)


def wipe_now(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    wiping.wipe(tx, me, asked=under)


def drop(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    wiping.drop(tx, me, instead_of=under)


def set_asks(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    wiping.set_asks(tx, me, any(press.object), instead_of=under)
