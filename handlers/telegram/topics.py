"""A topic for each participant in a mentor's chat."""

from telegram import Update

from handlers.telegram.buttons import Press
from handlers.telegram.context import Context
from mentorbot.programme.ids import MessageId
from mentorbot.programme.people import Person
from mentorbot.services import topics
from storage.transaction import Transaction


async def show(update: Update, context: Context) -> None:
    """/topics"""
    possible = bool(context.bot.bot.has_topics_enabled)
    await context.desk.command(lambda tx, me: topics.show(tx, me, possible=possible))


def settle(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    topics.settle(tx, me, any(press.object), instead_of=under)
