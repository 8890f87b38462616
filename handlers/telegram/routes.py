"""Which update goes to which conversation. Every command and every button is named here."""

import logging

import aiohttp
from telegram import Update as TelegramUpdate
from telegram.ext import (
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from handlers.telegram import (
    absence,
    answering,
    auto_erase,
    change,
    changing,
    channel,
    code_words,
    coordination,
    joining,
    presses,
    profile,
    reactions,
    safety,
    topics,
    wiping,
)
from handlers.telegram.context import AlreadySettled, App, Context, Desk, Surroundings, current
from handlers.telegram.ptb_request import AiohttpRequest
from handlers.telegram.updates import Envelope, Raw
from handlers.telegram.work import Update
from mentorbot.programme.errors import NotThere
from mentorbot.programme.notices import NotUnderstood, SetAside
from storage import inbox, outbox, people, standing
from storage.inbox import RowId, UpdateState
from storage.transaction import Transaction

COMMANDS = {
    "start": joining.start,
    "people": channel.show_people,
    "invite": coordination.invite,
    "pair": coordination.pair,
    "delete": changing.delete,
    "options": changing.options,
    "mentor": change.mentor,
    "safety": safety.show,
    "answering": answering.hours,
    "away": answering.away,
    "back": answering.back,
    "topics": topics.show,
    "wipe": wiping.wipe,
    "hours": safety.hours,
    "erase": auto_erase.erase,
    "codeword": code_words.settle,
    "alias": profile.alias,
    "language": profile.language,
    "help": profile.help_,
    "privacy": profile.privacy,
    "pause": absence.pause,
    "resume": absence.resume,
    "leave": absence.leave,
}

log = logging.getLogger(__name__)


class Routes:
    """Hands each update to its conversation; commands and buttons through python-telegram-bot."""

    def __init__(self, surroundings: Surroundings, application: App) -> None:
        self._surroundings = surroundings
        self._application = application

    async def handle(self, update: Update) -> None:
        """Act on one update and settle it. Raises what the conversation raises."""
        envelope = update.envelope
        pid = await self._surroundings.store.keyring.find(envelope.sender)
        desk = Desk(
            surroundings=self._surroundings,
            row=update.row,
            sender=envelope.sender,
            language_code=envelope.language_code,
            pid=pid,
            stands=envelope.stands,
        )
        try:
            await self._hand_over(desk, envelope.kind, update.raw)
        except NotThere:
            await self._pass_over(desk)
        except AlreadySettled:
            log.info("an update had its effect before")

    async def _pass_over(self, desk: Desk) -> None:
        """Settle an update of somebody who is gone. If a crash left their key behind, it is destroyed now."""
        log.info("an update of somebody who is gone was passed over")
        await desk.settle()
        pid = desk.pid
        if pid is not None and not await desk.store.transact(lambda tx: people.is_there(tx, pid)):
            await desk.forget([pid])

    async def set_aside(self, row: RowId, envelope: Envelope | None) -> None:
        """Settle an update that cannot be handled, and tell its sender that nobody received it."""
        store = self._surroundings.store
        pid = None if envelope is None else await store.keyring.find(envelope.sender)

        def unit(tx: Transaction) -> None:
            settled = inbox.settle(tx, row, UpdateState.ASIDE)
            if settled and pid is not None and people.is_there(tx, pid):
                outbox.put(tx, pid, SetAside())
                if envelope is not None and envelope.stands is not None:
                    standing.note(tx, pid, envelope.stands)

        await store.transact(unit, actor=pid)

    async def _hand_over(self, desk: Desk, kind: str, raw: Raw) -> None:
        content: Raw = raw[kind]
        if kind == "my_chat_member":
            await absence.membership(desk, content)
        elif kind == "edited_message":
            await channel.edited(desk, content)
        elif kind == "message_reaction":
            await reactions.reacted(desk, content)
        elif kind == "callback_query" or _is_command(content):
            await self._through_application(desk, raw)
        else:
            await channel.message(desk, content)

    async def _through_application(self, desk: Desk, raw: Raw) -> None:
        """Let python-telegram-bot find the handler; what that raises is raised here."""
        current.set(desk)
        await self._application.process_update(TelegramUpdate.de_json(dict(raw), self._application.bot))
        if desk.failures:
            raise desk.failures[0]


def build_application(session: aiohttp.ClientSession, *, token: str, api_url: str) -> App:
    """python-telegram-bot's application: no updater, no job queue, no persistence, our own request layer."""
    application = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{api_url}/bot")
        .base_file_url(f"{api_url}/file/bot")
        .request(AiohttpRequest(session))
        .get_updates_request(AiohttpRequest(session))
        .updater(None)
        .job_queue(None)
        .context_types(ContextTypes(context=Context))
        .build()
    )
    for command, handler in COMMANDS.items():
        application.add_handler(CommandHandler(command, handler))
    application.add_handler(CallbackQueryHandler(presses.press))
    application.add_handler(MessageHandler(filters.ALL, _not_understood))
    application.add_error_handler(_keep_failure)
    return application


async def _not_understood(update: TelegramUpdate, context: Context) -> None:
    await context.desk.command(lambda tx, me: outbox.put(tx, me.pid, NotUnderstood()))


async def _keep_failure(update: object, context: Context) -> None:
    """Hand an error back to the one who must retry; python-telegram-bot would only log it."""
    if isinstance(context.error, Exception):
        context.desk.failures.append(context.error)


def _is_command(content: Raw) -> bool:
    """Whether a message begins with a command, as Telegram itself has found."""
    return any(entity["type"] == "bot_command" and entity["offset"] == 0 for entity in content.get("entities", ()))
