"""Rows of `outbox`: what is to be said to whom, sealed until it is sent."""

import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import takewhile
from typing import Any, NamedTuple, NewType

from cattrs.errors import BaseValidationError
from cattrs.preconf.json import make_converter
from sqlalchemy import (
    LargeBinary,
    RowMapping,
    SmallInteger,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from mentorbot.programme import notices
from mentorbot.programme.delivery import CLAIMABLE, FINISHED, LATEST, POSTPONED, Delivery, Rank, check_outcome
from mentorbot.programme.errors import SealBroken, Stale
from mentorbot.programme.hours import Hours
from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.notices import (
    Album,
    Carried,
    ChannelOver,
    EditNotCarried,
    NoteFromMentor,
    Notice,
    Passed,
    Reacted,
    Redrawn,
    Relayed,
    Removed,
    Reworded,
)
from storage import albums, links
from storage.prepared import Prepared
from storage.sealed_fields import OUTBOX_BODY
from storage.tables import UNFINISHED, AnyRow, channels, leadership, outbox, people, safety
from storage.transaction import Recipients, Transaction

RowId = NewType("RowId", int)
_JSON = make_converter()
_FROM_SOMEBODY = (Passed, Reacted, Removed)
_NO_CHANNEL = b"\0"
_AT_ANY_TIME = (Rank.AT_ONCE, Rank.ANSWER, Rank.CHORE)
"""What waits neither for a participant's hours nor for the end of their break: it answers them, or makes no sound. All
the rest does."""


class Strand(NamedTuple):
    """What keeps its order on its way to somebody."""

    rank: int
    name: bytes


_START, _END = Strand(0, b""), Strand(max(Rank) + 1, b"")


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """One notice that is being sent, with the language that its recipient reads."""

    id: RowId
    strand: Strand
    ref: bytes
    recipient: Pid
    owner: Pid
    channel: ChannelId | None
    kind: str
    sealed: bytes
    attempts: int
    possible_repeat: bool
    language: str
    protected: bool
    discreet: bool
    at: datetime
    waited: timedelta

    @property
    def rank(self) -> Rank:
        return Rank(self.strand.rank)


@dataclass(frozen=True, kw_only=True)
class OnItsWay:
    """One notice that is not finished, found by the message that it is about."""

    id: RowId
    ref: bytes
    recipient: Pid
    owner: Pid
    kind: str
    sealed: bytes


_NOT_PAUSED = people.c.paused_since.is_(None) | or_(*(outbox.c.rank == rank for rank in _AT_ANY_TIME))
# What is queued for a mentor in a channel goes to them no more when that is over: but that it is, and what is removed.
_ENDS = and_(*(outbox.c.notice != kind.__name__ for kind in (ChannelOver, Removed)))
_OVER = _ENDS & (channels.c.mentor == outbox.c.recipient) & channels.c.closed_at.is_not(None)
# After the code word nothing comes from the other end. What the bot itself says is as always: it must not be noticed.
FROM_THE_OTHER_END = (Relayed, Carried, Album, Redrawn, Reworded, Reacted, Removed, NoteFromMentor)
_NOT_HELD = safety.c.held_since.is_(None) | and_(*(outbox.c.notice != kind.__name__ for kind in FROM_THE_OTHER_END))
_PUT = Prepared(insert(outbox), inserts=[column.name for column in outbox.c if column is not outbox.c.id])
_HEAD = Prepared(
    select(
        outbox.c.id,
        outbox.c.rank,
        outbox.c.strand,
        outbox.c.ref,
        outbox.c.owner,
        outbox.c.channel,
        outbox.c.notice,
        outbox.c.body,
        outbox.c.attempts,
        outbox.c.state,
        outbox.c.possible_repeat,
        outbox.c.not_before,
        people.c.language,
        people.c.unreachable_since,
        safety.c.protected,
        safety.c.discreet,
        outbox.c.queued_at,
        _OVER.label("is_over"),
        safety.c.opens,
        safety.c.closes,
    )
    .join(people, people.c.pid == outbox.c.recipient)
    .outerjoin(safety, safety.c.pid == outbox.c.recipient)
    .outerjoin(channels, channels.c.id == outbox.c.channel)
    .where(
        outbox.c.recipient == bindparam("recipient"),
        UNFINISHED,
        _NOT_PAUSED,
        _NOT_HELD,
        tuple_(outbox.c.rank, outbox.c.strand)
        > tuple_(bindparam("rank", type_=SmallInteger), bindparam("strand", type_=LargeBinary)),
    )
    .order_by(outbox.c.rank, outbox.c.strand, outbox.c.id)
    .limit(1)
)
_CLAIM = Prepared(
    update(outbox)
    .where(
        outbox.c.id == bindparam("row"),
        outbox.c.state == bindparam("was"),
        outbox.c.ref == bindparam("sealed_as"),  # an album may have grown since it was read, words been exchanged
        # Locked until the commit, against the next leader but not against a renewal (on PostgreSQL; SQLite needs none).
        select(leadership.c.epoch).with_for_update(read=True, key_share=True).scalar_subquery() == bindparam("by"),
    )
    .values(
        state=Delivery.SENDING,
        attempts=outbox.c.attempts + 1,
        possible_repeat=bindparam("repeat"),
        epoch=bindparam("by"),
    )
)
_OUTCOME = update(outbox).where(
    outbox.c.id == bindparam("row"), outbox.c.state == Delivery.SENDING, outbox.c.epoch == bindparam("by")
)
_FINISH = Prepared(_OUTCOME.values(state=bindparam("to"), body=None))
_POSTPONE = _OUTCOME.values(state=bindparam("to"), not_before=bindparam("then"))


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
    _PUT.count(tx.conn, row)
    tx.recipients.add(to, rank)


def claim(
    tx: Transaction, recipient: Pid, *, epoch: int, last: Strand | None = None, lowest: Rank = Rank.BROADCAST
) -> Claimed | None:
    """The next notice for this person, now being sent by the leader with this epoch. `last` is the strand of the one
    before it: the one behind that has its turn.

    None when there is none of the `lowest` rank or higher, no strand's next one is due, the person cannot be reached,
    or somebody else leads by now. While a person takes a break, or their hours are closed, what is neither an answer
    nor silent is passed over.
    """
    while (row := _next(tx, recipient, last, lowest)) is not None and row.is_over:
        hand_over(tx, ChannelId(row.channel))
    if row is None or row.unreachable_since is not None:
        return None
    repeat = row.possible_repeat or row.state == Delivery.UNKNOWN
    claimed = {"row": row.id, "was": row.state, "sealed_as": row.ref, "repeat": repeat, "by": epoch}
    if _CLAIM.count(tx.conn, claimed) != 1:
        return None
    return Claimed(
        id=RowId(row.id),
        strand=Strand(row.rank, row.strand),
        ref=row.ref,
        recipient=recipient,
        owner=Pid(row.owner),
        channel=None if row.channel is None else ChannelId(row.channel),
        kind=row.notice,
        sealed=row.body,
        attempts=row.attempts + 1,
        possible_repeat=repeat,
        language=row.language,
        protected=bool(row.protected),
        discreet=bool(row.discreet),
        at=tx.now,
        waited=tx.now - row.queued_at,
    )


def _next(tx: Transaction, recipient: Pid, last: Strand | None, lowest: Rank) -> Any | None:
    """The next notice that may leave now, or that goes to somebody else by now."""
    heads = takewhile(lambda head: head.rank <= lowest, _heads(tx, recipient, last))
    claimable = (head for head in heads if head.state in CLAIMABLE)
    return next((head for head in claimable if head.is_over or _leaves_at(tx, head) <= tx.now), None)


def due(tx: Transaction, recipient: Pid) -> tuple[datetime, Rank] | None:
    """When the next notice for this person may leave (now at the earliest), and the highest rank that may then; None
    when there is none, it is being sent, or it may not."""
    heads = (head for head in _heads(tx, recipient) if head.state in CLAIMABLE and head.unreachable_since is None)
    return min(((max(_leaves_at(tx, head), tx.now), Rank(head.rank)) for head in heads), default=None)


def _leaves_at(tx: Transaction, head: Any) -> datetime:
    """When a notice may leave. The hours that hold now decide, whenever it was queued."""
    due: datetime = head.not_before if head.not_before <= tx.now + LATEST else tx.now
    return _open_at(tx, head, max(due, tx.now)) if _waits_for_hours(head) else due


def _waits_for_hours(row: Any) -> bool:
    return row.opens is not None and row.rank not in _AT_ANY_TIME


def _open_at(tx: Transaction, row: Any, moment: datetime) -> datetime:
    return Hours(opens=row.opens, closes=row.closes).open_at(moment, tx.zone)


def _heads(tx: Transaction, recipient: Pid, last: Strand | None = None) -> Iterator[Any]:
    """The first unfinished notice of each strand: the higher rank before the lower, and in the rank of `last` those
    behind its strand before the others."""
    stretches = [(_START, _END)]
    if last is not None:
        first, behind = Strand(last.rank, b""), Strand(last.rank + 1, b"")
        stretches = [(_START, first), (last, behind), (first, last), (behind, _END)]
    for start, end in stretches:
        position = start
        while (head := _head(tx, recipient, position)) is not None:
            position = Strand(head.rank, head.strand)
            if position > end:
                break
            yield head
        if head is None and start == _START:
            return


def _head(tx: Transaction, recipient: Pid, position: Strand) -> Any | None:
    """The first notice of the first strand beyond a position; one seek in the index."""
    return _HEAD.one(tx.conn, {"recipient": recipient, "rank": position.rank, "strand": position.name})


def open_notice(tx: Transaction, claimed: Claimed | OnItsWay) -> Notice:
    """What the notice says; SealBroken when the row was tampered with, NotThere when its owner was forgotten."""
    body = tx.unseal(OUTBOX_BODY, claimed.sealed, row=claimed.ref, pid=claimed.owner)
    try:
        return _JSON.loads(body, _kinds()[claimed.kind])
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


def was_heard(tx: Transaction, to: Pid, channel: ChannelId, kind: type[Notice]) -> bool:
    """Whether somebody received such a notice through a channel, as far back as finished rows are kept."""
    this = (outbox.c.recipient == to) & (outbox.c.channel == channel) & (outbox.c.notice == kind.__name__)
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


def finish(tx: Transaction, row: RowId, outcome: Delivery, *, epoch: int) -> None:
    """Sent or dead: the text is gone. Stale when the row is no longer this leader's."""
    done = {"row": row, "by": epoch, "to": check_outcome(outcome, FINISHED)}
    if _FINISH.count(tx.conn, done) != 1:
        raise Stale


def postpone(tx: Transaction, row: RowId, outcome: Delivery, *, epoch: int, until: datetime) -> None:
    """Retry or unknown: again, not before `until`. Stale when the row is no longer this leader's."""
    later = {"row": row, "by": epoch, "to": check_outcome(outcome, POSTPONED), "then": until}
    if tx.conn.execute(_POSTPONE, later).rowcount != 1:
        raise Stale


def adopt(tx: Transaction, *, epoch: int) -> int:
    """What an earlier leader was sending when it ended may have arrived: unknown. How many there were."""
    left = (outbox.c.state == Delivery.SENDING) & (outbox.c.epoch < epoch)
    count = tx.conn.execute(update(outbox).where(left).values(state=Delivery.UNKNOWN)).rowcount
    query = select(outbox.c.channel).join(channels, channels.c.id == outbox.c.channel).where(UNFINISHED, _OVER)
    for channel in tx.conn.execute(query.distinct()).scalars().all():
        hand_over(tx, ChannelId(channel))
    return count


def hand_over(tx: Transaction, channel: ChannelId) -> None:
    """Bring what a participant wrote, and waits for the mentor of a closed channel, to the present mentor, in order.

    1. What is being sent goes there too: the old mentor, who may receive it in this moment, does not keep it. Its own
       row is emptied, and ends with this try.
    2. An edit goes where the message goes. Where that has gone to the old mentor before, its writer is told.
    3. What its writer is removing goes to nobody.
    4. What else waits for the old mentor in this channel, goes to nobody: it names the participant, as they are now.
    """
    over = tx.conn.execute(select(channels.c.participant, channels.c.mentor).where(channels.c.id == channel)).one()
    is_open = (channels.c.participant == over.participant) & channels.c.closed_at.is_(None)
    present = tx.conn.execute(select(channels.c.id, channels.c.mentor).where(is_open)).one_or_none()
    theirs = (outbox.c.recipient == over.mentor) & UNFINISHED & (outbox.c.channel == channel) & _ENDS
    for row in tx.conn.execute(select(outbox).where(theirs).order_by(outbox.c.id).with_for_update()).mappings().all():
        carries = row["source"] is not None or row["album"] is not None
        if carries and present is not None and row["body"] is not None:
            _move(tx, row, Pid(over.participant), Pid(present.mentor), ChannelId(present.id))
        ends = {} if row["state"] == Delivery.SENDING else {"state": Delivery.DEAD}
        tx.conn.execute(update(outbox).where(outbox.c.id == row["id"]).values(body=None, **ends))
    removing = (outbox.c.channel == channel) & UNFINISHED & (outbox.c.notice == Removed.__name__)
    removing &= outbox.c.recipient == over.mentor
    for message in tx.conn.execute(select(outbox.c.source).where(removing)).scalars().all():
        if present is not None:
            withdraw(tx, Pid(present.mentor), ChannelId(present.id), MessageId(message))


def _move(tx: Transaction, row: RowMapping, participant: Pid, to: Pid, channel: ChannelId) -> None:
    message = row["source"]
    if row["notice"] == Reworded.__name__ and not (
        on_its_way(tx, to, channel, message) or links.went_as(tx, channel, message, to=to)
    ):
        put(tx, participant, EditNotCarried(to_message=message))
        return
    moved = {column.name: row[column.name] for column in outbox.c if column is not outbox.c.id} | {
        "recipient": to,
        "channel": channel,
        "state": Delivery.PENDING,
        "attempts": 0,
        "not_before": tx.now if row["album"] is None else max(tx.now, row["not_before"]),  # an album may still grow
        "possible_repeat": False,
        "epoch": 0,
        "strand": channel,
    }
    _PUT.count(tx.conn, moved)
    tx.recipients.add(to)


def go_before(tx: Transaction, to: Pid, channel: ChannelId, *, later: ChannelId) -> None:
    """What waits for somebody in one channel comes before anything that they get through the later one."""
    this = (outbox.c.recipient == to) & UNFINISHED & (outbox.c.strand == channel)
    tx.conn.execute(update(outbox).where(this).values(strand=later))


def give_back(tx: Transaction, recipient: Pid, *, epoch: int) -> None:
    """What this leader claimed for a person and never began to send is to be sent again, without a mark."""
    claimed = (outbox.c.recipient == recipient) & (outbox.c.state == Delivery.SENDING) & (outbox.c.epoch == epoch)
    tx.conn.execute(update(outbox).where(claimed).values(state=Delivery.RETRY))


def begun(tx: Transaction, recipient: Pid, *, epoch: int) -> dict[RowId, int]:
    """What this leader is sending to a person, and how often it has tried."""
    sending = (outbox.c.state == Delivery.SENDING) & (outbox.c.epoch == epoch)
    query = select(outbox.c.id, outbox.c.attempts).where(outbox.c.recipient == recipient, UNFINISHED, sending)
    return {RowId(row.id): row.attempts for row in tx.conn.execute(query)}


def due_recipients(tx: Transaction, lowest: Rank = Rank.BROADCAST) -> Recipients:
    """Everybody who has something of the `lowest` rank or higher to be sent now, and of which rank at best; the higher
    rank first. Whose hours are closed is not looked at again for what waits for them."""
    each = (outbox.c.recipient, outbox.c.rank, safety.c.opens, safety.c.closes)
    query = (
        select(*each)
        .join(people, people.c.pid == outbox.c.recipient)
        .outerjoin(safety, safety.c.pid == outbox.c.recipient)
        .where(
            UNFINISHED,
            outbox.c.state.in_(CLAIMABLE),
            outbox.c.rank <= lowest,
            (outbox.c.not_before <= tx.now) | (outbox.c.not_before > tx.now + LATEST),
            people.c.unreachable_since.is_(None),
            _NOT_PAUSED,
            _NOT_HELD,
        )
        .group_by(*each)
        .order_by(outbox.c.rank, func.min(outbox.c.id))
    )
    is_open = cache(lambda opens, closes: Hours(opens=opens, closes=closes).open_at(tx.now, tx.zone) == tx.now)
    found = Recipients()
    for row in tx.conn.execute(query):
        if not _waits_for_hours(row) or is_open(row.opens, row.closes):  # many have the same hours
            found.add(Pid(row.recipient), Rank(row.rank))
    return found


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
