"""Albums in `outbox` and `held`: they come piece by piece, with nothing that says which piece is the last."""

import hashlib
import hmac
import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any

from cattrs.preconf.json import make_converter
from sqlalchemy import Select, select, update

from mentorbot.programme.delivery import Delivery
from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.notices import Album
from storage.sealed_fields import OUTBOX_BODY
from storage.tables import UNFINISHED, AnyRow, outbox
from storage.transaction import Transaction

_JSON = make_converter()
_COLUMNS = (outbox.c.id, outbox.c.ref, outbox.c.owner, outbox.c.body, outbox.c.state, outbox.c.queued_at)


def mark(tx: Transaction, *parts: str | bytes) -> bytes:
    """By what the pieces of one album are known to belong together, without saying which album that is."""
    digest = hmac.new(tx.root.album, digestmod=hashlib.sha256)
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(4) + raw)
    return digest.digest()


def growing(tx: Transaction, to: Pid, album: bytes) -> tuple[AnyRow, Album] | None:
    """The newest row with this mark that nothing has begun to send, and what it holds so far."""
    row = tx.conn.execute(finding(to, album)).one_or_none()
    return None if row is None else (row, _open(tx, row))


def finding(to: bytes, album: bytes) -> Select[*tuple[Any, ...]]:
    waiting = (outbox.c.recipient == to) & UNFINISHED & (outbox.c.album == album)
    return select(*_COLUMNS).where(waiting, outbox.c.state == Delivery.PENDING).order_by(outbox.c.id.desc()).limit(1)


def rewrite(tx: Transaction, row: AnyRow, album: Album, *, until: datetime) -> bool:
    """Let a row hold this album and wait until then. False when it was claimed or rewritten in the meantime."""
    return _change(tx, row, ref=(ref := secrets.token_bytes(16)), body=_seal(tx, row, album, ref), not_before=until)


def take_out(tx: Transaction, to: Pid, channel: ChannelId, message: MessageId) -> bool:
    """Take one piece out of an album that has not begun to be sent. False when it is in none."""
    waiting = select(*_COLUMNS).where(
        outbox.c.recipient == to,
        UNFINISHED,
        outbox.c.channel == channel,
        outbox.c.album.is_not(None),
        outbox.c.state.in_((Delivery.PENDING, Delivery.RETRY)),
    )
    for row in tx.conn.execute(waiting).all():
        album = _open(tx, row)
        left = tuple(piece for piece in album.pieces if piece.from_message != message)
        if len(left) == len(album.pieces):
            continue
        if not left:
            return _change(tx, row, state=Delivery.DEAD, body=None)
        ref = secrets.token_bytes(16)
        fewer = replace(album, pieces=left, from_message=left[0].from_message)
        return _change(tx, row, ref=ref, body=_seal(tx, row, fewer, ref))
    return False


def _open(tx: Transaction, row: AnyRow) -> Album:
    return _JSON.loads(tx.unseal(OUTBOX_BODY, row.body, row=row.ref, pid=Pid(row.owner)), Album)


def _seal(tx: Transaction, row: AnyRow, album: Album, ref: bytes) -> bytes:
    return tx.seal(OUTBOX_BODY, _JSON.dumps(album).encode(), row=ref, pid=Pid(row.owner))


def _change(tx: Transaction, row: AnyRow, **values: object) -> bool:
    """Compare and set: each rewriting has a new `ref`, so this tells whether the row is still as it was read."""
    this = (outbox.c.id == row.id) & (outbox.c.ref == row.ref) & (outbox.c.state == row.state)
    return tx.conn.execute(update(outbox).where(this).values(**values)).rowcount == 1
