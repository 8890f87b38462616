"""What `safety` holds of a code word: its length and a keyed digest of it, and since when it holds back what goes to
the participant."""

import hashlib
import hmac
from datetime import datetime

from sqlalchemy import bindparam, select, update

from mentorbot.programme.code_word import candidates
from mentorbot.programme.ids import Pid
from storage import safety as rows
from storage.prepared import Prepared
from storage.tables import safety
from storage.transaction import Transaction

_ONE = Prepared(select(safety.c.code_word, safety.c.held_since).where(safety.c.pid == bindparam("pid")))


def settle(tx: Transaction, pid: Pid, folded: str) -> None:
    """The length stands beside the digest, so that a long message is not searched for words of every length."""
    rows.settle(tx, pid, code_word=bytes([len(folded)]) + _digest(tx, pid, folded))


def remove(tx: Transaction, pid: Pid) -> bool:
    """False when there was none."""
    this = (safety.c.pid == pid) & safety.c.code_word.is_not(None)
    return tx.conn.execute(update(safety).where(this).values(code_word=None)).rowcount == 1


def is_in(tx: Transaction, pid: Pid, text: str) -> bool:
    """Whether this person's code word is in a text."""
    row = _ONE.one(tx.conn, {"pid": pid})
    if row is None or row.code_word is None:
        return False
    length, digest = row.code_word[0], row.code_word[1:]
    return any(hmac.compare_digest(digest, _digest(tx, pid, each)) for each in candidates(text, length))


def held_since(tx: Transaction, pid: Pid) -> datetime | None:
    """Since when everything that goes to this participant is held back; None while nothing is."""
    row = _ONE.one(tx.conn, {"pid": pid})
    since: datetime | None = None if row is None else row.held_since
    return since


def hold(tx: Transaction, pid: Pid) -> bool:
    """Hold back what goes to this participant. False when it is held back already."""
    this = (safety.c.pid == pid) & safety.c.held_since.is_(None)
    return tx.conn.execute(update(safety).where(this).values(held_since=tx.now)).rowcount == 1


def lift(tx: Transaction, pid: Pid, since: datetime) -> bool:
    """Let go what is held back since then. False when it is not."""
    tx.recipients.add(pid)
    this = (safety.c.pid == pid) & (safety.c.held_since == since)
    return tx.conn.execute(update(safety).where(this).values(held_since=None)).rowcount == 1


def _digest(tx: Transaction, pid: Pid, folded: str) -> bytes:
    return hmac.digest(tx.root.code_word, pid + folded.encode(), hashlib.sha256)
