"""Rows of `substitute_asks` and `substitutions`: who is asked to be there for a mentor who is away, and
where somebody is."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, insert, select, update

from mentorbot.programme.ids import ChannelId, Pid
from storage.tables import answering, channels, substitute_asks, substitutions
from storage.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A mentor who is away until then has asked another to be there meanwhile; `agreed`: that one can."""

    id: bytes
    mentor: Pid
    substitute: Pid
    until: datetime
    agreed: bool = False


@dataclass(frozen=True, kw_only=True)
class Substitution:
    """An open channel in the place of another, until then; `mentor` is the one of the other."""

    channel: ChannelId
    instead_of: ChannelId
    participant: Pid
    substitute: Pid
    mentor: Pid
    until: datetime


# --- asking -----------------------------------------------------------------------------------------------------------


def ask(tx: Transaction, mentor: Pid, substitute: Pid, until: datetime) -> Ask:
    """Note that somebody is asked, in the place of whoever was asked for this mentor before."""
    tx.conn.execute(delete(substitute_asks).where(substitute_asks.c.mentor == mentor))
    made = Ask(id=secrets.token_bytes(16), mentor=mentor, substitute=substitute, until=until)
    row = {"id": made.id, "mentor": mentor, "substitute": substitute, "until": until, "asked_at": tx.now}
    tx.conn.execute(insert(substitute_asks), row)
    return made


def find(tx: Transaction, id_: bytes) -> Ask | None:
    """What was asked, if it still holds. It holds until this transaction ends: whoever ends it waits."""
    row = tx.conn.execute(select(substitute_asks).where(substitute_asks.c.id == id_).with_for_update()).one_or_none()
    return None if row is None or row.until <= tx.now else _ask(row)


def agree(tx: Transaction, id_: bytes) -> bool:
    """Note that the one who was asked can. False when that is known."""
    this = (substitute_asks.c.id == id_) & substitute_asks.c.agreed_at.is_(None)
    return tx.conn.execute(update(substitute_asks).where(this).values(agreed_at=tx.now)).rowcount == 1


def end(tx: Transaction, id_: bytes) -> bool:
    """Nobody is asked any more. False when that was so already."""
    return tx.conn.execute(delete(substitute_asks).where(substitute_asks.c.id == id_)).rowcount == 1


def asked_by(tx: Transaction, mentor: Pid) -> list[Ask]:
    """What this mentor has asked: one thing at most."""
    return _asks(tx, select(substitute_asks).where(substitute_asks.c.mentor == mentor))


def asked_of(tx: Transaction, substitute: Pid) -> list[Ask]:
    """What this mentor was asked, and by whom."""
    return _asks(tx, select(substitute_asks).where(substitute_asks.c.substitute == substitute))


def forget_past(tx: Transaction) -> None:
    """Remove what was asked about a time that is past."""
    tx.conn.execute(delete(substitute_asks).where(substitute_asks.c.until <= tx.now))


def unanswered(tx: Transaction, *, since: datetime) -> list[Ask]:
    """What nobody has answered for so long."""
    old = (substitute_asks.c.asked_at <= since) & substitute_asks.c.agreed_at.is_(None)
    return _asks(tx, select(substitute_asks).where(old))


# --- being there ------------------------------------------------------------------------------------------------------


_theirs = channels.alias("theirs")
_RUNNING = (
    select(
        substitutions.c.channel,
        substitutions.c.instead_of,
        substitutions.c.until,
        channels.c.participant,
        channels.c.mentor.label("substitute"),
        _theirs.c.mentor,
    )
    .join(channels, channels.c.id == substitutions.c.channel)
    .join(_theirs, _theirs.c.id == substitutions.c.instead_of)
    .where(channels.c.closed_at.is_(None))
    .order_by(channels.c.opened_at, channels.c.id)
)


def begin(tx: Transaction, channel: ChannelId, *, instead_of: ChannelId, until: datetime) -> None:
    row = {"channel": channel, "instead_of": instead_of, "until": until}
    tx.conn.execute(insert(substitutions), row)


def in_channel(tx: Transaction, channel: ChannelId) -> Substitution | None:
    """The substitution that an open channel is, if it is one. It ends with its channel."""
    row = tx.conn.execute(_RUNNING.where(substitutions.c.channel == channel)).one_or_none()
    return None if row is None else _substitution(row)


def for_mentor(tx: Transaction, mentor: Pid) -> list[Substitution]:
    """Where somebody is there for this mentor."""
    return _running(tx, _RUNNING.where(_theirs.c.mentor == mentor))


def by_substitute(tx: Transaction, mentor: Pid) -> list[Substitution]:
    """Where this mentor is there for others."""
    return _running(tx, _RUNNING.where(channels.c.mentor == mentor))


def over(tx: Transaction) -> list[Substitution]:
    """Those whose time is over, or whose own mentor is away no longer."""
    back = answering.c.away_until.is_(None) | (answering.c.away_until <= tx.now)
    query = _RUNNING.outerjoin(answering, answering.c.mentor == _theirs.c.mentor)
    return _running(tx, query.where((substitutions.c.until <= tx.now) | back))


def _asks(tx: Transaction, query: Select[Any]) -> list[Ask]:
    return [_ask(row) for row in tx.conn.execute(query)]


def _running(tx: Transaction, query: Select[Any]) -> list[Substitution]:
    return [_substitution(row) for row in tx.conn.execute(query)]


def _ask(row: Any) -> Ask:
    return Ask(
        id=row.id,
        mentor=Pid(row.mentor),
        substitute=Pid(row.substitute),
        until=row.until,
        agreed=row.agreed_at is not None,
    )


def _substitution(row: Any) -> Substitution:
    return Substitution(
        channel=ChannelId(row.channel),
        instead_of=ChannelId(row.instead_of),
        participant=Pid(row.participant),
        substitute=Pid(row.substitute),
        mentor=Pid(row.mentor),
        until=row.until,
    )
