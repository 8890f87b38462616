"""Rows of `outbox` when a channel is over: what goes to the present mentor, and what to nobody."""

from sqlalchemy import RowMapping, and_, exists, select, update

from mentorbot.programme.delivery import Delivery
from mentorbot.programme.errors import NotThere, SealBroken
from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.notices import (
    Album,
    ChannelOver,
    EditNotCarried,
    NotCarried,
    Removed,
    Reworded,
    SubstituteDone,
    SubstituteTookOver,
)
from storage import links
from storage.outbox import PUT, OnItsWay, RowId, on_its_way, open_notice, put, withdraw
from storage.tables import UNFINISHED, channels, outbox, substitutions
from storage.transaction import Transaction

OUTLASTING = (ChannelOver, SubstituteTookOver, SubstituteDone, Removed)
"""What still goes to a mentor in a channel that is over: that it is, and what is removed."""

_ENDS = and_(*(outbox.c.notice != kind.__name__ for kind in OUTLASTING))
OVER = _ENDS & (channels.c.mentor == outbox.c.recipient) & channels.c.closed_at.is_not(None)


def hand_over(tx: Transaction, channel: ChannelId) -> None:
    """Bring what a participant wrote, and waits for the mentor of a closed channel, to the present mentor, in order.

    1. What is being sent goes there too: the old mentor, who may receive it in this moment, does not keep it. Its own
       row is emptied, and ends with this try.
    2. An edit goes where the message goes. Where that has gone to the old mentor before, its writer is told.
    3. What its writer is removing goes to nobody.
    4. What else waits for the old mentor in this channel, goes to nobody: it names the participant, as they are now.
    5. Where one of the two channels stands in for another while its mentor is away, what was written in the old one is
       meant for that mentor alone: it goes to nobody, and its writer is told.
    """
    over = tx.conn.execute(select(channels.c.participant, channels.c.mentor).where(channels.c.id == channel)).one()
    is_open = (channels.c.participant == over.participant) & channels.c.closed_at.is_(None)
    present = tx.conn.execute(select(channels.c.id, channels.c.mentor).where(is_open)).one_or_none()
    theirs = (outbox.c.recipient == over.mentor) & UNFINISHED & (outbox.c.channel == channel) & _ENDS
    goes_on = present is not None and not _stands_in(tx, channel, ChannelId(present.id))
    told: set[MessageId | None] = set()
    for row in tx.conn.execute(select(outbox).where(theirs).order_by(outbox.c.id).with_for_update()).mappings().all():
        carries = row["source"] is not None or row["album"] is not None
        if carries and present is not None and row["body"] is not None:
            if goes_on:
                _move(tx, row, Pid(over.participant), Pid(present.mentor), ChannelId(present.id))
            else:
                told |= _tell_writer(tx, row, Pid(over.participant), but=told)
        ends = {} if row["state"] == Delivery.SENDING else {"state": Delivery.DEAD}
        tx.conn.execute(update(outbox).where(outbox.c.id == row["id"]).values(body=None, **ends))
    removing = (outbox.c.channel == channel) & UNFINISHED & (outbox.c.notice == Removed.__name__)
    removing &= outbox.c.recipient == over.mentor
    for message in tx.conn.execute(select(outbox.c.source).where(removing)).scalars().all():
        if present is not None:
            withdraw(tx, Pid(present.mentor), ChannelId(present.id), MessageId(message))


def _stands_in(tx: Transaction, *ids: ChannelId) -> bool:
    """Whether one of these channels is, or was, in the place of another."""
    return bool(tx.conn.execute(select(exists().where(substitutions.c.channel.in_(ids)))).scalar_one())


def _tell_writer(tx: Transaction, row: RowMapping, writer: Pid, *, but: set[MessageId | None]) -> set[MessageId | None]:
    """Tell a participant that what a row carries does not arrive, once for each message. Which messages those are."""
    messages: set[MessageId | None] = {row["source"]}
    if row["notice"] == Album.__name__:
        messages = _pieces(tx, row)
    for message in sorted(messages - but, key=lambda message: message or 0):
        if row["notice"] == Reworded.__name__ and message is not None:
            put(tx, writer, EditNotCarried(to_message=message))
        else:
            put(tx, writer, NotCarried(to_message=message))
    return messages


def _pieces(tx: Transaction, row: RowMapping) -> set[MessageId | None]:
    on_way = OnItsWay(
        id=RowId(row["id"]),
        ref=row["ref"],
        recipient=Pid(row["recipient"]),
        owner=Pid(row["owner"]),
        kind=row["notice"],
        sealed=row["body"],
    )
    try:
        album = open_notice(tx, on_way)
    except (SealBroken, NotThere):
        return {None}
    return {piece.from_message for piece in album.pieces} if isinstance(album, Album) else {None}


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
    PUT.count(tx.conn, moved)
    tx.recipients.add(to)


def go_before(tx: Transaction, to: Pid, participant: Pid, *, later: ChannelId) -> None:
    """What waits for somebody in a participant's channels comes before anything that they get through the later one."""
    theirs = select(channels.c.id).where(channels.c.participant == participant)
    this = (outbox.c.recipient == to) & UNFINISHED & outbox.c.strand.in_(theirs)
    tx.conn.execute(update(outbox).where(this).values(strand=later))
