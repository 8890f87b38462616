"""Rows of `links`: which message in one chat is which message in the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from mentorbot.programme.content import Form
from mentorbot.programme.ids import ChannelId, MessageId, Pid
from storage.insert_once import insert_once
from storage.prepared import Prepared
from storage.tables import channels, links
from storage.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class Link:
    """A message that the bot put into somebody's chat, for a message in the chat of the other."""

    message: MessageId
    form: Form
    at: datetime


_CAME_AS = Prepared(
    select(links.c.channel, links.c.from_message).where(
        links.c.to_pid == bindparam("pid"), links.c.to_message == bindparam("message")
    )
)
_WENT_AS = Prepared(
    select(links.c.to_message, links.c.form, links.c.at)
    .where(
        links.c.channel == bindparam("channel"),
        links.c.from_message == bindparam("message"),
        links.c.to_pid == bindparam("pid"),
    )
    .order_by(links.c.to_message)
)


def link(
    tx: Transaction,
    *,
    to: Pid,
    to_message: MessageId,
    channel: ChannelId,
    from_message: MessageId | None,
    form: Form = Form.TEXT,
) -> None:
    """Note that `to_message` in the chat of `to` came through a channel, as `from_message` of the other chat.

    `from_message` is None for what the bot itself says about the channel.
    """
    row = {
        "to_pid": to,
        "to_message": to_message,
        "channel": channel,
        "from_message": from_message,
        "form": form,
        "at": tx.now,
    }
    insert_once(tx.conn, links, row)


def linked(tx: Transaction, pid: Pid, message: MessageId) -> ChannelId | None:
    """The channel that a message in this person's chat came through, or None."""
    row = _CAME_AS.one(tx.conn, {"pid": pid, "message": message})
    return None if row is None else ChannelId(row.channel)


def source(tx: Transaction, pid: Pid, message: MessageId) -> MessageId | None:
    """The message of the other's chat that came as this one, or None."""
    row = _CAME_AS.one(tx.conn, {"pid": pid, "message": message})
    return None if row is None or row.from_message is None else MessageId(row.from_message)


def went_as(tx: Transaction, channel: ChannelId, message: MessageId, *, to: Pid) -> list[Link]:
    """What a message of the other became in the chat of `to`, in order; empty while it has not arrived."""
    rows = _WENT_AS.all(tx.conn, {"channel": channel, "message": message, "pid": to})
    return [Link(message=MessageId(row.to_message), form=Form(row.form), at=row.at) for row in rows]


def counterpart(tx: Transaction, channel: ChannelId, message: MessageId, *, of: Pid, to: Pid) -> MessageId | None:
    """The message in the chat of `to` that is `message` in the chat of `of`, whoever wrote it; None for none."""
    came = _CAME_AS.one(tx.conn, {"pid": of, "message": message})
    if came is not None:
        return MessageId(came.from_message) if came.channel == channel and came.from_message is not None else None
    went = went_as(tx, channel, message, to=to)
    return went[0].message if went else None


def unlink(tx: Transaction, to: Pid, messages: Sequence[MessageId]) -> None:
    """Forget messages that are no longer in somebody's chat."""
    tx.conn.execute(delete(links).where(links.c.to_pid == to, links.c.to_message.in_(messages)))


def copies_from(tx: Transaction, participant: Pid, *, since: datetime) -> dict[Pid, list[MessageId]]:
    """What the bot put into a mentor's chat since then because of this participant: per mentor, present or past."""
    query = (
        select(links.c.to_pid, links.c.to_message)
        .join(channels, channels.c.id == links.c.channel)
        .where(channels.c.participant == participant, links.c.to_pid == channels.c.mentor, links.c.at >= since)
        .order_by(links.c.to_pid, links.c.to_message)
    )
    found: dict[Pid, list[MessageId]] = {}
    for row in tx.conn.execute(query):
        found.setdefault(Pid(row.to_pid), []).append(MessageId(row.to_message))
    return found


def copies_of(tx: Transaction, channel: ChannelId, *, to: Pid, since: datetime) -> list[MessageId]:
    """What came through a channel into the chat of `to` since a moment, from the other end, in order."""
    theirs = (links.c.channel == channel) & (links.c.to_pid == to) & links.c.from_message.is_not(None)
    query = select(links.c.to_message).where(theirs, links.c.at >= since).order_by(links.c.to_message)
    return [MessageId(message) for message in tx.conn.execute(query).scalars()]


def purge(tx: Transaction, *, before: datetime) -> None:
    """Forget the links made before a moment."""
    tx.conn.execute(delete(links).where(links.c.at < before))
