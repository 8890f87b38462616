"""Rows of `absences`: whose being away the other end of a channel was told of, and when."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select

from mentorbot.programme.ids import ChannelId, Pid
from storage.tables import absences
from storage.transaction import Transaction


def told_at(tx: Transaction, channel: ChannelId, away: Pid) -> datetime | None:
    query = select(absences.c.told_at).where(_this(channel, away))
    found: datetime | None = tx.conn.execute(query).scalar_one_or_none()
    return found


def tell(tx: Transaction, channel: ChannelId, away: Pid) -> None:
    """Note that the other end is told now."""
    end(tx, channel, away)
    tx.conn.execute(insert(absences), {"channel": channel, "away": away, "told_at": tx.now})


def end(tx: Transaction, channel: ChannelId, away: Pid) -> bool:
    """Whether the other end had been told; it is to be told once that this is over."""
    return tx.conn.execute(delete(absences).where(_this(channel, away))).rowcount == 1


def _this(channel: ChannelId, away: Pid) -> ColumnElement[bool]:
    return (absences.c.channel == channel) & (absences.c.away == away)
