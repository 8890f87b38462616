"""Rows of `channels`, and of a mentor's `choices` among them."""

from typing import Any

from sqlalchemy import bindparam, delete, insert, select
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


def choice_of(tx: Transaction, mentor: Pid) -> Choice | None:
    row = _CHOICE.one(tx.conn, {"mentor": mentor})
    return None if row is None else Choice(channel=ChannelId(row.channel), until=row.until)


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
