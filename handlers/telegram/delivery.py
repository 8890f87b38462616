"""From the outbox to Telegram: one lane a recipient; many lanes side by side, see `lanes.py`.

A lane's turn is one transaction: it records how the last notice went and claims the next one. Then it sends. How a
failure is taken is in `_outcome_of`; what may follow from it is `mentorbot/programme/delivery.py`.
"""

import asyncio
import logging
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from handlers.telegram import covering
from handlers.telegram.api import NotDelivered, Refused, TokenRevoked, Unclear
from handlers.telegram.background import Background
from handlers.telegram.covering import Cover, Showing
from handlers.telegram.lanes import Lanes, Later
from handlers.telegram.pace import Pace
from handlers.telegram.transmission import Transmitter
from mentorbot.programme.changing import CHANGEABLE_FOR, Removal, removal_of
from mentorbot.programme.content import Form
from mentorbot.programme.covering import JUST_NOW
from mentorbot.programme.delivery import LATEST, Delivery, Rank, next_try
from mentorbot.programme.errors import MentorbotError, NotThere, SealBroken, Stale, StorageFailed
from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.notices import (
    Album,
    ArrivalMarked,
    Carried,
    ChannelOver,
    CopiesRemoved,
    CoveredAgain,
    EditNotCarried,
    Erased,
    ErasedThere,
    NotCarried,
    NoteAsked,
    Notice,
    Passed,
    Reacted,
    Redrawn,
    Relayed,
    RemovalTold,
    Removed,
    Reworded,
    Uncovered,
    Wiped,
)
from mentorbot.services import absence, auto_erase, erase_there, leaving, reactions, wiping
from storage import changes, channels, covered, links, outbox, safety, standing
from storage.outbox import Claimed, Strand
from storage.standing import Standing
from storage.transaction import Store, Transaction

MARKS = 20
"""Signs of arrival on their way at once. Beyond that they are left out: none may delay what people say."""
SWEEP = 2.0  # seconds between two looks for what has become due
_AFTER_STORAGE_FAILED = 1.0  # seconds
_OUTLASTING = (ChannelOver, Removed)  # what still goes to a mentor in a channel that is over
_PASSED = frozenset(kind.__name__ for kind in (Relayed, Carried, Album, Redrawn, Reworded))

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Sending:
    """One notice in a lane's hands, to be sent as a reply to `answers`; `notice` is None when its seal is broken.

    `changes` are the messages that it edits or deletes; `too_old` says that there are others, too old for it. `cover`
    is what is done instead, where a neutral line stands for what comes.
    """

    claimed: Claimed
    notice: Notice | None
    answers: MessageId | None = None
    changes: Sequence[MessageId] = ()
    too_old: bool = False
    cover: Cover | None = None


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A participant's message that has reached the mentor, whole."""

    writer: Pid
    message: MessageId


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How sending went, and the messages that it made."""

    state: Delivery
    messages: Sequence[MessageId] = ()
    retry_after: timedelta | None = None
    blocked: bool = False


class Turn(Protocol):
    """A turn of a lane: what arrived, and what is to be sent, or else what is waited for."""

    def __call__(self, tx: Transaction, *, in_doubt: bool) -> tuple[Arrived | None, Sending | Later | None]: ...


class Deliverer:
    """Sends what is in the outbox, as the leader with this epoch."""

    def __init__(self, store: Store, transmitter: Transmitter, *, epoch: int, pace: Pace) -> None:
        self._store = store
        self._transmitter = transmitter
        self._epoch = epoch
        self._pace = pace
        self._lanes = Lanes(self._lane, pace)
        self._before: dict[Pid, Strand] = {}  # whose turn it was last, of those for whom more waits
        self._resting: dict[Pid, datetime] = {}  # chats to which Telegram lets nothing go until then
        self._marks = Background(at_once=MARKS)
        self._stopping = False
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def wake(self, recipients: Mapping[Pid, Rank]) -> None:
        """There may be something of these ranks to send to these people."""
        for pid, rank in recipients.items():
            self._lanes.enter(pid, rank)

    async def run(self) -> None:
        """Look now and then for what has become due without anybody saying so, until cancelled."""
        while True:
            try:
                due = partial(outbox.due_recipients, lowest=self._lanes.sought())
                self.wake(await self._store.transact(due))
            except StorageFailed as error:
                log.error("the outbox cannot be read: %s", error)
            await asyncio.sleep(SWEEP)

    async def finish(self) -> None:
        """Send what is claimed, claim nothing more."""
        self._stopping = True
        await self._lanes.finish()
        await self._marks.finish()

    async def _lane(self, pid: Pid, rank: Rank) -> Later | None:
        later: Later | None = None
        try:
            later = await self._serve(pid, rank)
        except TokenRevoked as error:
            if not self.failed.done():
                self.failed.set_exception(error)
        except Exception:
            log.exception("a lane ended: %s", self._store.root.name_in_log(pid))
        if later is None:
            self._before.pop(pid, None)
        return later

    async def _serve(self, pid: Pid, rank: Rank) -> Later | None:
        """Send what is due while the lanes grant it. What is waited for then, unless the next sweep is soon enough."""
        last: tuple[Sending, Outcome] | None = None
        granted: Rank | None = rank
        while isinstance(found := await self._turn(pid, last, granted), Sending):
            self._before[pid] = found.claimed.strand
            last = (found, await self._send(found))
            granted = self._lanes.grant(pid)
        if granted is not None:
            self._pace.refund(pid)
        if found is None or found.seconds >= SWEEP:
            return None
        in_vain = granted is not None and found.seconds <= 0 and found.rank <= granted  # somebody else was first
        return None if in_vain else found

    async def _turn(
        self, pid: Pid, last: tuple[Sending, Outcome] | None, granted: Rank | None
    ) -> Sending | Later | None:
        """Record the last outcome and claim the next notice, if one of its rank is granted. Else what is waited for.

        Where that goes wrong in a way that nobody thought of, the outcome alone is recorded. If not even that can be,
        what was sent is taken to be unclear, so that it does not hold up what waits behind.
        """

        def turn(tx: Transaction, *, in_doubt: bool, goes_on: bool) -> tuple[Arrived | None, Sending | Later | None]:
            arrived = _settle(tx, pid, last, epoch=self._epoch, in_doubt=in_doubt)
            return arrived, self._next(tx, pid, granted) if goes_on else None

        for goes_on in (True, False):
            try:
                return await self._insist(partial(turn, goes_on=goes_on), last)
            except StorageFailed:
                raise
            except Exception:
                log.exception("what follows from a notice cannot be recorded")
        return await self._insist(partial(_give_up, pid=pid, epoch=self._epoch), None)

    async def _insist(self, turn: Turn, last: tuple[Sending, Outcome] | None) -> Sending | Later | None:
        """Take a turn, again and again while the database refuses. After a refusal it is in doubt: it may all have been
        done."""
        in_doubt = False
        while True:
            try:
                arrived, sending = await self._store.transact(partial(turn, in_doubt=in_doubt))
            except Stale:
                log.warning("a notice is no longer ours to record")
                return None
            except StorageFailed as error:
                if self._stopping:
                    raise
                log.error("the outbox cannot be written: %s", error)
                in_doubt = True
                await asyncio.sleep(_AFTER_STORAGE_FAILED)
            else:
                self._mark(arrived)  # it is committed: only now is the sign no lie
                return sending

    def _next(self, tx: Transaction, pid: Pid, granted: Rank | None) -> Sending | Later | None:
        """What is to be sent now, or what is waited for."""
        rests_until = self._resting.get(pid, tx.now)
        if tx.now < rests_until <= tx.now + LATEST:
            return Later(rank=Rank.TALK, seconds=(rests_until - tx.now).total_seconds())
        sending = None
        if granted is not None:
            sending = _claim(tx, pid, self._before.get(pid), granted, epoch=self._epoch)
        if sending is not None or (due := outbox.due(tx, pid)) is None:
            return sending
        return Later(rank=due[1], seconds=(due[0] - tx.now).total_seconds())

    def _mark(self, arrived: Arrived | None) -> None:
        """Set the sign of arrival on a participant's message, while the pace leaves room for it."""
        if arrived is not None and self._pace.spend_spare(Rank.CHORE):
            self._marks.begin(self._transmitter.mark_arrived(arrived.writer, arrived.message))

    # --- sending ------------------------------------------------------------------------------------------------------

    async def _send(self, sending: Sending) -> Outcome:
        self._resting.pop(sending.claimed.recipient, None)
        if sending.notice is None:
            return Outcome(state=Delivery.DEAD)
        try:
            messages = await self._transmitter.transmit(
                sending.claimed,
                sending.notice,
                answers=sending.answers,
                changes=sending.changes,
                cover=sending.cover,
            )
        except TokenRevoked:
            raise
        except Exception as error:  # whatever it is, it must not hold up what waits behind
            if not isinstance(error, MentorbotError):
                log.exception("a notice cannot be sent; it is set aside")
            outcome = _outcome_of(error)
            if outcome.retry_after is not None:
                self._resting[sending.claimed.recipient] = self._store.clock() + min(outcome.retry_after, LATEST)
            log.info("a notice for %s: %s", self._store.root.name_in_log(sending.claimed.recipient), outcome.state)
            return outcome
        return Outcome(state=Delivery.SENT, messages=messages)


def _settle(
    tx: Transaction, pid: Pid, last: tuple[Sending, Outcome] | None, *, epoch: int, in_doubt: bool
) -> Arrived | None:
    """Record an outcome. In doubt, it may be recorded already, and what was claimed is not being sent by anybody."""
    arrived = None
    try:
        arrived = _record(tx, *last, epoch=epoch) if last is not None else None
    except Stale:
        if not (_recall(tx, last) or in_doubt):
            raise
    if in_doubt:
        outbox.give_back(tx, pid, epoch=epoch)
    return arrived


def _recall(tx: Transaction, last: tuple[Sending, Outcome] | None) -> bool:
    """Take back what arrived while the one whom it came from left, whoever leads by now: nobody else knows of it."""
    if last is None or not last[1].messages:
        return False
    claimed = last[0].claimed
    return leaving.recall(tx, claimed.owner, claimed.recipient, last[1].messages)


def _claim(tx: Transaction, pid: Pid, before: Strand | None, lowest: Rank, *, epoch: int) -> Sending | None:
    claimed = outbox.claim(tx, pid, epoch=epoch, last=before, lowest=lowest)
    if claimed is None:
        return None
    try:
        return _prepared(tx, claimed, outbox.open_notice(tx, claimed))
    except (SealBroken, NotThere):
        log.error("a notice for %s cannot be opened; it is set aside", tx.root.name_in_log(pid))
        return Sending(claimed=claimed, notice=None)


def _prepared(tx: Transaction, claimed: Claimed, notice: Notice) -> Sending:
    """How a notice goes, as everything stands now."""
    if isinstance(notice, Uncovered | CoveredAgain):
        return _lifting(tx, claimed, notice)
    if isinstance(notice, Wiped | Erased | ErasedThere | CopiesRemoved):
        return Sending(claimed=claimed, notice=notice, changes=_going(tx, claimed, notice))
    if isinstance(notice, Reworded | Removed) and claimed.channel is not None:
        sending = _changing(tx, claimed, notice, claimed.channel)
    else:
        sending = Sending(claimed=claimed, notice=notice, answers=_answered(tx, claimed, notice))
    if not claimed.discreet or sending.cover is not None:
        return sending
    if isinstance(notice, Reacted):
        notice = covering.reaction(notice, sending.answers)
    return replace(sending, notice=notice, cover=covering.line_for(tx, claimed, notice))


def _going(
    tx: Transaction, claimed: Claimed, notice: Wiped | Erased | ErasedThere | CopiesRemoved
) -> Sequence[MessageId]:
    """What is deleted in the recipient's chat."""
    if isinstance(notice, Wiped):
        return wiping.going(tx, claimed.recipient, notice)
    if isinstance(notice, Erased):
        return auto_erase.going(tx, claimed.recipient)
    if isinstance(notice, CopiesRemoved):
        return notice.messages
    return [] if claimed.channel is None else erase_there.going(tx, claimed.recipient, claimed.channel)


def _lifting(tx: Transaction, claimed: Claimed, notice: Uncovered | CoveredAgain) -> Sending:
    """What stands behind a line, sent like anything else that came through its channel; or what covers it again."""
    behind, cover = covering.lifting(tx, claimed, notice)
    if behind is None or not isinstance(cover, Showing):
        return Sending(claimed=claimed, notice=notice, cover=cover)
    claimed = replace(claimed, channel=behind.channel, kind=type(behind.notice).__name__)
    return Sending(claimed=claimed, notice=behind.notice, answers=_answered(tx, claimed, behind.notice), cover=cover)


def _changing(tx: Transaction, claimed: Claimed, notice: Reworded | Removed, channel: ChannelId) -> Sending:
    """What a message became in the recipient's chat, as far as it can be changed there now."""
    there = links.went_as(tx, channel, notice.from_message, to=claimed.recipient)
    fresh = [link.message for link in there if tx.now - link.at < CHANGEABLE_FOR]
    if isinstance(notice, Removed):
        if all(one.id != channel for one in channels.of_person(tx, claimed.recipient)):
            return Sending(claimed=claimed, notice=notice)  # it is over: what was said in it stays
        return Sending(claimed=claimed, notice=notice, changes=fresh, too_old=len(fresh) < len(there))
    answers = there[0].message if there else None
    behind = None if answers is None else covered.find(tx, claimed.recipient, answers)
    if behind is not None:
        below = covered.below(tx, claimed.recipient, behind.line)
        there = [link for link in there if link.message not in below]
    one_to_one = len(there) == notice.parts == 1 and there[0].form is notice.form
    if behind is not None and one_to_one:
        cover = covering.rewording(behind, notice, now=tx.now)
        return Sending(claimed=claimed, notice=notice, answers=answers, cover=cover)
    return Sending(claimed=claimed, notice=notice, answers=answers, changes=fresh if one_to_one else ())


def _answered(tx: Transaction, claimed: Claimed, notice: Notice) -> MessageId | None:
    """The message in the recipient's chat that a notice replies to: one of their own that it is about, or what the
    answered message is on their side. None where there is none (any more): it then goes without the thread. For a
    reaction, the message that it is set on."""
    if isinstance(notice, Reacted):
        still_open = claimed.channel is not None and channels.is_open(tx, claimed.channel)
        return _counterpart(tx, claimed, notice.to_counterpart_of) if still_open else None
    if isinstance(notice, Passed):
        return None if notice.answers is None else _counterpart(tx, claimed, notice.answers)
    if isinstance(notice, ArrivalMarked) and claimed.discreet:
        return None  # it may light up a locked phone
    about: MessageId | None = getattr(notice, "to_message", None)
    return about


def _counterpart(tx: Transaction, claimed: Claimed, message: MessageId) -> MessageId | None:
    """What a message in the other's chat is in the recipient's."""
    if claimed.channel is None:
        return None
    other = channels.other_end(tx, claimed.channel, claimed.recipient)
    return links.counterpart(tx, claimed.channel, message, of=other, to=claimed.recipient)


def _record(tx: Transaction, sending: Sending, outcome: Outcome, *, epoch: int) -> Arrived | None:
    """What follows from an outcome, in the same transaction. Returns what has arrived by it."""
    claimed = sending.claimed
    if outcome.blocked:
        absence.lost(tx, claimed.recipient, refused=claimed.at)
    if outcome.state in (Delivery.RETRY, Delivery.UNKNOWN):
        until = _until(tx.now, claimed.attempts, outcome.retry_after)
        outbox.postpone(tx, claimed.id, outcome.state, epoch=epoch, until=until)
        return None
    outbox.finish(tx, claimed.id, outcome.state, epoch=epoch)
    _note(tx, sending, outcome)
    return None if claimed.channel is None else _conclude(tx, sending, outcome, claimed.channel)


def _conclude(tx: Transaction, sending: Sending, outcome: Outcome, channel: ChannelId) -> Arrived | None:
    """What follows in a channel from what was sent through it, or cannot be."""
    claimed, notice = sending.claimed, sending.notice
    is_over = not isinstance(notice, _OUTLASTING) and channels.is_over_for(tx, channel, claimed.recipient)
    if isinstance(notice, Removed):
        _tell_remover(tx, sending, notice, outcome)
    elif is_over and outcome.messages:  # it came while the mentor changed: what was written to them, the new one gets
        outbox.put(tx, claimed.recipient, CopiesRemoved(messages=tuple(outcome.messages)))
    elif outcome.state is Delivery.DEAD and not is_over:
        _tell_sender(tx, claimed, notice)
    if isinstance(notice, NoteAsked) and outcome.messages:
        changes.asked_in(tx, channel, outcome.messages[-1])
    for message, source, form in _made(notice, outcome.messages):
        links.link(tx, to=claimed.recipient, to_message=message, channel=channel, from_message=source, form=form)
    return _arrived(tx, claimed, notice) if outcome.state is Delivery.SENT and not is_over else None


def _note(tx: Transaction, sending: Sending, outcome: Outcome) -> None:
    """What is known from now on of the recipient's chat: what came to stand there, and what no longer does."""
    claimed, notice = sending.claimed, sending.notice
    if claimed.recipient == claimed.owner:  # all that a participant receives is sealed under their own key
        standing.note(tx, claimed.recipient, *(Standing(message=message, at=tx.now) for message in outcome.messages))
    if isinstance(notice, Wiped) and outcome.state is Delivery.SENT:
        wiping.gone(tx, claimed.recipient, notice, sending.changes)
    elif isinstance(notice, Erased) and outcome.state is Delivery.SENT:
        auto_erase.gone(tx, claimed.recipient, sending.changes)
    elif isinstance(notice, ErasedThere) and outcome.state is Delivery.SENT and claimed.channel is not None:
        erase_there.gone(tx, claimed.recipient, claimed.channel, sending.changes)
    elif notice is not None and outcome.state is Delivery.SENT:
        covering.done(tx, claimed, notice, sending.cover, outcome.messages)
    elif isinstance(sending.cover, Showing):
        covering.failed(tx, claimed, notice, sending.cover)


def _arrived(tx: Transaction, claimed: Claimed, notice: Notice | None) -> Arrived | None:
    """The participant's message that a notice completes, if it does and they may see it now."""
    if claimed.channel is None or claimed.recipient == claimed.owner:
        return None  # the participant's key seals it: what is not for them is from them
    if isinstance(notice, Album):
        message = notice.pieces[-1].from_message
        whole = outbox.all_sent(tx, claimed.recipient, claimed.channel, message)
    elif isinstance(notice, Passed) and not isinstance(notice, Reworded):
        message = notice.from_message
        whole = len(links.went_as(tx, claimed.channel, message, to=claimed.recipient)) >= notice.carried_by
    else:
        return None
    if not whole or not _may_show(tx, claimed):
        return None
    if not reactions.arrived(tx, claimed.channel, claimed.owner, message):
        return None
    return Arrived(writer=claimed.owner, message=message)


def _may_show(tx: Transaction, claimed: Claimed) -> bool:
    """Whether the sign of arrival may appear on its writer's phone. On a locked phone it would tell something. Just
    after they wrote it is the end of what they did themselves, at any hour; later it is one more thing that comes
    unasked: outside their hours it is left out, for good."""
    if safety.of(tx, claimed.owner).discreet:
        return False
    return _rank(claimed) is Rank.ANSWER or safety.is_open(tx, claimed.owner)


def _rank(claimed: Claimed) -> Rank:
    """Of what is told to whoever is behind a notice: an answer, as long as they have only just done it."""
    return Rank.ANSWER if claimed.waited <= JUST_NOW else Rank.TALK


def _give_up(tx: Transaction, *, in_doubt: bool, pid: Pid, epoch: int) -> tuple[None, None]:
    """What was sent to a person and cannot be recorded is to be sent again, with a mark."""
    for row, attempts in outbox.begun(tx, pid, epoch=epoch).items():
        outbox.postpone(tx, row, Delivery.UNKNOWN, epoch=epoch, until=_until(tx.now, attempts))
    return None, None


def _made(notice: Notice | None, messages: Sequence[MessageId]) -> Iterator[tuple[MessageId, MessageId | None, Form]]:
    """What sending made: each message, the one of the writer's that it is, and how its words stand in it."""
    for number, message in enumerate(messages):
        if isinstance(notice, Album):
            yield message, notice.pieces[number].from_message, Form.CAPTION
        elif isinstance(notice, Redrawn):
            yield message, notice.from_message, Form.CAPTION
        elif isinstance(notice, Carried):
            is_label = number < len(messages) - 1
            yield message, notice.from_message, Form.TEXT if is_label else notice.form
        else:
            yield message, notice.from_message if isinstance(notice, Passed) else None, Form.TEXT


def _tell_sender(tx: Transaction, claimed: Claimed, notice: Notice | None) -> None:
    """Nobody is left to believe that a message arrived which did not."""
    if claimed.kind not in _PASSED or claimed.channel is None:
        return
    sender = channels.other_end(tx, claimed.channel, claimed.recipient)
    message = notice.from_message if isinstance(notice, Passed) else None
    if isinstance(notice, Reworded):
        outbox.put(tx, sender, EditNotCarried(to_message=notice.from_message), rank=_rank(claimed))
    else:
        outbox.put(tx, sender, NotCarried(to_message=message), rank=_rank(claimed))


def _tell_remover(tx: Transaction, sending: Sending, notice: Removed, outcome: Outcome) -> None:
    """Whoever removed a message hears how it went, now that it is known."""
    claimed, removal = sending.claimed, Removal.FAILED
    if claimed.channel is None:
        return
    if outcome.state is Delivery.SENT:
        there = links.went_as(tx, claimed.channel, notice.from_message, to=claimed.recipient)
        covered.forget(tx, claimed.recipient, [link.message for link in there])  # behind a line that stays, too
        links.unlink(tx, claimed.recipient, sending.changes)
        removal = removal_of(
            removed=bool(sending.changes),
            too_old=sending.too_old,
            perhaps_twice=outbox.was_repeated(tx, claimed.recipient, claimed.channel, notice.from_message),
        )
    told = RemovalTold(to_message=notice.from_message, removal=removal, replaces=notice.told_instead_of)
    outbox.put(tx, channels.other_end(tx, claimed.channel, claimed.recipient), told, rank=_rank(claimed))


def _until(now: datetime, attempts: int, retry_after: timedelta | None = None) -> datetime:
    chance = random.random()  # noqa: S311 - spreads tries in time, keeps no secret
    return next_try(now, attempts=attempts, retry_after=retry_after, chance=chance)


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
