"""The audit chain: append-only rows, each with a keyed digest of itself and of the link before it.

It records who did what to whom, never what anybody wrote. `audit_head` holds the number and a digest of the last link,
so that a tail that was cut off shows as well.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from mentorbot.programme.ids import Pid
from storage.tables import audit, audit_head
from storage.transaction import Transaction

_START = bytes(32)
_HEAD = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def append(tx: Transaction, action: str, *, actor: Pid | None, subject: bytes | None = None) -> None:
    """Record that `actor` (None: the command line or the clock) did `action` to `subject`."""
    head = tx.conn.execute(select(audit_head.c.number).where(audit_head.c.id == _HEAD).with_for_update()).scalar_one()
    before = _link_at(tx, head)
    row = {"number": head + 1, "at": tx.now, "actor": actor, "action": action, "subject": subject}
    link = _link(tx, before, row)
    tx.conn.execute(insert(audit), row | {"link": link})
    tx.conn.execute(update(audit_head).values(number=head + 1, seal=_head_seal(tx, head + 1, link)))


def first_bad_link(tx: Transaction) -> int | None:
    """The number of the first row that was edited, deleted or cut off; None when the chain is whole."""
    # The head first, and locked as `append` locks it: what is appended meanwhile is not mistaken for a forged tail.
    head = tx.conn.execute(select(audit_head).where(audit_head.c.id == _HEAD).with_for_update()).one_or_none()
    before, expected = _START, 1
    for row in tx.conn.execute(select(audit).order_by(audit.c.number)).mappings():
        if row["number"] != expected or not hmac.compare_digest(row["link"], _link(tx, before, dict(row))):
            return expected
        before, expected = row["link"], expected + 1
    whole = head is not None and hmac.compare_digest(head.seal, _head_seal(tx, expected - 1, before))
    return None if whole else expected


def found(tx: Transaction) -> None:
    """Begin an empty chain in a new store."""
    tx.conn.execute(insert(audit_head), {"id": _HEAD, "number": 0, "seal": _head_seal(tx, 0, _START)})


def _link_at(tx: Transaction, number: int) -> bytes:
    if number == 0:
        return _START
    link: bytes = tx.conn.execute(select(audit.c.link).where(audit.c.number == number)).scalar_one()
    return link


def _link(tx: Transaction, before: bytes, row: dict[str, Any]) -> bytes:
    at = (row["at"] - _EPOCH) // timedelta(microseconds=1)
    parts = (
        before,
        str(row["number"]).encode(),
        str(at).encode(),
        row["actor"] or b"",
        row["action"].encode(),
        row["subject"] or b"",
    )
    return hmac.digest(tx.root.audit, b"".join(len(part).to_bytes(4, "big") + part for part in parts), hashlib.sha256)


def _head_seal(tx: Transaction, number: int, link: bytes) -> bytes:
    return hmac.digest(tx.root.audit, b"head" + str(number).encode() + link, hashlib.sha256)
