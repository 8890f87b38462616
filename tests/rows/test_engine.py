"""A unit is committed when it returns, and nothing of it when it raises."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.engine import make_url

from mentorbot.programme.errors import MentorbotError, SettingWrong, Stale, StorageFailed, StoreMissing, ValueRefused
from mentorbot.programme.people import Role
from storage import people
from storage.engine import Database, open_database
from storage.transaction import Store
from tests.people import POSTGRESQL_ONLY, SQLITE_ONLY, Installation, file_of, joined

LONG = "x" * 20_000


@pytest.fixture
async def database(nowhere: Installation) -> AsyncIterator[Database]:
    """A database with a table of notes, each of which is said only once and answers an earlier one."""
    file_of(nowhere.data_url).parent.mkdir(exist_ok=True)
    opened = await open_database(nowhere.data_url, create=True)
    columns = (
        "number INTEGER PRIMARY KEY, said VARCHAR(20000) UNIQUE, "
        "answers INTEGER REFERENCES notes DEFERRABLE INITIALLY DEFERRED"
    )
    await opened.run(lambda conn: conn.execute(text(f"CREATE TABLE notes ({columns})")))
    yield opened
    await opened.close()


def note(number: int, said: str = "", *, answers: int | None = None) -> Callable[[Connection], int]:
    """A unit that writes one note and returns its number."""

    def unit(conn: Connection) -> int:
        row = {"number": number, "said": said or str(number), "answers": answers}
        conn.execute(text("INSERT INTO notes VALUES (:number, :said, :answers)"), row)
        return number

    return unit


def failing(number: int) -> Callable[[Connection], None]:
    def unit(conn: Connection) -> None:
        note(number)(conn)
        raise Stale

    return unit


async def notes(database: Database) -> list[int]:
    return await database.run(
        lambda conn: list(conn.execute(text("SELECT number FROM notes ORDER BY number")).scalars())
    )


async def at_once(database: Database, *units: Callable[[Connection], Any]) -> list[Any]:
    """What each unit returned or raised; on SQLite they share one commit."""
    return await asyncio.gather(*(database.run(unit) for unit in units), return_exceptions=True)


# --- one unit ---------------------------------------------------------------------------------------------------------


async def test_a_unit_that_returns_is_there_for_everybody(database: Database, nowhere: Installation) -> None:
    assert await database.run(note(1)) == 1
    other = await open_database(nowhere.data_url)
    assert await notes(other) == [1]
    await other.close()


async def test_a_unit_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(Stale):
        await database.run(failing(1))
    assert await notes(database) == []


async def test_what_the_driver_says_arrives_as_storage_failed(database: Database) -> None:
    with pytest.raises(StorageFailed):
        await database.run(lambda conn: conn.execute(text("SELECT * FROM nowhere")))
    assert await database.run(note(1)) == 1


@pytest.mark.parametrize("said", ["Aino asks for Mikael", LONG + "!", "Aino\0"])
async def test_no_error_quotes_what_was_to_be_stored(database: Database, said: str) -> None:
    await database.run(note(1, "Aino asks for Mikael"))
    outcomes = await at_once(
        database,
        note(2, said),
        note("Aino"),  # type: ignore[arg-type]
        note(3, 7_214_905_531),  # type: ignore[arg-type]
        note(7_214_905_531),
    )
    failures = [error for error in outcomes if isinstance(error, Exception)]
    assert failures
    for error in failures:
        assert "Aino" not in f"{error!r} {error}"
        assert "7214905531" not in f"{error!r} {error}"
        assert "xxx" not in f"{error!r} {error}"


async def test_a_unit_can_wait_for_the_event_loop(database: Database) -> None:
    async def answer() -> str:
        await asyncio.sleep(0.01)
        return "yes"

    assert await database.run(lambda conn: database.wait(conn, answer())) == "yes"


async def test_what_a_unit_waits_for_may_fail(database: Database) -> None:
    async def fail() -> None:
        raise Stale

    def unit(conn: Connection) -> None:
        note(1)(conn)
        database.wait(conn, fail())

    with pytest.raises(Stale):
        await database.run(unit)
    assert await notes(database) == []


# --- several units ----------------------------------------------------------------------------------------------------


async def test_a_failing_unit_undoes_only_itself(database: Database) -> None:
    await database.run(note(5))
    outcomes = await at_once(database, note(1), failing(2), note(3), note(5), note(4))
    assert [outcome for outcome in outcomes if not isinstance(outcome, Exception)] == [1, 3, 4]
    assert [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)] == [Stale, ValueRefused]
    assert await notes(database) == [1, 3, 4, 5]


@SQLITE_ONLY
async def test_units_that_wait_share_one_commit_in_their_order(database: Database) -> None:
    said: list[str] = []
    await database.run(lambda conn: raw(conn).set_trace_callback(said.append))
    said.clear()
    await at_once(database, *(note(number) for number in range(5, 0, -1)))
    await database.run(lambda conn: raw(conn).set_trace_callback(None))

    assert said.count("BEGIN IMMEDIATE") == 2  # the five notes, and the unit that stops listening
    assert said.count("COMMIT") == 1
    written = [line for line in said if line.startswith("INSERT")]
    assert [line.split("(")[1][0] for line in written] == ["5", "4", "3", "2", "1"]


@POSTGRESQL_ONLY
async def test_units_run_side_by_side_on_postgresql(database: Database) -> None:
    both = asyncio.Barrier(2)

    def unit(conn: Connection) -> bool:
        database.wait(conn, both.wait())
        return True

    async with asyncio.timeout(20):
        assert await at_once(database, unit, unit) == [True, True]


async def test_a_commit_that_fails_fails_its_units_and_no_later_one(database: Database) -> None:
    (outcome,) = await at_once(database, note(1, answers=99))
    assert isinstance(outcome, StorageFailed | ValueRefused)
    assert await notes(database) == []
    assert await database.run(note(2)) == 2


@SQLITE_ONLY
async def test_a_commit_that_fails_fails_all_that_share_it(database: Database) -> None:
    outcomes = await at_once(database, note(1), note(2, answers=99), note(3))
    assert [type(outcome) for outcome in outcomes] == [StorageFailed] * 3
    assert await notes(database) == []


@SQLITE_ONLY
@pytest.mark.parametrize("nested", [False, True], ids=["plain", "in a savepoint of its own"])
async def test_a_full_disk_fails_all_that_share_the_commit_and_is_got_over(database: Database, nested: bool) -> None:
    def big(conn: Connection) -> None:
        if nested:
            with conn.begin_nested():
                note(2, LONG)(conn)
        else:
            note(2, LONG)(conn)

    pages = await database.run(lambda conn: conn.execute(text("PRAGMA page_count")).scalar_one())
    await database.run(lambda conn: conn.execute(text(f"PRAGMA max_page_count={pages + 1}")).close())
    outcomes = await at_once(database, note(1), big, note(3))
    assert [type(outcome) for outcome in outcomes] == [StorageFailed] * 3
    assert await notes(database) == []

    await database.run(lambda conn: conn.execute(text("PRAGMA max_page_count=100000")).close())
    assert await at_once(database, note(1), big, note(3)) == [1, None, 3]
    assert await notes(database) == [1, 2, 3]


async def test_a_caller_that_gives_up_takes_nobody_along(database: Database) -> None:
    stays, leaves, last = (asyncio.create_task(database.run(note(number))) for number in (1, 2, 3))
    await asyncio.sleep(0)
    leaves.cancel()
    async with asyncio.timeout(20):
        assert (await stays, await last) == (1, 3)
    assert leaves.cancelled()
    assert set(await notes(database)) >= {1, 3}
    assert await database.run(note(4)) == 4


async def test_hundreds_of_units_all_come_through(database: Database) -> None:
    numbers = list(range(1, 601))
    assert await at_once(database, *(note(number) for number in numbers)) == numbers
    assert await notes(database) == numbers


async def test_units_that_look_up_keys_do_not_block_one_another(store: Store, installation: Installation) -> None:
    everyone = [await joined(store, Role.PARTICIPANT) for _ in range(40)]
    fresh = await installation.open()  # knows nobody's key yet
    async with asyncio.timeout(30):
        found = await asyncio.gather(
            *(fresh.transact(lambda tx, pid=person.pid: people.get(tx, pid)) for person in everyone)  # type: ignore[misc]
        )
    assert found == everyone
    await fresh.close()


# --- opening and closing ----------------------------------------------------------------------------------------------


async def test_a_closed_database_says_so_instead_of_hanging(nowhere: Installation) -> None:
    file_of(nowhere.data_url).parent.mkdir(exist_ok=True)
    database = await open_database(nowhere.data_url, create=True)
    await database.run(lambda conn: conn.execute(select(1)).scalar_one())
    await database.close()
    if make_url(nowhere.data_url).get_backend_name() == "sqlite":
        with pytest.raises(StorageFailed):
            async with asyncio.timeout(20):
                await database.run(note(1))


async def test_closing_waits_for_what_was_begun(database: Database, nowhere: Installation) -> None:
    begun = asyncio.create_task(database.run(note(1)))
    await asyncio.sleep(0)
    await begun
    other = await open_database(nowhere.data_url)
    assert await notes(other) == [1]
    await other.close()


@SQLITE_ONLY
async def test_sqlite_is_set_for_durability_and_for_forgetting(database: Database) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
        "trusted_schema": 0,
    }
    found = {
        name: await database.run(lambda conn, name=name: conn.execute(text(f"PRAGMA {name}")).scalar_one())  # type: ignore[misc]
        for name in wanted
    }
    assert found == wanted


async def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(SettingWrong, match="sqlite"):
        await open_database("mysql+aiomysql://localhost/mentorbot")


@SQLITE_ONLY
async def test_a_missing_file_is_not_made(nowhere: Installation) -> None:
    with pytest.raises(StoreMissing, match="restore it from a backup"):
        await open_database(nowhere.data_url)
    assert not file_of(nowhere.data_url).exists()


@SQLITE_ONLY
async def test_a_file_that_is_no_database_is_an_error_of_ours(nowhere: Installation) -> None:
    file_of(nowhere.data_url).parent.mkdir()
    file_of(nowhere.data_url).write_bytes(b"not a database, " * 400)
    with pytest.raises(MentorbotError):
        await open_database(nowhere.data_url)


@POSTGRESQL_ONLY
@pytest.mark.parametrize(
    "elsewhere", [{"database": "not_there"}, {"username": "otto"}, {"query": {"host": "/nowhere"}}]
)
async def test_a_server_that_refuses_is_an_error_of_ours(nowhere: Installation, elsewhere: dict[str, Any]) -> None:
    url = make_url(nowhere.data_url).set(**elsewhere)
    database = await open_database(url.render_as_string())
    with pytest.raises(StorageFailed):
        await database.run(lambda conn: conn.execute(select(1)))
    await database.close()


def raw(conn: Connection) -> sqlite3.Connection:
    connection = conn.connection.dbapi_connection
    assert isinstance(connection, sqlite3.Connection)
    return connection
