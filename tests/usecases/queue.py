"""Everything that is queued, for everybody: a use case is judged by who hears what, and who hears nothing."""

from sqlalchemy import delete, select

from mentorbot.programme.ids import Pid
from mentorbot.programme.notices import Notice
from storage import outbox as rows
from storage.sealed_fields import OUTBOX_BODY
from storage.tables import UNFINISHED, audit, outbox
from storage.transaction import Store, Transaction

Heard = dict[Pid, list[Notice]]


async def heard(store: Store) -> Heard:
    """What was queued since the last time this was asked, per person and in order; the queue is empty then."""
    return await store.transact(_take)


async def recorded(store: Store) -> list[str]:
    """The actions in the audit chain, in order, without the founding."""
    query = select(audit.c.action).order_by(audit.c.number)
    actions = await store.transact(lambda tx: list(tx.conn.execute(query).scalars()))
    return actions[1:]


def _take(tx: Transaction) -> Heard:
    found: Heard = {}
    for row in tx.conn.execute(select(outbox).where(UNFINISHED, outbox.c.body.is_not(None)).order_by(outbox.c.id)):
        body = tx.unseal(OUTBOX_BODY, row.body, row=row.ref, pid=row.owner)
        notice = rows._JSON.loads(body, rows._kinds()[row.notice])
        found.setdefault(Pid(row.recipient), []).append(notice)
    tx.conn.execute(delete(outbox))
    return found
