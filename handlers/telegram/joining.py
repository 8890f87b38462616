"""An invite's link, and the code that belongs to it."""

from telegram import Update

from handlers.telegram.context import Context, Desk, settle
from mentorbot.locale.catalogue import nearest
from mentorbot.services import joining
from mentorbot.services.joining import Door
from storage.transaction import Transaction


async def start(update: Update, context: Context) -> None:
    """/start, alone or with the token of an invite's link."""
    desk, token = context.desk, " ".join(context.args or ())
    if not token:
        await desk.command(joining.remind)
        return
    if await desk.store.transact(lambda tx: joining.knock(tx, token, by=desk.pid)) is Door.OPEN:
        await _arrive(desk, token)
    elif desk.pid is not None:
        await desk.command(joining.remind)
    else:
        await desk.settle()
        desk.surroundings.strangers.say_no(desk.sender, desk.language_code)


async def _arrive(desk: Desk, token: str) -> None:
    """Make the newcomer known to the keys store first: their rows are sealed under their own key."""
    pid = await desk.store.keyring.admit(desk.sender)
    language = nearest(desk.language_code, desk.surroundings.default_language)

    def arrive(tx: Transaction) -> None:
        settle(tx, desk.row)
        joining.arrive(tx, pid, token, language)
        desk.note(tx, pid)

    await desk.store.transact(arrive, actor=pid)
