"""Rows of `attention`: what is known about who heard what in a channel, and when."""

from datetime import datetime

from sqlalchemy import update

from mentorbot.programme.ids import ChannelId
from storage.insert_once import insert_once
from storage.tables import attention
from storage.transaction import Transaction


def tell_unless_told(tx: Transaction, channel: ChannelId, *, since: datetime, until: datetime | None = None) -> bool:
    """Note that the participant is told now that an answer takes a while, because of an absence if its end is given.
    False when they were told after `since`."""
    told = {"told_at": tx.now} if until is None else {"told_at": tx.now, "told_until": until}
    insert_once(tx.conn, attention, {"channel": channel})
    lately = attention.c.told_at > since
    this = update(attention).where(attention.c.channel == channel, lately.is_not(True))
    return tx.conn.execute(this.values(told)).rowcount == 1


def tell_of_absence(tx: Transaction, channel: ChannelId, until: datetime) -> bool:
    """Note that the participant is told now until when their mentor is away. False when they were told just that."""
    insert_once(tx.conn, attention, {"channel": channel})
    this = update(attention).where(attention.c.channel == channel, attention.c.told_until.is_distinct_from(until))
    return tx.conn.execute(this.values(told_at=tx.now, told_until=until)).rowcount == 1


def end_absence(tx: Transaction, channel: ChannelId, until: datetime) -> bool:
    """Note that an absence has ended before its time. False when the participant was not told of it."""
    this = update(attention).where(attention.c.channel == channel, attention.c.told_until == until)
    return tx.conn.execute(this.values(told_until=None)).rowcount == 1
