"""Deletion by schedule."""

from datetime import timedelta

from mentorbot.programme.covering import KEPT_FOR
from mentorbot.programme.ids import Pid
from mentorbot.services import joining
from storage import covered, held, inbox, links, outbox, people, standing
from storage.transaction import Store, Transaction

SETTLED_FOR = timedelta(hours=48)
"""How long the (empty) rows of settled updates and sent notices are kept, to know a repeat when it comes."""


LINKED_FOR = timedelta(days=30)
"""How long it is known which message on one side is which on the other: replies and reactions find it until then."""


async def tidy(store: Store) -> None:
    """Destroy past days' keys, remove settled rows, forget those who never finished joining."""

    def unit(tx: Transaction) -> list[Pid]:
        inbox.purge(tx, before=tx.now - SETTLED_FOR)
        held.purge(tx, before=tx.now - SETTLED_FOR)
        standing.purge(tx, before=tx.now - SETTLED_FOR)
        links.purge(tx, before=tx.now - LINKED_FOR)
        covered.purge(tx, before=tx.now - KEPT_FOR)
        outbox.purge(tx, before=tx.now - SETTLED_FOR)
        return joining.turn_away_unfinished(tx)

    for pid in await store.transact(unit):
        await store.keyring.forget(pid)
    await store.keyring.destroy_day_keys(store.clock())


async def forget_orphans(store: Store) -> None:
    """Destroy the keys of those who have no row: a crash came between the two stores. Only before work begins."""
    known = await store.keyring.everyone()
    present = await store.transact(people.everyone)
    for pid in known:
        if pid not in present:
            await store.keyring.forget(pid)
