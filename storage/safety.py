"""Rows of `safety`: one for each participant who has settled something."""

from typing import Any

from sqlalchemy import bindparam, select

from mentorbot.programme.hours import Hours
from mentorbot.programme.ids import Pid
from mentorbot.programme.safety import Safety
from storage.insert_once import insert_once
from storage.prepared import Prepared
from storage.tables import safety
from storage.transaction import Transaction

_ONE = Prepared(select(safety).where(safety.c.pid == bindparam("pid")))


def of(tx: Transaction, pid: Pid) -> Safety:
    """What this person has settled; what holds for everybody else where they have not."""
    row = _ONE.one(tx.conn, {"pid": pid})
    if row is None:
        return Safety()
    return Safety(
        hours=None if row.opens is None else Hours(opens=row.opens, closes=row.closes),
        discreet=row.discreet,
        protected=row.protected,
        has_code_word=row.code_word is not None,
        erase_after=row.erase_after,
        wipe_asks=row.wipe_asks,
    )


def settle(tx: Transaction, pid: Pid, **columns: Any) -> None:
    """Settle the named columns of `safety` for this person; the others stay."""
    fresh = {"pid": pid, "discreet": False, "protected": False, "wipe_asks": True}
    insert_once(tx.conn, safety, fresh)
    tx.conn.execute(safety.update().where(safety.c.pid == pid).values(columns))


def is_open(tx: Transaction, pid: Pid) -> bool:
    """Whether what others start may reach this person at this hour."""
    hours = of(tx, pid).hours
    return hours is None or hours.open_at(tx.now, tx.zone) == tx.now
