"""A prepared statement does what the same statement does through SQLAlchemy, on both databases."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    insert,
    select,
    update,
)

from mentorbot.programme.errors import Stale, ValueRefused
from storage.prepared import Prepared
from storage.tables import Moment, Sealed
from storage.transaction import Store

ROWS = Table(
    "rows",
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("words", String(40)),
    Column("number", BigInteger),
    Column("yes", Boolean),
    Column("at", Moment),
    Column("ref", LargeBinary),
    Column("body", Sealed),
)
COLUMNS = [column.name for column in ROWS.c]
PUT = Prepared(insert(ROWS), inserts=COLUMNS)
GET = Prepared(select(*ROWS.c).where(ROWS.c.id == bindparam("row")))
ALL = Prepared(select(ROWS.c.id, ROWS.c.words).order_by(ROWS.c.id))
RENAME = Prepared(update(ROWS).where(ROWS.c.words == bindparam("was")).values(words="fixed", yes=bindparam("to")))

A_ROW = {"id": 1, "words": "Moi!", "number": 2**62, "yes": True, "at": None, "ref": b"\0", "body": b"x"}
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.fixture
async def rows(store: Store) -> AsyncIterator[Store]:
    await store.data.run(ROWS.create)
    yield store
    await store.data.run(ROWS.drop)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.fixed_dictionaries(
        {
            "words": st.none() | st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=40),
            "number": st.none() | st.integers(-(2**63), 2**63 - 1),
            "yes": st.none() | st.booleans(),
            "at": st.none() | MOMENTS,
            "ref": st.none() | st.binary(max_size=40),
            "body": st.none() | st.binary(max_size=600),
        }
    )
)
async def test_what_is_put_is_what_is_read_both_ways(rows: Store, values: dict[str, object]) -> None:
    row = {"id": 7, **values}
    assert await rows.data.run(lambda conn: PUT.count(conn, row)) == 1
    prepared = await rows.data.run(lambda conn: GET.one(conn, {"row": 7}))
    ordinary = await rows.data.run(lambda conn: conn.execute(select(ROWS)).one())
    assert {name: getattr(prepared, name) for name in COLUMNS} == dict(ordinary._mapping) == row
    await rows.data.run(lambda conn: conn.execute(ROWS.delete()))


async def test_an_update_tells_how_many_rows_it_changed(rows: Store) -> None:
    for number in (1, 2, 3):
        row = A_ROW | {"id": number, "words": "same" if number < 3 else "other"}
        await rows.data.run(lambda conn, row=row: PUT.count(conn, row))  # type: ignore[misc]
    assert await rows.data.run(lambda conn: RENAME.count(conn, {"was": "same", "to": False})) == 2
    assert await rows.data.run(lambda conn: RENAME.count(conn, {"was": "same", "to": False})) == 0
    found = await rows.data.run(lambda conn: [(row.id, row.words) for row in ALL.all(conn, {})])
    assert found == [(1, "fixed"), (2, "fixed"), (3, "other")]


async def test_what_is_not_there_is_none(rows: Store) -> None:
    assert await rows.data.run(lambda conn: GET.one(conn, {"row": 1})) is None
    assert await rows.data.run(lambda conn: ALL.all(conn, {})) == []


async def test_a_prepared_statement_is_part_of_its_transaction(rows: Store) -> None:
    def put_and_fail(conn: object) -> None:
        PUT.count(conn, A_ROW)  # type: ignore[arg-type]
        raise Stale

    with pytest.raises(Stale):
        await rows.data.run(put_and_fail)
    assert await rows.data.run(lambda conn: GET.one(conn, {"row": 1})) is None


async def test_what_the_database_refuses_is_an_error_of_ours_without_the_values(rows: Store) -> None:
    await rows.data.run(lambda conn: PUT.count(conn, A_ROW))
    with pytest.raises(ValueRefused) as refusal:
        await rows.data.run(lambda conn: PUT.count(conn, A_ROW))
    assert "Moi!" not in f"{refusal.value} {refusal.value!r}"


def test_a_moment_is_exact_to_the_microsecond() -> None:
    moment = datetime(2026, 3, 2, 9, 30, 0, 123_457, tzinfo=UTC)
    kind = Moment()
    kept = kind.process_bind_param(moment, None)  # type: ignore[arg-type]
    assert kind.process_result_value(kept, None) == moment  # type: ignore[arg-type]
    assert kind.process_bind_param(moment + timedelta(microseconds=1), None) == (kept or 0) + 1  # type: ignore[arg-type]
