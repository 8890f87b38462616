"""Rows of `changes`: who asked for another mentor, and which change waits for a note."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from mentorbot.programme.ids import ChannelId, MessageId, Pid
from storage.insert_once import insert_once
from storage.tables import changes
from storage.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A change that waits for the old mentor's note."""

    channel: ChannelId
    mentor: Pid
    coordinator: Pid
    due: datetime


def ask(tx: Transaction, channel: ChannelId, *, not_since: datetime) -> bool:
    """Note that a participant asks. False when the coordinators were told after `not_since`."""
    _there(tx, channel)
    this = (changes.c.channel == channel) & (changes.c.asked_at.is_(None) | (changes.c.asked_at <= not_since))
    return tx.conn.execute(update(changes).where(this).values(asked_at=tx.now)).rowcount == 1


def wait(tx: Transaction, waiting: Waiting) -> bool:
    """Let a change wait. False when one waits in this channel already."""
    _there(tx, waiting.channel)
    this = (changes.c.channel == waiting.channel) & changes.c.due.is_(None)
    values = {"mentor": waiting.mentor, "coordinator": waiting.coordinator, "due": waiting.due}
    return tx.conn.execute(update(changes).where(this).values(values)).rowcount == 1


def asked_in(tx: Transaction, channel: ChannelId, question: MessageId) -> None:
    """The question for the note stands in this message."""
    tx.conn.execute(update(changes).where(changes.c.channel == channel).values(question=question))


def find(tx: Transaction, channel: ChannelId) -> Waiting | None:
    this = (changes.c.channel == channel) & changes.c.due.is_not(None)
    row = tx.conn.execute(select(changes).where(this)).one_or_none()
    return None if row is None else _waiting(row)


def answered_by(tx: Transaction, channel: ChannelId, message: MessageId | None) -> Waiting | None:
    """The change whose question is this message."""
    this = (changes.c.channel == channel) & changes.c.due.is_not(None) & (changes.c.question == message)
    row = tx.conn.execute(select(changes).where(this)).one_or_none()
    return None if row is None else _waiting(row)


def due(tx: Transaction) -> list[Waiting]:
    """The changes whose time is over, longest over first."""
    rows = tx.conn.execute(select(changes).where(changes.c.due <= tx.now).order_by(changes.c.due))
    return [_waiting(row) for row in rows]


def remove(tx: Transaction, channel: ChannelId) -> None:
    tx.conn.execute(delete(changes).where(changes.c.channel == channel))


def _there(tx: Transaction, channel: ChannelId) -> None:
    insert_once(tx.conn, changes, {"channel": channel})


def _waiting(row: Any) -> Waiting:
    return Waiting(
        channel=ChannelId(row.channel), mentor=Pid(row.mentor), coordinator=Pid(row.coordinator), due=row.due
    )
