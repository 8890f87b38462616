"""A participant's code word: the command and the buttons."""

from datetime import UTC, datetime, timedelta

from telegram import Update

from handlers.telegram.buttons import Act, Action, Press
from handlers.telegram.context import Context
from mentorbot.programme.errors import Stale
from mentorbot.programme.ids import ChannelId, MessageId
from mentorbot.programme.people import Person
from mentorbot.services import code_words
from storage.transaction import Transaction


async def settle(update: Update, context: Context) -> None:
    """/codeword, alone or with a word or a few."""
    typed, message = " ".join(context.args or ()), update.effective_message
    if not typed or message is None:
        await context.desk.command(code_words.show)
    else:
        written = MessageId(message.message_id)
        await context.desk.command(lambda tx, me: code_words.settle(tx, me, typed, written))


def _show(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    code_words.show(tx, me, instead_of=under)


def _remove(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    code_words.remove(tx, me, instead_of=under)


def _lift(tx: Transaction, me: Person, press: Press, under: MessageId) -> None:
    try:
        since = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int.from_bytes(press.object))
    except OverflowError:
        raise Stale from None
    code_words.lift(tx, me, ChannelId(press.subject), since, instead_of=under)


ACTS: dict[Action, Act] = {
    Action.SHOW_CODE_WORD: _show,
    Action.REMOVE_CODE_WORD: _remove,
    Action.LIFT_HOLD: _lift,
}
