"""One leader at a time; the next one has another epoch."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection, text

from mentorbot.programme.errors import AlreadyRunning, StorageFailed
from mentorbot.programme.ids import Pid
from mentorbot.programme.notices import Privacy
from mentorbot.programme.people import Role
from storage import claims, outbox
from storage.engine import IDLE_IN_TRANSACTION, POSTGRES_CONNECTIONS
from storage.leadership import LEASE, FileLock, Lease, leadership_of
from storage.transaction import Store, Transaction
from tests.conversations.parts import open_fragile
from tests.people import POSTGRESQL_ONLY, SQLITE_ONLY, Installation, file_of, joined

T = TypeVar("T")

LAPSE = "UPDATE leadership SET until = 0"


async def test_a_second_taker_is_refused_until_the_first_gives_up(store: Store, installation: Installation) -> None:
    first, second = (leadership_of(store, installation.data_url) for _ in range(2))
    epoch = await first.take()
    with pytest.raises(AlreadyRunning):
        await second.take()
    await first.give_up()
    assert await second.take() == epoch + 1
    await second.give_up()


async def test_of_those_who_take_it_at_once_one_leads(store: Store, installation: Installation) -> None:
    takers = [leadership_of(store, installation.data_url) for _ in range(6)]
    outcomes = await asyncio.gather(*(taker.take() for taker in takers), return_exceptions=True)
    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, AlreadyRunning) for outcome in outcomes) == 5
    await asyncio.gather(*(taker.give_up() for taker in takers))


async def test_who_was_refused_and_gives_up_takes_nothing_from_the_leader(
    store: Store, installation: Installation
) -> None:
    leader, refused, later = (leadership_of(store, installation.data_url) for _ in range(3))
    await leader.take()
    with pytest.raises(AlreadyRunning):
        await refused.take()
    # Another file takes the number that the refused one's had.
    file = os.open(os.devnull, os.O_RDONLY)
    await refused.give_up()
    os.close(file)  # still open, so it was not the refused one's to close
    with pytest.raises(AlreadyRunning):
        await later.take()
    await leader.give_up()


@SQLITE_ONLY
async def test_who_failed_to_begin_is_not_in_the_way_of_the_next(installation: Installation) -> None:
    async with open_fragile(installation) as fragile:
        fragile.data.broken = True
        with pytest.raises(StorageFailed):
            await leadership_of(fragile.store, installation.data_url).take()
        fragile.data.broken = False
        later = leadership_of(fragile.store, installation.data_url)
        assert await later.take() == 1
        await later.give_up()


async def test_leadership_is_not_lost_while_it_is_held(store: Store, installation: Installation) -> None:
    leader = leadership_of(store, installation.data_url)
    await leader.take()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await leader.lost()
    await leader.give_up()


# --- the file lock ----------------------------------------------------------------------------------------------------


@SQLITE_ONLY
async def test_a_lock_ends_with_the_process_that_held_it(store: Store, installation: Installation) -> None:
    lock = Path(f"{file_of(installation.data_url)}.lock")
    script = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        leader = FileLock(store, lock)
        with pytest.raises(AlreadyRunning):
            await leader.take()
        holder.kill()
        holder.wait()
        assert await leader.take() > 0
        await leader.give_up()
    assert lock.stat().st_mode & 0o077 == 0 or lock.stat().st_size == 0


# --- the lease --------------------------------------------------------------------------------------------------------


@POSTGRESQL_ONLY
async def test_a_lease_lapses_by_the_databases_clock_alone(store: Store, installation: Installation) -> None:
    first, second = Lease(installation.data_url), Lease(installation.data_url)
    epoch = await first.take()
    left = text("SELECT until - extract(epoch FROM clock_timestamp()) * 1000000 FROM leadership")
    remaining = await store.data.run(lambda conn: float(conn.execute(left).scalar_one()) / 1_000_000)
    assert LEASE - 5 < remaining <= LEASE  # although the store's own clock says something else altogether
    assert abs(store.clock().timestamp() - time.time()) > 3600
    with pytest.raises(AlreadyRunning):
        await second.take()
    await store.data.run(lambda conn: conn.execute(text(LAPSE)))
    assert await second.take() == epoch + 1
    for lease in (first, second):
        await lease.give_up()


@POSTGRESQL_ONLY
async def test_giving_up_a_lease_that_is_somebody_elses_by_now_does_nothing(
    store: Store, installation: Installation
) -> None:
    first, second, third = (Lease(installation.data_url) for _ in range(3))
    await first.take()
    await store.data.run(lambda conn: conn.execute(text(LAPSE)))
    await second.take()
    await first.give_up()
    with pytest.raises(AlreadyRunning):
        await third.take()
    await second.give_up()


@POSTGRESQL_ONLY
@pytest.mark.timeout(60)
async def test_a_lease_is_known_to_be_lost_in_time(store: Store, installation: Installation) -> None:
    """A lease is renewed while that can be done, and let go of before it lapses when it cannot.

    1. Who finds another holder at a renewal has lost it.
    2. A database that does not answer costs two thirds of the lease and not more.
    """
    lasts = 6.0
    leader, former = (Lease(installation.data_url, lasts=lasts) for _ in range(2))
    await former.take()
    await store.data.run(lambda conn: conn.execute(text(LAPSE)))
    await leader.take()
    until = text("SELECT until FROM leadership")
    taken_until = await store.data.run(lambda conn: conn.execute(until).scalar_one())
    lost, lost_before = asyncio.create_task(leader.lost()), asyncio.create_task(former.lost())
    await asyncio.sleep(lasts / 3 + 0.8)
    assert lost_before.done()
    assert not lost.done()
    assert await store.data.run(lambda conn: conn.execute(until).scalar_one()) > taken_until

    other = await installation.open()
    silent, answer = asyncio.Event(), asyncio.Event()

    async def until_told() -> None:
        silent.set()
        await answer.wait()

    def hold_the_row(conn: Connection) -> None:
        conn.execute(text("UPDATE leadership SET until = until"))
        other.data.wait(conn, until_told())

    holding = asyncio.create_task(other.data.run(hold_the_row))
    await silent.wait()
    silent_since = time.monotonic()
    async with asyncio.timeout(lasts):
        await lost
    assert time.monotonic() - silent_since < lasts - 1
    answer.set()
    await holding
    await other.close()
    for lease in (leader, former):
        await lease.give_up()


@POSTGRESQL_ONLY
async def test_a_locked_table_that_holds_up_the_whole_pool_does_not_cost_the_lease(
    store: Store, installation: Installation
) -> None:
    leader = Lease(installation.data_url, lasts=3.0)
    await leader.take()
    other = await installation.open()
    async with held_open(other, lambda conn: conn.execute(text("LOCK TABLE outbox"))):
        stuck = [asyncio.create_task(store.transact(outbox.unfinished)) for _ in range(POSTGRES_CONNECTIONS + 4)]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(leader.lost(), timeout=4)
        with pytest.raises(TimeoutError):  # whoever shares the pool waits and would have lost it
            await asyncio.wait_for(store.transact(lambda tx: None), timeout=2)
    await asyncio.gather(*stuck)
    await leader.give_up()
    await other.close()


# --- claims, while the leadership changes hands -----------------------------------------------------------------------


@asynccontextmanager
async def held_open(store: Store, unit: Callable[[Connection], T]) -> AsyncIterator[asyncio.Future[T]]:
    """A transaction that has done everything and commits at the end of the block; then it says what it returned."""
    done, go_on = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        done.set()
        await go_on.wait()

    def run(conn: Connection) -> T:
        result = unit(conn)
        store.data.wait(conn, wait())
        return result

    running = asyncio.ensure_future(store.data.run(run))
    await asyncio.wait((running, asyncio.ensure_future(done.wait())), return_when=asyncio.FIRST_COMPLETED)
    try:
        yield running
    finally:
        go_on.set()
        await running


def as_transaction(store: Store, conn: Connection) -> Transaction:
    return Transaction(conn, store.clock(), store.root, store.zone, store.data, store.keyring)


async def one_to_claim(store: Store) -> Pid:
    aino = await joined(store, Role.PARTICIPANT)
    await store.transact(lambda tx: outbox.put(tx, aino.pid, Privacy()))
    return aino.pid


async def adopted(store: Store, epoch: int) -> int:
    return await store.transact(lambda tx: claims.adopt(tx, epoch=epoch))


@POSTGRESQL_ONLY
async def test_what_is_claimed_while_the_next_leader_takes_over_is_found_by_it(
    store: Store, installation: Installation
) -> None:
    """1. The former leader has claimed and not committed. 2. Nothing holds up a renewal. 3. Whoever takes over waits,
    and then adopts what was claimed."""
    pid = await one_to_claim(store)
    former, successor = Lease(installation.data_url), Lease(installation.data_url)
    epoch = await former.take()
    async with held_open(store, lambda conn: claims.claim(as_transaction(store, conn), pid, epoch=epoch)) as claiming:
        await asyncio.wait_for(store.data.run(lambda conn: conn.execute(text(LAPSE))), timeout=2)
        taking = asyncio.create_task(successor.take())
        await asyncio.sleep(0.3)
        assert not taking.done()
    assert claiming.result() is not None
    assert await adopted(store, await taking) == 1
    for lease in (former, successor):
        await lease.give_up()


@POSTGRESQL_ONLY
async def test_a_claim_that_locks_nothing_would_not_be_found(store: Store, installation: Installation) -> None:
    await one_to_claim(store)
    former, successor = Lease(installation.data_url), Lease(installation.data_url)
    await former.take()
    await store.data.run(lambda conn: conn.execute(text(LAPSE)))
    claim = text("UPDATE outbox SET state = 'sending', epoch = (SELECT epoch FROM leadership)")
    async with held_open(store, lambda conn: conn.execute(claim)):
        assert await adopted(store, await successor.take()) == 0
    for lease in (former, successor):
        await lease.give_up()


@POSTGRESQL_ONLY
async def test_a_claim_that_comes_while_the_next_leader_takes_over_waits_and_claims_nothing(
    store: Store, installation: Installation
) -> None:
    pid = await one_to_claim(store)
    former, successor = Lease(installation.data_url), Lease(installation.data_url)
    epoch = await former.take()
    await store.data.run(lambda conn: conn.execute(text(LAPSE)))
    async with held_open(store, successor._take) as taking:
        claiming = asyncio.create_task(store.transact(lambda tx: claims.claim(tx, pid, epoch=epoch)))
        await asyncio.sleep(0.3)
        assert not claiming.done()
    assert taking.result() == epoch + 1
    assert await claiming is None
    for lease in (former, successor):
        await lease.give_up()


@POSTGRESQL_ONLY
async def test_a_leader_that_stops_in_the_middle_of_a_claim_does_not_hold_up_the_next_for_ever(store: Store) -> None:
    ends_after = text("SELECT setting::int FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'")
    assert await store.data.run(lambda conn: conn.execute(ends_after).scalar_one()) == IDLE_IN_TRANSACTION * 1_000
    assert IDLE_IN_TRANSACTION <= LEASE
