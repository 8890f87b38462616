"""Rows of `attention`: what is known about who heard what in a channel, and when."""

from datetime import datetime

from sqlalchemy import update

from mentorbot.programme.ids import ChannelId
from storage.insert_once import insert_once
from storage.tables import attention
from storage.transaction import Transaction


def tell_unless_told(tx: Transaction, channel: ChannelId, *, since: datetime) -> bool:
    """Note that the participant is told now that an answer takes a while. False when they were told after `since`."""
    if insert_once(tx.conn, attention, {"channel": channel, "told_at": tx.now}):
        return True
    lately = attention.c.told_at > since
    this = update(attention).where(attention.c.channel == channel, lately.is_not(True))
    return tx.conn.execute(this.values(told_at=tx.now)).rowcount == 1
