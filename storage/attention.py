"""Rows of `attention`: what is known about who heard what in a channel, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, select, update

from mentorbot.programme.ids import ChannelId, Pid
from storage.insert_once import insert_once
from storage.prepared import Prepared
from storage.tables import Moment, attention, channels
from storage.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What is known of a participant in a channel: when they last wrote (None: not since this is kept), since when they
    wait for an answer (None: they do not), and to how many messages."""

    at: datetime | None = None
    waits_since: datetime | None = None
    unanswered: int = 0


NOTHING_HEARD = Heard()


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A participant who waits for an answer. `reminded_at`: their mentor was reminded then."""

    channel: ChannelId
    participant: Pid
    mentor: Pid
    since: datetime
    reminded_at: datetime | None


_OF_CHANNEL = attention.c.channel == bindparam("of")
_NOW = bindparam("now", type_=Moment())
_WROTE = Prepared(
    update(attention)
    .where(_OF_CHANNEL)
    .values(
        heard_at=_NOW,
        waits_since=func.coalesce(attention.c.waits_since, _NOW),
        unanswered=attention.c.unanswered + 1,
        look_at=case((attention.c.waits_since.is_(None), _NOW), else_=attention.c.look_at),
    )
)
_ANSWERED = Prepared(
    update(attention)
    .where(_OF_CHANNEL, attention.c.waits_since.is_not(None))
    .values(waits_since=None, unanswered=0, look_at=None, reminded_at=None, overdue_at=None)
)


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


def wrote(tx: Transaction, channel: ChannelId) -> None:
    """The participant wrote: from now on, unless they wait already, they wait for an answer."""
    row = {"of": channel, "now": tx.now}
    if _WROTE.count(tx.conn, row) == 0:
        insert_once(tx.conn, attention, {"channel": channel})
        _WROTE.count(tx.conn, row)


def answered(tx: Transaction, channel: ChannelId) -> None:
    """The mentor answered: the participant waits for nothing."""
    _ANSWERED.count(tx.conn, {"of": channel})


def pass_on(tx: Transaction, old: ChannelId, new: ChannelId) -> None:
    """Whoever waits for an answer in one channel waits for it in another from now on."""
    waits = (attention.c.channel == old) & attention.c.waits_since.is_not(None)
    found = tx.conn.execute(select(attention.c.heard_at, attention.c.unanswered).where(waits)).one_or_none()
    if found is not None:
        insert_once(tx.conn, attention, {"channel": new})
        waiting = {"heard_at": found.heard_at, "unanswered": found.unanswered}
        this = update(attention).where(attention.c.channel == new)
        tx.conn.execute(this.values(waits_since=tx.now, look_at=tx.now, **waiting))
        answered(tx, old)


def of_channels(tx: Transaction, ids: Iterable[ChannelId]) -> dict[ChannelId, Heard]:
    """What is known of each of these channels, as far as anything is."""
    rows = tx.conn.execute(select(attention).where(attention.c.channel.in_(list(ids))))
    return {
        ChannelId(row.channel): Heard(at=row.heard_at, waits_since=row.waits_since, unanswered=row.unanswered)
        for row in rows
    }


# --- what the clock looks at ------------------------------------------------------------------------------------------


def to_look_at(tx: Transaction, *, at_most: int) -> list[Waiting]:
    """Those whom the clock is to look at by now, in open channels."""
    query = (
        select(attention, channels.c.participant, channels.c.mentor)
        .join(channels, channels.c.id == attention.c.channel)
        .where(attention.c.look_at <= tx.now, channels.c.closed_at.is_(None))
        .order_by(attention.c.look_at)
        .limit(at_most)
    )
    return [
        Waiting(
            channel=ChannelId(row.channel),
            participant=Pid(row.participant),
            mentor=Pid(row.mentor),
            since=row.waits_since,
            reminded_at=row.reminded_at,
        )
        for row in tx.conn.execute(query)
    ]


def look_later(tx: Transaction, waiting: Waiting, then: datetime) -> None:
    _claim(tx, waiting, {"look_at": then})


def remind(tx: Transaction, waiting: Waiting) -> bool:
    """Note that the mentor is reminded now. False when that is no longer so: they answered, or somebody was first."""
    return _claim(tx, waiting, {"reminded_at": tx.now, "look_at": tx.now})


def count_in(tx: Transaction, waiting: Waiting) -> None:
    """From now on coordinators count it; the clock looks at it no more."""
    _claim(tx, waiting, {"overdue_at": tx.now, "look_at": None})


def overdue(tx: Transaction, *, since: datetime | None) -> tuple[int, int]:
    """How many are to be counted in open channels, and how many of them only after `since`."""
    fresh = attention.c.overdue_at > since if since is not None else attention.c.overdue_at.is_not(None)
    query = (
        select(func.count(), func.count(case((fresh, 1))))
        .join(channels, channels.c.id == attention.c.channel)
        .where(attention.c.overdue_at.is_not(None), channels.c.closed_at.is_(None))
    )
    total, of_them_fresh = tx.conn.execute(query).one()
    return total, of_them_fresh


def look_again(tx: Transaction, mentor: Pid) -> None:
    """Let the clock look at all who wait for this mentor: when they answer has changed."""
    theirs = select(channels.c.id).where(channels.c.mentor == mentor, channels.c.closed_at.is_(None))
    this = update(attention).where(attention.c.channel.in_(theirs), attention.c.look_at.is_not(None))
    tx.conn.execute(this.values(look_at=tx.now))


def _claim(tx: Transaction, waiting: Waiting, columns: dict[str, Any]) -> bool:
    """Change what waits, if it is as it was read."""
    this = update(attention).where(
        attention.c.channel == waiting.channel,
        attention.c.waits_since == waiting.since,
        attention.c.reminded_at.is_not_distinct_from(waiting.reminded_at),
        attention.c.overdue_at.is_(None),
    )
    return tx.conn.execute(this.values(columns)).rowcount == 1
