"""Rows of `answering`: one for each mentor who has said when they answer."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from mentorbot.programme.answering import Answering
from mentorbot.programme.hours import Hours, days_of
from mentorbot.programme.ids import Pid
from storage.insert_once import insert_once
from storage.prepared import Prepared
from storage.tables import answering
from storage.transaction import Transaction

_ONE = Prepared(select(answering).where(answering.c.mentor == bindparam("mentor")))


def of(tx: Transaction, mentor: Pid) -> Answering:
    row = _ONE.one(tx.conn, {"mentor": mentor})
    if row is None:
        return Answering()
    return Answering(hours=_hours(row), away_until=row.away_until)


def settle_hours(tx: Transaction, mentor: Pid, hours: Hours | None) -> None:
    columns = dict.fromkeys(("opens", "closes", "days"))
    if hours is not None:
        columns = {"opens": hours.opens, "closes": hours.closes, "days": hours.day_bits}
    _settle(tx, mentor, columns)


def settle_absence(tx: Transaction, mentor: Pid, until: datetime | None) -> None:
    _settle(tx, mentor, {"away_until": until})


def _settle(tx: Transaction, mentor: Pid, columns: dict[str, Any]) -> None:
    insert_once(tx.conn, answering, {"mentor": mentor})
    tx.conn.execute(answering.update().where(answering.c.mentor == mentor).values(columns))


def _hours(row: Any) -> Hours | None:
    if row.opens is None:
        return None
    return Hours(opens=row.opens, closes=row.closes, days=days_of(row.days))
