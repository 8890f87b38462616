"""Rows of `channels`, and of a mentor's `choices` among them."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from mentorbot.programme.channel import Channel, Choice
from mentorbot.programme.errors import NotThere, Stale
from mentorbot.programme.ids import ChannelId, Pid
from storage.prepared import Prepared
from storage.tables import channels, choices
from storage.transaction import Transaction

_OPEN = select(channels.c.id, channels.c.participant, channels.c.mentor, channels.c.opened_at).where(
    channels.c.closed_at.is_(None)
)
_OF_PARTICIPANT = Prepared(_OPEN.where(channels.c.participant == bindparam("participant")))
_OF_MENTOR = Prepared(
    _OPEN.where(channels.c.mentor == bindparam("mentor")).order_by(channels.c.opened_at, channels.c.id)
)
_WAS_MENTOR = Prepared(
    select(channels.c.id).where(
        channels.c.id == bindparam("channel"),
        channels.c.mentor == bindparam("mentor"),
        channels.c.closed_at.is_not(None),
    )
)
_CHOICE = Prepared(select(choices.c.channel, choices.c.until).where(choices.c.mentor == bindparam("mentor")))


def open_(tx: Transaction, channel: Channel) -> None:
    """A new open channel. Stale when the participant has a mentor already: the database itself sees to that."""
    row = {
        "id": channel.id,
        "participant": channel.participant,
        "mentor": channel.mentor,
        "opened_at": channel.opened_at,
    }
    try:
        with tx.conn.begin_nested():
            tx.conn.execute(insert(channels), row)
    except IntegrityError:
        raise Stale from None


def of_participant(tx: Transaction, participant: Pid) -> Channel | None:
    row = _OF_PARTICIPANT.one(tx.conn, {"participant": participant})
    return None if row is None else _channel(row)


def of_mentor(tx: Transaction, mentor: Pid) -> dict[ChannelId, Channel]:
    """A mentor's open channels, oldest first."""
    rows = _OF_MENTOR.all(tx.conn, {"mentor": mentor})
    return {ChannelId(row.id): _channel(row) for row in rows}


def of_person(tx: Transaction, pid: Pid) -> list[Channel]:
    """The open channels that somebody is in, at whichever end."""
    rows = tx.conn.execute(_OPEN.where((channels.c.participant == pid) | (channels.c.mentor == pid)))
    return [_channel(row) for row in rows]


def access_as_coordinator(tx: Transaction, id_: ChannelId) -> Channel:
    """An open channel, had by somebody who may bring people together; NotThere for a closed one."""
    row = tx.conn.execute(_OPEN.where(channels.c.id == id_)).one_or_none()
    if row is None:
        raise NotThere
    return _channel(row)


def access_as_participant(tx: Transaction, participant: Pid, id_: ChannelId) -> Channel:
    """An open channel, had by its own participant; NotThere for anybody else and for a closed one."""
    channel = access_as_coordinator(tx, id_)
    if channel.participant != participant:
        raise NotThere
    return channel


def everyone(tx: Transaction) -> list[Channel]:
    """All open channels, newest first."""
    return [_channel(row) for row in tx.conn.execute(_OPEN.order_by(channels.c.opened_at.desc(), channels.c.id))]


def is_over_for(tx: Transaction, id_: ChannelId, mentor: Pid) -> bool:
    """Whether somebody was the mentor in a channel that is closed."""
    return _WAS_MENTOR.one(tx.conn, {"channel": id_, "mentor": mentor}) is not None


def after(tx: Transaction, id_: ChannelId) -> Channel | None:
    """The open channel that the participant of a closed one has now."""
    participant = tx.conn.execute(
        select(channels.c.participant).where(channels.c.id == id_, channels.c.closed_at.is_not(None))
    ).scalar_one_or_none()
    return None if participant is None else of_participant(tx, Pid(participant))


def close(tx: Transaction, id_: ChannelId) -> None:
    """Compare and set: the channel is over. Stale when it was over before.

    The row is locked against new notices in it first: what is queued through it by then is seen, what comes later
    finds it closed when it is claimed.
    """
    tx.conn.execute(select(channels.c.id).where(channels.c.id == id_).with_for_update())
    this = (channels.c.id == id_) & channels.c.closed_at.is_(None)
    if tx.conn.execute(update(channels).where(this).values(closed_at=tx.now)).rowcount != 1:
        raise Stale


def remove_closed(tx: Transaction, mentor: Pid) -> None:
    """Remove the channels that this mentor was in before, with all that hangs on them."""
    tx.conn.execute(delete(channels).where(channels.c.mentor == mentor, channels.c.closed_at.is_not(None)))


def access_as_mentor(tx: Transaction, mentor: Pid, id_: ChannelId) -> Channel:
    """An open channel, had by its own mentor; NotThere for anybody else and for a closed one."""
    row = tx.conn.execute(_OPEN.where(channels.c.id == id_, channels.c.mentor == mentor)).one_or_none()
    if row is None:
        raise NotThere
    return _channel(row)


def is_open(tx: Transaction, id_: ChannelId) -> bool:
    return tx.conn.execute(_OPEN.where(channels.c.id == id_)).first() is not None


def other_end(tx: Transaction, id_: ChannelId, pid: Pid) -> Pid:
    """Who is at the other end of a channel, open or closed; NotThere for anybody who was never in it."""
    row = tx.conn.execute(select(channels.c.participant, channels.c.mentor).where(channels.c.id == id_)).one_or_none()
    if row is None or pid not in (row.participant, row.mentor):
        raise NotThere
    return Pid(row.mentor if pid == row.participant else row.participant)


def tell_of_wait(tx: Transaction, id_: ChannelId, *, until: datetime) -> bool:
    """Note that the mentor is told of a wait until then. False when they have been told of this one."""
    told = channels.c.told_until
    news = told.is_(None) | (told <= tx.now) | (told > until)
    return tx.conn.execute(update(channels).where(channels.c.id == id_, news).values(told_until=until)).rowcount == 1


def choice_of(tx: Transaction, mentor: Pid) -> Choice | None:
    row = _CHOICE.one(tx.conn, {"mentor": mentor})
    return None if row is None else Choice(channel=row.channel, until=row.until)


def choose(tx: Transaction, mentor: Pid, choice: Choice) -> None:
    """Replace a mentor's choice."""
    tx.conn.execute(delete(choices).where(choices.c.mentor == mentor))
    tx.conn.execute(insert(choices), {"mentor": mentor, "channel": choice.channel, "until": choice.until})


def _channel(row: Any) -> Channel:
    return Channel(
        id=ChannelId(row.id),
        participant=Pid(row.participant),
        mentor=Pid(row.mentor),
        opened_at=row.opened_at,
    )
