"""What follows from how a notice went, in the transaction that records it."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.telegram import covering
from handlers.telegram.covering import Showing
from handlers.telegram.preparing import Sending
from mentorbot.programme.changing import Removal, removal_of
from mentorbot.programme.content import Form
from mentorbot.programme.covering import JUST_NOW
from mentorbot.programme.delivery import Delivery, Rank, next_try
from mentorbot.programme.errors import Stale
from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.notices import (
    Album,
    Carried,
    CopiesRemoved,
    EditNotCarried,
    Erased,
    ErasedThere,
    NotCarried,
    NoteAsked,
    Notice,
    Passed,
    Redrawn,
    Relayed,
    RemovalTold,
    Removed,
    Reworded,
    Wiped,
)
from mentorbot.services import absence, auto_erase, erase_there, leaving, reactions, wiping
from storage import changes, channels, claims, covered, links, outbox, safety, standing
from storage.claims import Claimed
from storage.handovers import OUTLASTING
from storage.standing import Standing
from storage.transaction import Transaction

_PASSED = frozenset(kind.__name__ for kind in (Relayed, Carried, Album, Redrawn, Reworded))


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How sending went, and the messages that it made."""

    state: Delivery
    messages: Sequence[MessageId] = ()
    retry_after: timedelta | None = None
    blocked: bool = False


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A participant's message that has reached the mentor, whole."""

    writer: Pid
    message: MessageId


def settle(
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
        claims.give_back(tx, pid, epoch=epoch)
    return arrived


def _recall(tx: Transaction, last: tuple[Sending, Outcome] | None) -> bool:
    """Take back what arrived while the one whom it came from left, whoever leads by now: nobody else knows of it."""
    if last is None or not last[1].messages:
        return False
    claimed = last[0].claimed
    return leaving.recall(tx, claimed.owner, claimed.recipient, last[1].messages)


def _record(tx: Transaction, sending: Sending, outcome: Outcome, *, epoch: int) -> Arrived | None:
    """What follows from an outcome, in the same transaction. Returns what has arrived by it."""
    claimed = sending.claimed
    if outcome.blocked:
        absence.lost(tx, claimed.recipient, refused=claimed.at)
    if outcome.state in (Delivery.RETRY, Delivery.UNKNOWN):
        until = _until(tx.now, claimed.attempts, outcome.retry_after)
        claims.postpone(tx, claimed.id, outcome.state, epoch=epoch, until=until)
        return None
    claims.finish(tx, claimed.id, outcome.state, epoch=epoch)
    _note(tx, sending, outcome)
    return None if claimed.channel is None else _conclude(tx, sending, outcome, claimed.channel)


def _conclude(tx: Transaction, sending: Sending, outcome: Outcome, channel: ChannelId) -> Arrived | None:
    """What follows in a channel from what was sent through it, or cannot be."""
    claimed, notice = sending.claimed, sending.notice
    is_over = not isinstance(notice, OUTLASTING) and channels.is_over_for(tx, channel, claimed.recipient)
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
        wiping.gone(tx, claimed.recipient, notice, sending.changes, at=claimed.at)
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


def give_up(tx: Transaction, *, in_doubt: bool, pid: Pid, epoch: int) -> tuple[None, None]:
    """What was sent to a person and cannot be recorded is to be sent again, with a mark."""
    for row, attempts in claims.begun(tx, pid, epoch=epoch).items():
        claims.postpone(tx, row, Delivery.UNKNOWN, epoch=epoch, until=_until(tx.now, attempts))
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
