"""What a participant settles: kept apart, topic by topic, and gone with them."""

import pytest
from sqlalchemy import select

from mentorbot.programme.errors import NotPermitted
from mentorbot.programme.people import Role
from mentorbot.programme.safety import Safety
from mentorbot.services import safety as service
from storage import people, safety, tables
from storage.transaction import Store
from tests.people import joined


async def test_who_has_settled_nothing_has_what_holds_for_everybody(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    assert await store.transact(lambda tx: safety.of(tx, aino.pid)) == Safety()


async def test_settling_one_thing_leaves_the_others(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    eero = await joined(store, Role.PARTICIPANT)
    await store.transact(lambda tx: service.set_protected(tx, aino, True))
    await store.transact(lambda tx: safety.settle(tx, aino.pid, erase_after=12, wipe_asks=False))
    settled = await store.transact(lambda tx: safety.of(tx, aino.pid))
    assert settled == Safety(protected=True, erase_after=12, wipe_asks=False)
    assert await store.transact(lambda tx: safety.of(tx, eero.pid)) == Safety()


@pytest.mark.parametrize("role", [Role.MENTOR, Role.COORDINATOR])
async def test_it_is_for_participants(store: Store, role: Role) -> None:
    other = await joined(store, role)
    with pytest.raises(NotPermitted):
        await store.transact(lambda tx: service.show(tx, other))
    with pytest.raises(NotPermitted):
        await store.transact(lambda tx: service.set_protected(tx, other, True))


async def test_it_goes_with_its_person(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    await store.transact(lambda tx: service.set_protected(tx, aino, True))
    await store.transact(lambda tx: people.remove(tx, aino.pid))
    assert await store.transact(lambda tx: tx.conn.execute(select(tables.safety)).all()) == []
