"""A participant takes a break, or leaves; and whoever blocked the bot, or is back."""

from telegram import Update

from handlers.telegram.buttons import Press
from handlers.telegram.context import Context, Desk, settle
from handlers.telegram.updates import Raw
from mentorbot.programme.ids import MessageId
from mentorbot.programme.people import Person
from mentorbot.services import absence, leaving
from storage import people
from storage.transaction import Transaction


async def pause(update: Update, context: Context) -> None:
    """/pause"""
    await context.desk.command(absence.pause)


async def resume(update: Update, context: Context) -> None:
    """/resume"""
    await context.desk.command(absence.resume)


async def leave(update: Update, context: Context) -> None:
    """/leave"""
    await context.desk.command(leaving.ask)


async def leave_now(desk: Desk, press: Press, under: MessageId) -> None:
    """The button: the rows go, then the key, then what was deleted leaves the files; then one last sentence."""

    def unit(tx: Transaction, me: Person) -> str:
        leaving.leave(tx, me, press.version)
        return me.language

    language = await desk.decide(unit)
    await desk.part(language, under)


async def membership(desk: Desk, content: Raw) -> None:
    """Telegram says that somebody blocked the bot or is back."""
    if content["new_chat_member"]["status"] == "member":
        await desk.decide(lambda tx, me: people.set_reachable(tx, me.pid))
        return

    def unit(tx: Transaction) -> None:
        settle(tx, desk.row)
        if desk.pid is not None and people.is_there(tx, desk.pid):
            absence.lost(tx, desk.pid, refused=tx.now)

    await desk.store.transact(unit)
