"""Rows of `inbox`: raw updates, sealed under the day's key from before they are acknowledged until they are done."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from sqlalchemy import bindparam, delete, insert, select, update

from storage.envelope import key_id_of
from storage.keyring import Keyring
from storage.sealed_fields import INBOX_BODY
from storage.tables import UNSETTLED, inbox
from storage.transaction import Store, Transaction

RowId = NewType("RowId", int)


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


_WAITING = (
    select(inbox.c.id, inbox.c.mark, inbox.c.body)
    .where(UNSETTLED, inbox.c.id > bindparam("after"))
    .order_by(inbox.c.id)
    .limit(bindparam("most"))
)
_SETTLE = (
    update(inbox)
    .where(inbox.c.id == bindparam("row"), inbox.c.state == UpdateState.WAITING)
    .values(state=bindparam("to"), body=None)
)


async def keep(store: Store, arrivals: Sequence[Arrival]) -> None:
    """Seal and commit updates in their order; those that are there already are left as they are."""
    now = store.clock()
    day, key = await store.keyring.day_key(now)
    secret = store.root.inbox
    rows = {}
    for arrival in arrivals:
        mark = hmac.digest(secret, arrival.identity, hashlib.sha256)
        rows[mark] = {
            "update_id": arrival.update_id,
            "mark": mark,
            "state": UpdateState.WAITING,
            "body": INBOX_BODY.seal(key, arrival.body, row=mark, key_id=day),
            "received_at": now,
        }

    def unit(tx: Transaction) -> None:
        known = tx.conn.execute(select(inbox.c.mark).where(inbox.c.mark.in_(list(rows)))).scalars()
        fresh = rows.keys() - set(known)
        if fresh:
            tx.conn.execute(insert(inbox), [row for mark, row in rows.items() if mark in fresh])

    await store.transact(unit)


def waiting(tx: Transaction, *, after: RowId, most: int) -> list[Waiting]:
    """The oldest updates behind the row `after` that are not settled."""
    rows = tx.conn.execute(_WAITING, {"after": after, "most": most})
    return [Waiting(id=RowId(row.id), mark=row.mark, sealed=row.body) for row in rows]


async def unseal(keyring: Keyring, update_: Waiting) -> bytes:
    """The raw update; SealBroken when it was tampered with or its day's key is gone."""
    key = await keyring.past_day_key(key_id_of(update_.sealed))
    return INBOX_BODY.unseal(key, update_.sealed, row=update_.mark)


def settle(tx: Transaction, row: RowId, to: UpdateState) -> bool:
    """Close an update and empty it. False when it was settled already."""
    return tx.conn.execute(_SETTLE, {"row": row, "to": to}).rowcount == 1


def purge(tx: Transaction, *, before: datetime) -> None:
    """Remove the updates received before a moment. Telegram itself keeps them for 24 hours."""
    tx.conn.execute(delete(inbox).where(inbox.c.received_at < before))
