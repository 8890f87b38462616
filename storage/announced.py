"""Rows of `announced`: when something that is said to all coordinators was last said."""

from datetime import datetime

from sqlalchemy import select, update

from storage.insert_once import insert_once
from storage.tables import announced
from storage.transaction import Transaction


def last(tx: Transaction, what: str) -> datetime | None:
    found: datetime | None = tx.conn.execute(select(announced.c.at).where(announced.c.what == what)).scalar()
    return found


def announce(tx: Transaction, what: str, *, unless_after: datetime) -> bool:
    """Note that it is said now. False when it was said after `unless_after`: somebody else was first."""
    if insert_once(tx.conn, announced, {"what": what, "at": tx.now}):
        return True
    this = update(announced).where(announced.c.what == what, announced.c.at <= unless_after)
    return tx.conn.execute(this.values(at=tx.now)).rowcount == 1
