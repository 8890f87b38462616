"""Rows of `agreements`: a participant and their mentor let what passes between them go from the mentor's chat too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, insert, select, update

from mentorbot.programme.ids import ChannelId, MessageId, Pid
from storage.tables import agreements, channels, links
from storage.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """After how many hours; `agreed` is false while the mentor has not answered."""

    hours: int
    agreed: bool


def find(tx: Transaction, channel: ChannelId) -> Agreement | None:
    row = tx.conn.execute(select(agreements).where(agreements.c.channel == channel)).one_or_none()
    return None if row is None else Agreement(hours=row.hours, agreed=row.agreed_at is not None)


def propose(tx: Transaction, channel: ChannelId, hours: int) -> None:
    """Ask for one, in the place of any other."""
    end(tx, channel)
    tx.conn.execute(insert(agreements), {"channel": channel, "hours": hours})


def agree(tx: Transaction, channel: ChannelId) -> None:
    tx.conn.execute(update(agreements).where(agreements.c.channel == channel).values(agreed_at=tx.now))


def end(tx: Transaction, channel: ChannelId) -> bool:
    """End or withdraw one. False when there was none."""
    return tx.conn.execute(delete(agreements).where(agreements.c.channel == channel)).rowcount == 1


def due(tx: Transaction, *, since: datetime) -> list[tuple[ChannelId, Pid, Pid]]:
    """The open channels, with participant and mentor, in which something is old enough to go from the mentor's chat."""
    found: list[tuple[ChannelId, Pid, Pid]] = []
    hours_agreed = select(agreements.c.hours).where(agreements.c.agreed_at.is_not(None)).distinct()
    for hours in tx.conn.execute(hours_agreed).scalars().all():
        until = tx.now - timedelta(hours=hours)
        old = exists().where(links.c.channel == channels.c.id, links.c.at > since, links.c.at <= until)
        query = (
            select(channels.c.id, channels.c.participant, channels.c.mentor)
            .join(agreements, agreements.c.channel == channels.c.id)
            .where(
                agreements.c.hours == hours, agreements.c.agreed_at.is_not(None), channels.c.closed_at.is_(None), old
            )
        )
        found += [(ChannelId(row.id), Pid(row.participant), Pid(row.mentor)) for row in tx.conn.execute(query)]
    return found


def passed(
    tx: Transaction, channel: ChannelId, mentor: Pid, *, since: datetime, until: datetime, most: int
) -> list[MessageId]:
    """What stands in the mentor's chat of what passed through a channel in a time: what came, and what they wrote."""
    this = (links.c.channel == channel) & (links.c.at > since) & (links.c.at <= until)
    came = select(links.c.to_message.label("message")).where(this, links.c.to_pid == mentor)
    wrote = select(links.c.from_message).where(this, links.c.to_pid != mentor, links.c.from_message.is_not(None))
    both = came.union(wrote).subquery()
    query = select(both.c.message).order_by(both.c.message).limit(most)
    return [MessageId(message) for message in tx.conn.execute(query).scalars()]


def forget(tx: Transaction, channel: ChannelId, mentor: Pid, messages: Sequence[MessageId]) -> None:
    """Forget what passed as these messages of the mentor's chat: they are there no longer."""
    came = (links.c.to_pid == mentor) & links.c.to_message.in_(messages)
    wrote = (links.c.to_pid != mentor) & links.c.from_message.in_(messages)
    tx.conn.execute(delete(links).where(links.c.channel == channel, came | wrote))
