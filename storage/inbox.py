"""Rows of `inbox`: raw updates, sealed under the day's key from before they are acknowledged until they are done."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from sqlalchemy import bindparam, delete, select, update

from storage.envelope import key_id_of
from storage.insert_once import insert_new
from storage.keyring import Keyring
from storage.prepared import Prepared
from storage.sealed_fields import INBOX_BODY
from storage.tables import UNSETTLED, inbox
from storage.transaction import Store, Transaction

RowId = NewType("RowId", int)

PAGE = 500
"""Updates that are read at once: those that wait need not all fit into memory."""


class UpdateState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    ASIDE = "aside"  # could not be handled; the person was told


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One update as it came: `identity` is the same each time Telegram delivers it again."""

    update_id: int
    identity: bytes
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One update that is not settled yet."""

    id: RowId
    mark: bytes
    sealed: bytes


_WAITING = select(inbox.c.id, inbox.c.mark, inbox.c.body).where(UNSETTLED).order_by(inbox.c.id)
_SETTLE = Prepared(
    update(inbox)
    .where(inbox.c.id == bindparam("row"), inbox.c.state == UpdateState.WAITING)
    .values(state=bindparam("to"), body=None)
)


async def keep(store: Store, arrivals: Sequence[Arrival]) -> list[tuple[RowId, Arrival]]:
    """Seal and commit updates in their order. Returns those that were not there already, with their rows."""
    now = store.clock()
    day, key = await store.keyring.day_key(now)
    marked: dict[bytes, Arrival] = {}
    for one in arrivals:
        marked.setdefault(hmac.digest(store.root.inbox, one.identity, hashlib.sha256), one)
    rows = [
        {
            "update_id": one.update_id,
            "mark": mark,
            "state": UpdateState.WAITING,
            "body": INBOX_BODY.seal(key, one.body, row=mark, key_id=day),
            "received_at": now,
        }
        for mark, one in marked.items()
    ]

    def unit(tx: Transaction) -> list[tuple[RowId, Arrival]]:
        fresh = insert_new(tx.conn, inbox, rows, returning=(inbox.c.id, inbox.c.mark))
        return sorted(((RowId(row.id), marked[row.mark]) for row in fresh), key=lambda kept: kept[0])

    return await store.transact(unit) if rows else []


def waiting(tx: Transaction, *, after: RowId = RowId(0)) -> list[Waiting]:
    """The updates behind a row that are not settled, oldest first; no more than PAGE of them."""
    rows = tx.conn.execute(_WAITING.where(inbox.c.id > after).limit(PAGE))
    return [Waiting(id=RowId(row.id), mark=row.mark, sealed=row.body) for row in rows]


def find(tx: Transaction, row: RowId) -> Waiting | None:
    """One update that is not settled; None when it is."""
    found = tx.conn.execute(_WAITING.where(inbox.c.id == row)).one_or_none()
    return None if found is None else Waiting(id=RowId(found.id), mark=found.mark, sealed=found.body)


async def unseal(keyring: Keyring, update_: Waiting) -> bytes:
    """The raw update; SealBroken when it was tampered with or its day's key is gone."""
    key = await keyring.past_day_key(key_id_of(update_.sealed))
    return INBOX_BODY.unseal(key, update_.sealed, row=update_.mark)


def settle(tx: Transaction, row: RowId, to: UpdateState) -> bool:
    """Close an update and empty it. False when it was settled already."""
    return _SETTLE.count(tx.conn, {"row": row, "to": to}) == 1


def purge(tx: Transaction, *, before: datetime) -> None:
    """Remove the settled updates received before a moment. Telegram itself keeps updates for 24 hours."""
    tx.conn.execute(delete(inbox).where(inbox.c.received_at < before, inbox.c.state != UpdateState.WAITING))
