"""Rows of `outbox`: what is to be said to whom, sealed until it is sent."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import NewType

from cattrs.errors import BaseValidationError
from cattrs.preconf.json import make_converter
from sqlalchemy import (
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from mentorbot.programme import notices
from mentorbot.programme.delivery import CLAIMABLE, FINISHED, Delivery, Rank
from mentorbot.programme.errors import SealBroken
from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.notices import (
    Album,
    Carried,
    NoteFromMentor,
    Notice,
    Passed,
    Reacted,
    Redrawn,
    Relayed,
    Removed,
    Reworded,
)
from storage import albums
from storage.prepared import Prepared
from storage.sealed_fields import OUTBOX_BODY
from storage.tables import UNFINISHED, AnyRow, outbox
from storage.transaction import Transaction

RowId = NewType("RowId", int)
_JSON = make_converter()
_FROM_SOMEBODY = (Passed, Reacted, Removed)
_NO_CHANNEL = b"\0"


@dataclass(frozen=True, kw_only=True)
class OnItsWay:
    """One notice that is not finished, found by the message that it is about."""

    id: RowId
    ref: bytes
    recipient: Pid
    owner: Pid
    kind: str
    sealed: bytes


# After the code word nothing comes from the other end. What the bot itself says is as always: it must not be noticed.
FROM_THE_OTHER_END = (Relayed, Carried, Album, Redrawn, Reworded, Reacted, Removed, NoteFromMentor)
PUT = Prepared(insert(outbox), inserts=[column.name for column in outbox.c if column is not outbox.c.id])


def put(
    tx: Transaction,
    to: Pid,
    notice: Notice,
    *,
    owner: Pid | None = None,
    channel: ChannelId | None = None,
    album: bytes | None = None,
    wait: timedelta = timedelta(),
    rank: Rank | None = None,
    apart: bool = False,
) -> None:
    """Queue a notice for `to`. It is sealed under the key of `owner` (default: the recipient), so that it becomes
    unreadable with everything else of that person's. What carries a message can be found by it until it is sent.

    It leaves after `wait` at the earliest; until then an `album` is found by its mark.

    What is talk in a channel keeps its order in that channel; channels take turns, so that nobody waits for a flood in
    another. Talk without a channel, and each other rank, is one more such strand. Between strands there is no order:
    what must come before or after a channel's messages names that channel. What goes `apart` is a strand by itself:
    while it waits, it holds up nothing. Without a `rank`, it is an answer if it goes to whoever acted and is not from
    somebody else, and talk otherwise.
    """
    if rank is None:
        rank = Rank.ANSWER if to == tx.actor and not isinstance(notice, _FROM_SOMEBODY) else Rank.TALK
    ref = secrets.token_bytes(16)
    owner = owner or to
    body = _JSON.dumps(notice).encode()
    row = {
        "ref": ref,
        "recipient": to,
        "owner": owner,
        "channel": channel,
        "notice": type(notice).__name__,
        "source": None if isinstance(notice, Album) else getattr(notice, "from_message", None),
        "album": album,
        "body": tx.seal(OUTBOX_BODY, body, row=ref, pid=owner),
        "state": Delivery.PENDING,
        "attempts": 0,
        "not_before": tx.now + wait,
        "possible_repeat": False,
        "epoch": 0,
        "queued_at": tx.now,
        "rank": rank,
        "strand": ref if apart else channel if channel is not None and rank is Rank.TALK else _NO_CHANNEL,
    }
    PUT.count(tx.conn, row)
    tx.recipients.add(to, rank)


def open_notice(tx: Transaction, row: OnItsWay) -> Notice:
    """What the notice says; SealBroken when the row was tampered with, NotThere when its owner was forgotten."""
    body = tx.unseal(OUTBOX_BODY, row.sealed, row=row.ref, pid=row.owner)
    try:
        return _JSON.loads(body, _kinds()[row.kind])
    except (KeyError, BaseValidationError):  # the kind stands outside the seal
        raise SealBroken from None


def on_its_way(tx: Transaction, to: Pid, channel: ChannelId, message: MessageId) -> list[OnItsWay]:
    """What is not finished of what a message became, in the order of sending."""
    about_it = (outbox.c.source == message) | outbox.c.album.is_not(None)
    this = (outbox.c.recipient == to) & UNFINISHED & (outbox.c.channel == channel) & about_it
    rows = tx.conn.execute(select(outbox).where(this).order_by(outbox.c.id)).all()
    found = [_on_its_way(row) for row in rows]
    return [row for row in found if row.kind != Album.__name__ or _has_piece(tx, row, message)]


def _on_its_way(row: AnyRow) -> OnItsWay:
    return OnItsWay(
        id=RowId(row.id),
        ref=row.ref,
        recipient=Pid(row.recipient),
        owner=Pid(row.owner),
        kind=row.notice,
        sealed=row.body,
    )


def _has_piece(tx: Transaction, row: OnItsWay, message: MessageId) -> bool:
    album = open_notice(tx, row)
    return isinstance(album, Album) and any(piece.from_message == message for piece in album.pieces)


def to_be_copied(tx: Transaction, to: Pid, channel: ChannelId) -> set[MessageId]:
    """What Telegram has still to copy for somebody from the chat of the other: removed there, it would never arrive."""
    kinds = (Carried.__name__, Album.__name__)
    this = (outbox.c.recipient == to) & UNFINISHED & (outbox.c.channel == channel) & outbox.c.notice.in_(kinds)
    found: set[MessageId] = set()
    for row in tx.conn.execute(select(outbox).where(this)):
        if row.source is not None:
            found.add(MessageId(row.source))
            continue
        with suppress(SealBroken):  # set aside when its turn comes
            album = open_notice(tx, _on_its_way(row))
            found |= {album.alone.from_message} if isinstance(album, Album) and album.alone is not None else set()
    return found


def went_through(tx: Transaction, to: Pid, channel: ChannelId, message: MessageId) -> bool:
    """Whether a message was ever queued for somebody, as far back as finished rows are kept."""
    this = (outbox.c.recipient == to) & (outbox.c.channel == channel) & (outbox.c.source == message)
    return tx.conn.execute(select(outbox.c.id).where(this).limit(1)).first() is not None


def not_heard(tx: Transaction, to: Pid, channel: ChannelId, *kinds: type[Notice]) -> Notice | None:
    """The first notice of one of these kinds that somebody has not received yet through a channel. Until this
    transaction ends, none is recorded as received."""
    named = outbox.c.notice.in_([kind.__name__ for kind in kinds])
    this = (outbox.c.recipient == to) & UNFINISHED & (outbox.c.channel == channel) & named
    rows = tx.conn.execute(select(outbox).where(this).order_by(outbox.c.id).with_for_update()).all()
    return open_notice(tx, _on_its_way(rows[0])) if rows else None


def not_heard_of(tx: Transaction, owner: Pid, *kinds: type[Notice]) -> list[OnItsWay]:
    """The notices of these kinds about somebody that wait, whoever they are for."""
    named = outbox.c.notice.in_([kind.__name__ for kind in kinds])
    this = (outbox.c.owner == owner) & UNFINISHED & named
    return [_on_its_way(row) for row in tx.conn.execute(select(outbox).where(this).order_by(outbox.c.id))]


def was_heard(tx: Transaction, to: Pid, channel: ChannelId, *kinds: type[Notice]) -> bool:
    """Whether somebody received such a notice through a channel, as far back as finished rows are kept."""
    named = outbox.c.notice.in_([kind.__name__ for kind in kinds])
    this = (outbox.c.recipient == to) & (outbox.c.channel == channel) & named
    sent = this & (outbox.c.state == Delivery.SENT)
    return bool(tx.conn.execute(select(exists().where(sent))).scalar_one())


def was_repeated(tx: Transaction, to: Pid, channel: ChannelId, message: MessageId) -> bool:
    """Whether a message was sent again after a try that may have succeeded, as far back as finished rows are kept. Its
    new words, too: where they could not be edited in, they came as a message."""
    this = (outbox.c.recipient == to) & (outbox.c.channel == channel) & (outbox.c.source == message)
    again = this & outbox.c.possible_repeat & (outbox.c.notice != Removed.__name__)
    return bool(tx.conn.execute(select(exists().where(again))).scalar_one())


def exchange(tx: Transaction, row: OnItsWay, notice: Notice) -> bool:
    """Put another notice of the same kind in the place of one that waits. False when that has begun to be sent."""
    ref = secrets.token_bytes(16)
    waits = outbox.c.state.in_((Delivery.PENDING, Delivery.RETRY))
    values = {"ref": ref, "body": tx.seal(OUTBOX_BODY, _JSON.dumps(notice).encode(), row=ref, pid=row.owner)}
    this = (outbox.c.id == row.id) & (outbox.c.ref == row.ref) & waits
    tx.recipients.add(row.recipient)  # a claim that has read the old words comes to nothing
    return tx.conn.execute(update(outbox).where(this).values(values)).rowcount == 1


def withdraw(tx: Transaction, to: Pid, channel: ChannelId, message: MessageId) -> bool:
    """Take back what carries a message and has not begun to be sent. False when nothing of it was there any more."""
    this = (
        (outbox.c.recipient == to)
        & UNFINISHED
        & (outbox.c.channel == channel)
        & (outbox.c.source == message)
        & outbox.c.state.in_((Delivery.PENDING, Delivery.RETRY))
    )
    gone = tx.conn.execute(update(outbox).where(this).values(state=Delivery.DEAD, body=None)).rowcount > 0
    return albums.take_out(tx, to, channel, message) or gone


def take_back(tx: Transaction, to: Pid, channel: ChannelId, kind: type[Notice]) -> bool:
    """Take back what waits of this kind in this channel. False when nothing does."""
    this = (outbox.c.recipient == to) & (outbox.c.channel == channel) & (outbox.c.notice == kind.__name__)
    waits = UNFINISHED & outbox.c.state.in_((Delivery.PENDING, Delivery.RETRY))
    return tx.conn.execute(update(outbox).where(this, waits).values(state=Delivery.DEAD, body=None)).rowcount > 0


def take_back_all(tx: Transaction, to: Pid, channel: ChannelId) -> list[Notice]:
    """Take back, and return in order, what the other end of a channel has sent somebody, as far as nobody is sending it
    now."""
    from_the_other_end = outbox.c.notice.in_([kind.__name__ for kind in FROM_THE_OTHER_END])
    this = (outbox.c.recipient == to) & UNFINISHED & (outbox.c.channel == channel) & from_the_other_end
    waits = this & outbox.c.state.in_(CLAIMABLE)
    rows = tx.conn.execute(select(outbox).where(waits).order_by(outbox.c.id).with_for_update()).all()
    found = [open_notice(tx, _on_its_way(row)) for row in rows]
    tx.conn.execute(update(outbox).where(waits).values(state=Delivery.DEAD, body=None))
    return found


def end_about(tx: Transaction, to: Pid, owner: Pid) -> None:
    """End what waits to be said to somebody about another, in no channel: it is sealed under the other's key."""
    this = (outbox.c.recipient == to) & UNFINISHED & (outbox.c.owner == owner) & outbox.c.channel.is_(None)
    waits = outbox.c.state.in_(CLAIMABLE)
    tx.conn.execute(update(outbox).where(this, waits).values(state=Delivery.DEAD, body=None))


def all_sent(tx: Transaction, to: Pid, channel: ChannelId, message: MessageId) -> bool:
    """Whether nothing that carries a message is still to be sent, was withdrawn or is dead."""
    left = (
        (outbox.c.recipient == to)
        & (outbox.c.channel == channel)
        & (outbox.c.source == message)
        & (outbox.c.state != Delivery.SENT)
    )
    return not tx.conn.execute(select(exists().where(left))).scalar_one()


def was_told_lately(tx: Transaction, to: Pid, kind: type[Notice], *, since: datetime | None = None) -> bool:
    """Whether a notice of this kind, which carries no message, is on its way to this person, or was sent and is not yet
    purged; queued since then, if a moment is given."""
    told = (outbox.c.recipient == to) & (outbox.c.notice == kind.__name__) & (outbox.c.state != Delivery.DEAD)
    told &= outbox.c.source.is_(None)
    if since is not None:
        told &= outbox.c.queued_at >= since
    return bool(tx.conn.execute(select(exists().where(told))).scalar_one())


def is_waiting(tx: Transaction, to: Pid, kind: type[Notice], *, channel: ChannelId | None = None) -> bool:
    """Whether a notice of this kind is on its way to this person, in this channel or in none."""
    here = outbox.c.channel.is_(None) if channel is None else outbox.c.channel == channel
    waits = (outbox.c.recipient == to) & UNFINISHED & (outbox.c.notice == kind.__name__) & here
    return bool(tx.conn.execute(select(exists().where(waits))).scalar_one())


def unfinished(tx: Transaction) -> int:
    """How many notices are neither sent nor dead."""
    query = select(func.count()).select_from(outbox).where(UNFINISHED)
    return tx.conn.execute(query).scalar_one()


def purge(tx: Transaction, *, before: datetime) -> None:
    """Remove the finished rows queued before a moment; they are empty already."""
    tx.conn.execute(delete(outbox).where(outbox.c.state.in_(FINISHED), outbox.c.queued_at < before))


def pack(notice: Notice) -> bytes:
    """A notice and its kind, for a seal that hides both."""
    return type(notice).__name__.encode() + b"\n" + _JSON.dumps(notice).encode()


def unpack(packed: bytes) -> Notice:
    kind, _, body = packed.partition(b"\n")
    return _JSON.loads(body, _kinds()[kind.decode()])


@cache
def _kinds() -> dict[str, type[Notice]]:
    found = (getattr(notices, name) for name in dir(notices))
    return {kind.__name__: kind for kind in found if isinstance(kind, type) and issubclass(kind, Notice)}
