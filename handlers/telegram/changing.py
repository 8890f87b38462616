"""Options for a message of one's own, and removing it on the other side."""

from telegram import Update

from handlers.telegram.context import Context
from mentorbot.programme.ids import MessageId
from mentorbot.services import changing


async def delete(update: Update, context: Context) -> None:
    """/delete, in reply to a message of one's own"""
    mine = _own_message(update)
    await context.desk.command(
        lambda tx, me: changing.explain(tx, me) if mine is None else changing.take_back(tx, me, mine)
    )


async def options(update: Update, context: Context) -> None:
    """/options, in reply to a message of one's own"""
    mine = _own_message(update)
    await context.desk.command(
        lambda tx, me: changing.explain(tx, me) if mine is None else changing.show_options(tx, me, mine)
    )


def _own_message(update: Update) -> MessageId | None:
    """The message that a command answers, where whoever gives the command has written it."""
    message = update.effective_message
    answered = None if message is None else message.reply_to_message
    if message is None or answered is None or answered.from_user != message.from_user:
        return None
    return MessageId(answered.message_id)
