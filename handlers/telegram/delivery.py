"""From the outbox to Telegram: one lane a recipient, in order; many lanes side by side.

A lane's turn is one transaction: it records how the last notice went and claims the next one. Then it sends. How a
failure is taken is in `_outcome_of`; what may follow from it is `mentorbot/programme/delivery.py`.
"""

import asyncio
import logging
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from handlers.telegram.api import Api, NotDelivered, Refused, TokenRevoked, Unclear
from handlers.telegram.buttons import token_for
from handlers.telegram.pace import Pace
from handlers.telegram.rendering import Keyboard, Rendered, Setting, render
from mentorbot.locale.catalogue import Say
from mentorbot.programme.delivery import Delivery, next_try
from mentorbot.programme.errors import MentorbotError, NotThere, SealBroken, Stale, StorageFailed
from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.notices import Carried, NotCarried, Notice, Relayed
from mentorbot.programme.wording import Format
from storage import channels, outbox, people
from storage.outbox import Claimed
from storage.transaction import Store, Transaction

LANES = 128
SWEEP = 2.0  # seconds between two looks for what has become due
_AFTER_STORAGE_FAILED = 1.0  # seconds

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Sending:
    """One notice in a lane's hands; `notice` is None when its seal is broken."""

    claimed: Claimed
    notice: Notice | None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How sending went. `message` is the new message's id where there is one."""

    state: Delivery
    message: MessageId | None = None
    retry_after: timedelta | None = None
    blocked: bool = False


class Deliverer:
    """Sends what is in the outbox, as the leader with this epoch."""

    def __init__(self, store: Store, api: Api, *, epoch: int, pace: Pace, bot_username: str, zone: tzinfo) -> None:
        self._store = store
        self._api = api
        self._epoch = epoch
        self._pace = pace
        self._bot_username = bot_username
        self._zone = zone
        self._slots = asyncio.Semaphore(LANES)
        self._lanes: dict[Pid, asyncio.Task[None]] = {}
        self._again: set[Pid] = set()
        self._stopping = False
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def wake(self, recipients: Iterable[Pid]) -> None:
        """There may be something to send to these people."""
        for pid in recipients:
            if pid in self._lanes:
                self._again.add(pid)
            elif not self._stopping:
                self._lanes[pid] = asyncio.create_task(self._lane(pid))

    async def run(self) -> None:
        """Look now and then for what has become due without anybody saying so, until cancelled."""
        while True:
            try:
                self.wake(await self._store.transact(outbox.due_recipients))
            except StorageFailed as error:
                log.error("the outbox cannot be read: %s", error)
            await asyncio.sleep(SWEEP)

    async def finish(self) -> None:
        """Send what is claimed, claim nothing more."""
        self._stopping = True
        await asyncio.gather(*self._lanes.values(), return_exceptions=True)

    async def _lane(self, pid: Pid) -> None:
        try:
            async with self._slots:
                await self._serve(pid)
        except TokenRevoked as error:
            if not self.failed.done():
                self.failed.set_exception(error)
        except Exception:
            log.exception("a lane ended: %s", self._store.root.name_in_log(pid))
        finally:
            del self._lanes[pid]
            if pid in self._again:
                self._again.discard(pid)
                self.wake([pid])

    async def _serve(self, pid: Pid) -> None:
        last: tuple[Sending, Outcome] | None = None
        while True:
            wait = self._pace.wait(pid)
            may_claim = wait == 0 and not self._stopping
            if may_claim:
                self._pace.spend(pid)
            sending = await self._turn(pid, last, may_claim=may_claim)
            if sending is not None:
                last = (sending, await self._send(sending))
                continue
            if may_claim:
                self._pace.refund(pid)
            if may_claim or self._stopping:
                return
            last = None
            await asyncio.sleep(wait)

    async def _turn(self, pid: Pid, last: tuple[Sending, Outcome] | None, *, may_claim: bool) -> Sending | None:
        """Record the last outcome and claim the next notice; again and again while the database refuses.

        After a refusal it may all have been done: then the outcome is recorded already, and what was claimed is not
        being sent by anybody.
        """
        in_doubt = False

        def turn(tx: Transaction) -> Sending | None:
            if last is not None:
                try:
                    _record(tx, *last, epoch=self._epoch)
                except Stale:
                    if not in_doubt:
                        raise
            if in_doubt:
                outbox.give_back(tx, pid, epoch=self._epoch)
            return _claim(tx, pid, epoch=self._epoch) if may_claim else None

        while True:
            try:
                return await self._store.transact(turn)
            except Stale:
                log.warning("a notice is no longer ours to record")
                return None
            except StorageFailed as error:
                if self._stopping:
                    raise
                log.error("the outbox cannot be written: %s", error)
                in_doubt = True
                await asyncio.sleep(_AFTER_STORAGE_FAILED)

    # --- sending ------------------------------------------------------------------------------------------------------

    async def _send(self, sending: Sending) -> Outcome:
        if sending.notice is None:
            return Outcome(state=Delivery.DEAD)
        try:
            message = await self._transmit(sending.claimed, sending.notice)
        except TokenRevoked:
            raise
        except Exception as error:  # whatever it is, it must not hold up what waits behind
            if not isinstance(error, MentorbotError):
                log.exception("a notice cannot be sent; it is set aside")
            outcome = _outcome_of(error)
            log.info("a notice for %s: %s", self._store.root.name_in_log(sending.claimed.recipient), outcome.state)
            return outcome
        return Outcome(state=Delivery.SENT, message=message)

    async def _transmit(self, claimed: Claimed, notice: Notice) -> MessageId:
        chat = await self._store.keyring.telegram_id(claimed.recipient)
        at = Setting(
            say=Say(claimed.language, self._zone),
            bot_username=self._bot_username,
            possible_repeat=claimed.possible_repeat,
        )
        if isinstance(notice, Carried):
            return await self._copy(chat, notice, at)
        body = self._body(claimed.recipient, render(notice, at))
        if notice.replaces is not None:
            try:
                await self._api.call("editMessageText", {"chat_id": chat, "message_id": notice.replaces, **body})
                return notice.replaces
            except Refused as error:
                if error.code != 400:
                    raise
                if "not modified" in error.description:
                    return notice.replaces
        sent = await self._api.call("sendMessage", {"chat_id": chat, **body, **_answering(notice)})
        return MessageId(sent["message_id"])

    async def _copy(self, chat: int, notice: Carried, at: Setting) -> MessageId:
        if at.possible_repeat:
            await self._api.call("sendMessage", {"chat_id": chat, "text": at.say("channel.next_may_repeat")})
        source = await self._store.keyring.telegram_id(notice.sender)
        copied = await self._api.call(
            "copyMessage", {"chat_id": chat, "from_chat_id": source, "message_id": notice.from_message}
        )
        return MessageId(copied["message_id"])

    def _body(self, pid: Pid, rendered: Rendered) -> dict[str, Any]:
        body: dict[str, Any] = {"text": rendered.text, "link_preview_options": {"is_disabled": True}}
        if rendered.formats:
            body["entities"] = [_entity(form) for form in rendered.formats]
        if rendered.keyboard:
            body["reply_markup"] = {"inline_keyboard": self._buttons(pid, rendered.keyboard)}
        return body

    def _buttons(self, pid: Pid, keyboard: Keyboard) -> list[list[dict[str, str]]]:
        key = self._store.root.buttons
        return [
            [{"text": label, "callback_data": token_for(key, pid, press)} for label, press in row] for row in keyboard
        ]


def _claim(tx: Transaction, pid: Pid, *, epoch: int) -> Sending | None:
    claimed = outbox.claim(tx, pid, epoch=epoch)
    if claimed is None:
        return None
    try:
        return Sending(claimed=claimed, notice=outbox.open_notice(tx, claimed))
    except (SealBroken, NotThere):
        log.error("a notice for %s cannot be opened; it is set aside", tx.root.name_in_log(pid))
        return Sending(claimed=claimed, notice=None)


def _record(tx: Transaction, sending: Sending, outcome: Outcome, *, epoch: int) -> None:
    """What follows from an outcome, in the same transaction."""
    claimed, notice = sending.claimed, sending.notice
    if outcome.blocked:
        people.set_unreachable(tx, claimed.recipient, tx.now)
    if outcome.state in (Delivery.RETRY, Delivery.UNKNOWN):
        outbox.postpone(tx, claimed.id, outcome.state, epoch=epoch, until=_until(tx.now, claimed, outcome))
        return
    outbox.finish(tx, claimed.id, outcome.state, epoch=epoch)
    if claimed.channel is None:
        return
    if outcome.state is Delivery.DEAD:
        _tell_sender(tx, claimed, notice)
    elif outcome.message is not None:
        channels.link(
            tx,
            to=claimed.recipient,
            to_message=outcome.message,
            channel=claimed.channel,
            from_message=notice.from_message if isinstance(notice, Relayed | Carried) else None,
        )


def _tell_sender(tx: Transaction, claimed: Claimed, notice: Notice | None) -> None:
    """Nobody is left to believe that a message arrived which did not."""
    if claimed.kind not in (Relayed.__name__, Carried.__name__) or claimed.channel is None:
        return
    sender = channels.other_end(tx, claimed.channel, claimed.recipient)
    message = notice.from_message if isinstance(notice, Relayed | Carried) else None
    outbox.put(tx, sender, NotCarried(to_message=message))


def _until(now: datetime, claimed: Claimed, outcome: Outcome) -> datetime:
    return next_try(
        now,
        attempts=claimed.attempts,
        retry_after=outcome.retry_after,
        chance=random.random(),  # noqa: S311 - spreads tries in time, keeps no secret
    )


def _outcome_of(error: Exception) -> Outcome:
    if isinstance(error, NotDelivered | StorageFailed):  # the keys store is asked before anything is sent
        return Outcome(state=Delivery.RETRY)
    if isinstance(error, Unclear):
        return Outcome(state=Delivery.UNKNOWN)
    if not isinstance(error, Refused):
        return Outcome(state=Delivery.DEAD)
    if error.code == 429:
        return Outcome(state=Delivery.RETRY, retry_after=timedelta(seconds=error.retry_after or 1))
    if error.code == 403:
        return Outcome(state=Delivery.RETRY, blocked=True)
    return Outcome(state=Delivery.DEAD)


def _answering(notice: Notice) -> dict[str, Any]:
    """A notice about one of the recipient's own messages is a reply to it, where it still stands."""
    message: MessageId | None = getattr(notice, "to_message", None)
    if message is None:
        return {}
    return {"reply_parameters": {"message_id": message, "allow_sending_without_reply": True}}


def _entity(form: Format) -> dict[str, Any]:
    entity: dict[str, Any] = {"type": form.kind, "offset": form.offset, "length": form.length}
    if form.url:
        entity["url"] = form.url
    if form.language:
        entity["language"] = form.language
    return entity
