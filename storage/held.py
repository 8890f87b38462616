"""Rows of `held`: messages that wait until their writer has answered a question about them."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from cattrs.preconf.json import make_converter
from sqlalchemy import ColumnElement, delete, select

from mentorbot.programme.content import Written
from mentorbot.programme.ids import MessageId, Pid
from storage.sealed_fields import HELD_BODY
from storage.tables import held
from storage.transaction import Transaction

_JSON = make_converter()


def hold(tx: Transaction, writer: Pid, written: Written, *, album: bytes | None = None) -> bool:
    """Let a message wait; what waited under the same number is replaced.

    False when others of the same `album` wait already: they have been asked about, and share the answer.
    """
    album = album or _album_of(tx, writer, written.message)
    _remove(tx, writer, written.message)
    others = album is not None and bool(_messages(tx, writer, album))
    ref = secrets.token_bytes(16)
    row = {
        "writer": writer,
        "message": written.message,
        "ref": ref,
        "body": tx.seal(HELD_BODY, _JSON.dumps(written).encode(), row=ref, pid=writer),
        "since": tx.now,
        "album": album,
    }
    tx.conn.execute(held.insert(), row)
    return not others


def find(tx: Transaction, writer: Pid, message: MessageId) -> Written | None:
    row = tx.conn.execute(select(held.c.ref, held.c.body).where(_this(writer, message))).one_or_none()
    return None if row is None else _JSON.loads(tx.unseal(HELD_BODY, row.body, row=row.ref, pid=writer), Written)


def take(tx: Transaction, writer: Pid, message: MessageId) -> Written | None:
    """End a message's waiting. The message once; None when that was said before."""
    written = find(tx, writer, message)
    return written if _remove(tx, writer, message) else None


def take_all(tx: Transaction, writer: Pid, message: MessageId) -> list[Written]:
    """End the waiting of a message and of the others of its album, in their order; once, and then nothing."""
    album = _album_of(tx, writer, message)
    together = [message] if album is None else _messages(tx, writer, album)
    return [written for one in together if (written := take(tx, writer, one)) is not None]


def drop_all(tx: Transaction, writer: Pid) -> list[MessageId]:
    """End the waiting of all that somebody wrote. Which messages those were."""
    mine = held.c.writer == writer
    dropped = [MessageId(message) for message in tx.conn.execute(select(held.c.message).where(mine)).scalars()]
    tx.conn.execute(delete(held).where(mine))
    return dropped


def drop(tx: Transaction, writer: Pid, messages: Sequence[MessageId]) -> None:
    """End the waiting of messages without an answer: they go to nobody."""
    tx.conn.execute(delete(held).where(held.c.writer == writer, held.c.message.in_(messages)))


def purge(tx: Transaction, *, before: datetime) -> None:
    """Remove what has waited since before a moment: its writer never answered."""
    tx.conn.execute(delete(held).where(held.c.since < before))


def _album_of(tx: Transaction, writer: Pid, message: MessageId) -> bytes | None:
    return tx.conn.execute(select(held.c.album).where(_this(writer, message))).scalar_one_or_none()


def _messages(tx: Transaction, writer: Pid, album: bytes) -> list[MessageId]:
    query = select(held.c.message).where(held.c.writer == writer, held.c.album == album).order_by(held.c.message)
    return [MessageId(message) for message in tx.conn.execute(query).scalars()]


def _remove(tx: Transaction, writer: Pid, message: MessageId) -> bool:
    return tx.conn.execute(delete(held).where(_this(writer, message))).rowcount == 1


def _this(writer: Pid, message: MessageId) -> ColumnElement[bool]:
    return (held.c.writer == writer) & (held.c.message == message)
