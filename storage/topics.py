"""Rows of `topics`: which topic in a mentor's chat belongs to which channel; and whether a mentor wants any."""

from sqlalchemy import bindparam, delete, insert, or_, select, update

from mentorbot.programme.ids import ChannelId, Pid, ThreadId
from storage.prepared import Prepared
from storage.tables import channels, people, topics
from storage.transaction import Transaction

_OF_CHANNEL = Prepared(select(topics.c.thread).where(topics.c.channel == bindparam("channel")))
_CHANNEL = Prepared(
    select(topics.c.channel)
    .join(channels, channels.c.id == topics.c.channel)
    .where(topics.c.thread == bindparam("thread"), channels.c.mentor == bindparam("mentor"))
)


def of(tx: Transaction, channel: ChannelId) -> ThreadId | None:
    """The topic of a channel, open or closed; None where it has none (any more)."""
    row = _OF_CHANNEL.one(tx.conn, {"channel": channel})
    return None if row is None else ThreadId(row.thread)


def channel_of(tx: Transaction, mentor: Pid, thread: ThreadId) -> ChannelId | None:
    """What a topic in this mentor's chat was made for, be that open or closed; None for one that is not known."""
    row = _CHANNEL.one(tx.conn, {"mentor": mentor, "thread": thread})
    return None if row is None else ChannelId(row.channel)


def of_participant(tx: Transaction, participant: Pid) -> list[tuple[Pid, ThreadId]]:
    """The topics of all channels that a participant has had, and in whose chat."""
    query = select(channels.c.mentor, topics.c.thread).join(topics, topics.c.channel == channels.c.id)
    found = tx.conn.execute(query.where(channels.c.participant == participant))
    return [(Pid(row.mentor), ThreadId(row.thread)) for row in found]


def note(tx: Transaction, channel: ChannelId, thread: ThreadId) -> bool:
    """This is the channel's topic from now on. False where the channel is over, or gone, by now."""
    forget(tx, channel)
    still = select(channels.c.id).where(channels.c.id == channel, channels.c.closed_at.is_(None))
    if tx.conn.execute(still.with_for_update(read=True)).one_or_none() is None:
        return False
    tx.conn.execute(insert(topics), {"channel": channel, "thread": thread})
    return True


def forget(tx: Transaction, channel: ChannelId) -> None:
    """The channel's topic is gone."""
    tx.conn.execute(delete(topics).where(topics.c.channel == channel))


def are_wanted(tx: Transaction, mentor: Pid) -> bool:
    """Whether a mentor's chat shall have topics."""
    return bool(tx.conn.execute(select(people.c.topics).where(people.c.pid == mentor)).scalar_one_or_none())


def want(tx: Transaction, mentor: Pid, on: bool) -> bool:
    """A mentor's chat shall have topics, or none. False when that was so already."""
    other = or_(people.c.topics.is_(None), people.c.topics.is_(False)) if on else people.c.topics.is_(True)
    return tx.conn.execute(update(people).where(people.c.pid == mentor, other).values(topics=on)).rowcount == 1
