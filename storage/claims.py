"""Which row of `outbox` goes next, and how it went: the lanes' side of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import takewhile
from typing import Any, NamedTuple

from sqlalchemy import LargeBinary, SmallInteger, and_, bindparam, func, or_, select, tuple_, update

from mentorbot.programme.delivery import CLAIMABLE, FINISHED, LATEST, POSTPONED, Delivery, Rank, check_outcome
from mentorbot.programme.errors import Stale
from mentorbot.programme.hours import Hours
from mentorbot.programme.ids import ChannelId, Pid
from storage.handovers import OVER, hand_over
from storage.outbox import FROM_THE_OTHER_END, OnItsWay, RowId
from storage.prepared import Prepared
from storage.tables import UNFINISHED, channels, leadership, outbox, people, safety
from storage.transaction import Recipients, Transaction

_AT_ANY_TIME = (Rank.AT_ONCE, Rank.ANSWER, Rank.CHORE)
"""What waits neither for a participant's hours nor for the end of their break: it answers them, or makes no sound. All
the rest does."""


class Strand(NamedTuple):
    """What keeps its order on its way to somebody."""

    rank: int
    name: bytes


_START, _END = Strand(0, b""), Strand(max(Rank) + 1, b"")


@dataclass(frozen=True, kw_only=True)
class Claimed(OnItsWay):
    """One notice that is being sent, with the language that its recipient reads."""

    strand: Strand
    channel: ChannelId | None
    attempts: int
    possible_repeat: bool
    language: str
    protected: bool
    discreet: bool
    topics: bool
    at: datetime
    waited: timedelta

    @property
    def rank(self) -> Rank:
        return Rank(self.strand.rank)


_NOT_PAUSED = people.c.paused_since.is_(None) | or_(*(outbox.c.rank == rank for rank in _AT_ANY_TIME))
_NOT_HELD = safety.c.held_since.is_(None) | and_(*(outbox.c.notice != kind.__name__ for kind in FROM_THE_OTHER_END))
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
        people.c.topics,
        safety.c.protected,
        safety.c.discreet,
        outbox.c.queued_at,
        OVER.label("is_over"),
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
        topics=bool(row.topics),
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
    query = select(outbox.c.channel).join(channels, channels.c.id == outbox.c.channel).where(UNFINISHED, OVER)
    for channel in tx.conn.execute(query.distinct()).scalars().all():
        hand_over(tx, ChannelId(channel))
    return count


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
