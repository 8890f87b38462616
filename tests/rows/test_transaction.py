"""One transaction in the data store, and what it may seal and open."""

import asyncio

import pytest

from mentorbot.programme.delivery import Rank
from mentorbot.programme.errors import NotThere, SealBroken, Stale
from mentorbot.programme.notices import Privacy
from mentorbot.programme.people import Role, Stage
from storage import outbox, people
from storage.sealed_fields import OUTBOX_BODY, PEOPLE_ALIAS
from storage.transaction import Recipients, Store, Transaction
from tests.people import NOW, arrived, joined


async def test_returning_commits_and_raising_rolls_back(store: Store) -> None:
    aino = await arrived(store, Role.PARTICIPANT)

    def verify(tx: Transaction) -> None:
        people.save(tx, aino, aino.advance(Stage.VERIFIED, now=tx.now))

    def verify_and_fail(tx: Transaction) -> None:
        verify(tx)
        raise Stale

    with pytest.raises(Stale):
        await store.transact(verify_and_fail)
    assert await store.transact(lambda tx: people.get(tx, aino.pid)) == aino
    await store.transact(verify)
    assert (await store.transact(lambda tx: people.get(tx, aino.pid))).stage is Stage.VERIFIED


async def test_time_is_the_stores_clocks(store: Store) -> None:
    assert await store.transact(lambda tx: tx.now) == NOW


async def test_a_committed_notice_wakes_its_recipients_once(store: Store) -> None:
    woken: list[Recipients] = []
    store.on_commit = woken.append
    aino, mikael = await joined(store, Role.PARTICIPANT), await joined(store, Role.MENTOR)

    def tell_both(tx: Transaction) -> None:
        for person, rank in ((aino, Rank.CHORE), (mikael, Rank.TALK), (aino, Rank.TALK), (aino, Rank.BROADCAST)):
            outbox.put(tx, person.pid, Privacy(), rank=rank)

    def tell_and_fail(tx: Transaction) -> None:
        tell_both(tx)
        raise Stale

    with pytest.raises(Stale):
        await store.transact(tell_and_fail)
    assert woken == []
    await store.transact(tell_both)
    assert woken == [{aino.pid: Rank.TALK, mikael.pid: Rank.TALK}]


async def test_what_one_person_sealed_another_persons_key_does_not_open(store: Store) -> None:
    aino, mikael = await joined(store, Role.PARTICIPANT), await joined(store, Role.MENTOR)
    row = b"a row"
    sealed = await store.transact(lambda tx: tx.seal(OUTBOX_BODY, b"Moi!", row=row, pid=aino.pid))
    assert await store.transact(lambda tx: tx.unseal(OUTBOX_BODY, sealed, row=row, pid=aino.pid)) == b"Moi!"
    for field, place, pid in (
        (OUTBOX_BODY, row, mikael.pid),
        (OUTBOX_BODY, b"another row", aino.pid),
        (PEOPLE_ALIAS, row, aino.pid),
    ):
        with pytest.raises(SealBroken):
            await store.transact(
                lambda tx, field=field, place=place, pid=pid: tx.unseal(field, sealed, row=place, pid=pid)  # type: ignore[misc]
            )


async def test_nothing_can_be_sealed_for_somebody_forgotten(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    sealed = await store.transact(lambda tx: tx.seal(OUTBOX_BODY, b"Moi!", row=b"1", pid=aino.pid))
    await store.keyring.forget(aino.pid)
    with pytest.raises(NotThere):
        await store.transact(lambda tx: tx.seal(OUTBOX_BODY, b"Moi!", row=b"1", pid=aino.pid))
    with pytest.raises(NotThere):
        await store.transact(lambda tx: tx.unseal(OUTBOX_BODY, sealed, row=b"1", pid=aino.pid))


async def test_a_caller_that_gives_up_leaves_all_or_nothing(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT)

    def two_notices(tx: Transaction) -> None:
        outbox.put(tx, aino.pid, Privacy())
        outbox.put(tx, aino.pid, Privacy())

    for rounds in range(12):
        task = asyncio.create_task(store.transact(two_notices))
        for _ in range(rounds):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await store.transact(outbox.unfinished) % 2 == 0
