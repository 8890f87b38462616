"""Rows of `covered` and `shown_below`: what stands behind the neutral lines in a participant's chat."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.notices import Notice
from storage import links, outbox, standing
from storage.sealed_fields import COVERED_BODY
from storage.tables import covered, shown_below
from storage.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class Covered:
    """What stands behind a line. `shown_until`: when its last showing ends or ended, None for never. `visible`: it may
    stand in the chat now, also after that."""

    line: MessageId
    notice: Notice
    channel: ChannelId | None
    at: datetime
    visible: bool
    shown_until: datetime | None

    def is_showing(self, now: datetime) -> bool:
        return self.visible and self.shown_until is not None and now < self.shown_until


def cover(tx: Transaction, pid: Pid, line: MessageId, notice: Notice, *, channel: ChannelId | None) -> None:
    """Let this stand behind a line, in the place of what stood there."""
    forget(tx, pid, [line])
    ref = secrets.token_bytes(16)
    row = {
        "pid": pid,
        "line": line,
        "ref": ref,
        "body": tx.seal(COVERED_BODY, outbox.pack(notice), row=ref, pid=pid),
        "channel": channel,
        "at": tx.now,
        "visible": False,
        "shown_until": None,
    }
    tx.conn.execute(insert(covered), row)


def find(tx: Transaction, pid: Pid, line: MessageId) -> Covered | None:
    """What stands behind a line; None for a message that is none, or no longer. SealBroken where it cannot be read."""
    row = tx.conn.execute(select(covered).where(_this(pid, line))).one_or_none()
    if row is None:
        return None
    return Covered(
        line=line,
        notice=outbox.unpack(tx.unseal(COVERED_BODY, row.body, row=row.ref, pid=pid)),
        channel=None if row.channel is None else ChannelId(row.channel),
        at=row.at,
        visible=row.visible,
        shown_until=row.shown_until,
    )


def exchange(tx: Transaction, pid: Pid, line: MessageId, notice: Notice) -> None:
    """Put another notice behind a line."""
    ref = secrets.token_bytes(16)
    body = tx.seal(COVERED_BODY, outbox.pack(notice), row=ref, pid=pid)
    tx.conn.execute(update(covered).where(_this(pid, line)).values(ref=ref, body=body))


def show(tx: Transaction, pid: Pid, line: MessageId, *, until: datetime) -> None:
    tx.conn.execute(update(covered).where(_this(pid, line)).values(visible=True, shown_until=until))


def hide(tx: Transaction, pid: Pid, line: MessageId, *, shown_until: datetime | None) -> None:
    """Note that only the line is left of what was shown until then. It stays visible where it is shown anew since."""
    this = _this(pid, line) & (covered.c.shown_until == shown_until)
    tx.conn.execute(update(covered).where(this).values(visible=False))


def note_below(tx: Transaction, pid: Pid, line: MessageId, messages: Sequence[MessageId]) -> None:
    """Note what was sent below a line because it cannot stand in it."""
    rows = [{"pid": pid, "message": message, "line": line} for message in messages]
    if rows:
        tx.conn.execute(insert(shown_below), rows)


def below(tx: Transaction, pid: Pid, line: MessageId) -> list[MessageId]:
    """What stands below a line because it cannot stand in it."""
    query = select(shown_below.c.message).where(shown_below.c.pid == pid, shown_below.c.line == line)
    return [MessageId(message) for message in tx.conn.execute(query.order_by(shown_below.c.message)).scalars()]


def forget_below(tx: Transaction, pid: Pid, line: MessageId) -> None:
    """Forget what stood below a line; it is in the chat no longer."""
    gone = below(tx, pid, line)
    if gone:
        tx.conn.execute(delete(shown_below).where(shown_below.c.pid == pid, shown_below.c.line == line))
        links.unlink(tx, pid, gone)
        standing.forget(tx, pid, gone)


def visible(tx: Transaction, pid: Pid) -> list[MessageId]:
    """The lines in whose place something else may stand now."""
    query = select(covered.c.line).where(covered.c.pid == pid, covered.c.visible.is_(True))
    return [MessageId(line) for line in tx.conn.execute(query.order_by(covered.c.line)).scalars()]


def newest(tx: Transaction, pid: Pid) -> datetime | None:
    """When the last line came to this person."""
    found: datetime | None = tx.conn.execute(
        select(func.max(covered.c.at, type_=covered.c.at.type)).where(covered.c.pid == pid)
    ).scalar_one()
    return found


def forget(tx: Transaction, pid: Pid, lines: Sequence[MessageId]) -> None:
    """Forget what stands behind these lines, and what is shown of it."""
    tx.conn.execute(delete(covered).where(covered.c.pid == pid, covered.c.line.in_(lines)))


def forget_hidden(tx: Transaction, pid: Pid, *, until: datetime) -> None:
    """Forget what stands behind the lines that came up to a moment, but for what still shows."""
    this = (covered.c.pid == pid) & (covered.c.at <= until) & covered.c.visible.is_(False)
    tx.conn.execute(delete(covered).where(this))


def purge(tx: Transaction, *, before: datetime) -> None:
    """Forget what came before a moment, but for what still shows."""
    tx.conn.execute(delete(covered).where(covered.c.at < before, covered.c.visible.is_(False)))


def _this(pid: Pid, line: MessageId) -> ColumnElement[bool]:
    return (covered.c.pid == pid) & (covered.c.line == line)
