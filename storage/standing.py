"""Rows of `standing`: what stands in a participant's own chat, theirs and the bot's, while it can be removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, bindparam, delete, exists, insert, select

from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.people import Role
from storage.prepared import Prepared
from storage.tables import Moment, people, safety, standing
from storage.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A message in somebody's own chat, and when it came to stand there."""

    message: MessageId
    at: datetime


_THERE = exists().where(standing.c.pid == bindparam("pid"), standing.c.message == bindparam("message"))
_NOTE = Prepared(
    insert(standing).from_select(
        ["pid", "message", "at"],
        select(people.c.pid, bindparam("message", type_=BigInteger), bindparam("at", type_=Moment)).where(
            people.c.pid == bindparam("pid"), people.c.role == Role.PARTICIPANT, ~_THERE
        ),
    )
)


def note(tx: Transaction, pid: Pid, *messages: Standing) -> None:
    """Remember messages of a participant's chat; of anybody else's nothing is remembered. What is known stays."""
    for one in messages:
        _NOTE.count(tx.conn, {"pid": pid, "message": one.message, "at": one.at})


def of(tx: Transaction, pid: Pid, *, since: datetime, until: datetime | None = None, most: int) -> list[MessageId]:
    """What came to stand in somebody's chat after a moment (and until another), oldest first and at most so many."""
    query = select(standing.c.message).where(standing.c.pid == pid, standing.c.at > since)
    if until is not None:
        query = query.where(standing.c.at <= until)
    return [MessageId(message) for message in tx.conn.execute(query.order_by(standing.c.message).limit(most)).scalars()]


def due(tx: Transaction, *, since: datetime) -> list[Pid]:
    """In whose chat something that came to stand there after a moment is as old as they let messages become."""
    found: list[Pid] = []
    settled = select(safety.c.erase_after).where(safety.c.erase_after.is_not(None)).distinct()
    for hours in tx.conn.execute(settled).scalars().all():
        until = tx.now - timedelta(hours=hours)
        old = exists().where(standing.c.pid == safety.c.pid, standing.c.at > since, standing.c.at <= until)
        query = select(safety.c.pid).where(safety.c.erase_after == hours, old)
        found += [Pid(pid) for pid in tx.conn.execute(query).scalars()]
    return found


def forget(tx: Transaction, pid: Pid, messages: Sequence[MessageId]) -> None:
    """Forget what is no longer in somebody's chat."""
    tx.conn.execute(delete(standing).where(standing.c.pid == pid, standing.c.message.in_(messages)))


def purge(tx: Transaction, *, before: datetime) -> None:
    """Forget what came to stand before a moment."""
    tx.conn.execute(delete(standing).where(standing.c.at < before))
