"""One leader at a time; the next one has another epoch."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from mentorbot.programme.errors import AlreadyRunning
from storage.leadership import LEASE, RENEWAL, FileLock, Lease, leadership_of
from storage.transaction import Store
from tests.people import POSTGRESQL_ONLY, SQLITE_ONLY, Installation, file_of

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
async def test_a_lease_lapses_by_the_databases_clock_alone(store: Store) -> None:
    first, second = Lease(store), Lease(store)
    epoch = await first.take()
    left = text("SELECT until - extract(epoch FROM clock_timestamp()) * 1000000 FROM leadership")
    remaining = await store.data.run(lambda conn: float(conn.execute(left).scalar_one()) / 1_000_000)
    assert LEASE - 5 < remaining <= LEASE  # although the store's own clock says something else altogether
    assert abs(store.clock().timestamp() - time.time()) > 3600
    with pytest.raises(AlreadyRunning):
        await second.take()
    await store.data.run(lambda conn: conn.execute(text(LAPSE)))
    assert await second.take() == epoch + 1


@POSTGRESQL_ONLY
async def test_giving_up_a_lease_that_is_somebody_elses_by_now_does_nothing(store: Store) -> None:
    first, second, third = Lease(store), Lease(store), Lease(store)
    await first.take()
    await store.data.run(lambda conn: conn.execute(text(LAPSE)))
    await second.take()
    await first.give_up()
    with pytest.raises(AlreadyRunning):
        await third.take()


@POSTGRESQL_ONLY
@pytest.mark.timeout(60)
async def test_a_lease_is_known_to_be_lost_in_time(store: Store, installation: Installation) -> None:
    """A lease is renewed while that can be done, and let go of before it lapses when it cannot.

    1. Who finds another holder at a renewal has lost it.
    2. A database that does not answer costs two thirds of the lease and not more.
    """
    leader, former = Lease(store), Lease(store)
    await former.take()
    await store.data.run(lambda conn: conn.execute(text(LAPSE)))
    await leader.take()
    until = text("SELECT until FROM leadership")
    taken_until = await store.data.run(lambda conn: conn.execute(until).scalar_one())
    lost, lost_before = asyncio.create_task(leader.lost()), asyncio.create_task(former.lost())
    await asyncio.sleep(RENEWAL + 0.8)
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
    async with asyncio.timeout(LEASE):
        await lost
    assert time.monotonic() - silent_since < LEASE - 2
    answer.set()
    await holding
    await other.close()
