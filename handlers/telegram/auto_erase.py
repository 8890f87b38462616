"""Messages that go by themselves from a participant's own chat."""

from telegram import Update

from handlers.telegram.buttons import Press
from handlers.telegram.context import Context
from mentorbot.programme.ids import ChannelId, MessageId
from mentorbot.programme.people import Person
from mentorbot.services import auto_erase, erase_there
from storage.transaction import Transaction


async def erase(update: Update, context: Context) -> None:
    """/erase, alone or with hours."""
    text = " ".join(context.args or ())
    await context.desk.command(lambda tx, me: auto_erase.set_typed(tx, me, text) if text else auto_erase.show(tx, me))


def choose(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    auto_erase.show(tx, me, instead_of=under)


def settle(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    auto_erase.settle(tx, me, press.object[0], instead_of=under)


def propose_there(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    erase_there.propose(tx, me)


def agree_there(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    erase_there.answer(tx, me, ChannelId(press.subject), hours=press.object[0], agrees=True, instead_of=under)


def decline_there(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    erase_there.answer(tx, me, ChannelId(press.subject), hours=press.object[0], agrees=False, instead_of=under)


def end_there(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    """By the participant, who has no need to name a channel, or by the mentor."""
    if any(press.subject):
        erase_there.end_as_mentor(tx, me, ChannelId(press.subject), instead_of=under)
    else:
        erase_there.end_as_participant(tx, me)
        auto_erase.show(tx, me, instead_of=under)
