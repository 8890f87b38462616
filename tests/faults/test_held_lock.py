"""Row 9: another process holds the writer's lock for two seconds. The bot waits, and nothing is lost."""

import asyncio
import sqlite3
import sys
import time
from asyncio.subprocess import PIPE, Process

import pytest
from sqlalchemy.engine import make_url

from mentorbot.app import Parts
from mentorbot.programme.notices import Privacy
from mentorbot.programme.people import Role
from storage import inbox, outbox
from storage.engine import Database, open_database
from storage.inbox import Arrival
from storage.transaction import Store
from tests.people import SQLITE_ONLY, Installation, file_of, joined

from .house import UNHURRIED, House, running
from .judge import all_arrived_in_order

HELD = 2.0
REFUSED = "updates cannot be stored"

# A program of its own that locks, says so, and lets go after a while.
HOLDERS = {
    "sqlite": """
import sqlite3, sys, time
raw = sqlite3.connect(sys.argv[1], isolation_level=None)
raw.execute("BEGIN IMMEDIATE")
print(flush=True)
time.sleep(float(sys.argv[2]))
raw.execute("COMMIT")
""",
    "postgresql": """
import asyncio, asyncpg, sys
async def hold():
    server = await asyncpg.connect(sys.argv[1], user="postgres")
    async with server.transaction():
        await server.execute("LOCK TABLE inbox, outbox IN ACCESS EXCLUSIVE MODE")
        print(flush=True)
        await asyncio.sleep(float(sys.argv[2]))
    await server.close()
asyncio.run(hold())
""",
}


async def held(installation: Installation, engine: str) -> Process:
    """The process that holds the lock by now."""
    url = make_url(installation.data_url)
    place = str(file_of(installation.data_url))
    if engine == "postgresql":
        place = url.set(drivername="postgresql").render_as_string()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", HOLDERS[engine], place, str(HELD), stdout=PIPE)
    assert process.stdout is not None
    await process.stdout.readline()
    return process


async def test_the_bot_waits_for_the_lock_and_loses_nothing(
    store: Store, installation: Installation, engine: str
) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    holder = await held(installation, engine)
    begun = time.monotonic()
    arrivals = [Arrival(update_id=id_, identity=str(id_).encode(), body=b"Moi!") for id_ in range(20)]
    keeping = asyncio.create_task(inbox.keep(store, arrivals))
    await asyncio.gather(*(store.transact(lambda tx: outbox.put(tx, aino.pid, Privacy())) for _ in range(20)))
    assert time.monotonic() - begun > HELD / 2  # they did wait
    assert await holder.wait() == 0
    assert [arrival for _, arrival in await keeping] == arrivals
    assert len(await store.transact(inbox.waiting)) == 20
    assert await store.transact(outbox.unfinished) == 20


@SQLITE_ONLY
async def test_who_does_not_wait_is_refused(installation: Installation, engine: str) -> None:
    """The control: the lock is a real one."""
    holder = await held(installation, engine)
    impatient = sqlite3.connect(file_of(installation.data_url), timeout=0)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        impatient.execute("BEGIN IMMEDIATE")
    impatient.close()
    assert await holder.wait() == 0


async def test_people_only_notice_that_it_takes_longer(
    house: House, engine: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(house):
        holder = await held(house.installation, engine)
        begun = time.monotonic()
        house.aino.write("while it is locked")
        house.mikael.write("me too")
        await house.settled()
        assert time.monotonic() - begun > HELD / 2
        assert await holder.wait() == 0
    all_arrived_in_order(house.mikael, ["while it is locked"])
    all_arrived_in_order(house.aino, ["me too"])
    assert REFUSED not in caplog.text


@SQLITE_ONLY
async def test_a_bot_that_does_not_wait_is_refused_and_still_loses_nothing(
    house: House, engine: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The control: the lock is in the way of the bot itself."""

    async def impatient(url: str) -> Database:
        database = await open_database(url)
        await database.run(lambda conn: conn.exec_driver_sql("PRAGMA busy_timeout = 0").close())
        return database

    async with running(house, Parts(open_database=impatient, limits=UNHURRIED)):
        holder = await held(house.installation, engine)
        house.aino.write("while it is locked")
        assert await holder.wait() == 0
        await house.settled()
    all_arrived_in_order(house.mikael, ["while it is locked"])
    assert REFUSED in caplog.text
