"""What the migrations make is what `tables.py` says, on both databases, there and back."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Connection, Integer, MetaData, inspect

from storage import schema
from storage.engine import Database, open_database
from storage.schema import Which
from storage.tables import DATA, KEYS
from tests.people import Installation, file_of

TABLES: dict[Which, MetaData] = {"data": DATA, "keys": KEYS}


@pytest.fixture(params=["data", "keys"])
def which(request: pytest.FixtureRequest) -> Which:
    chosen: Which = request.param
    return chosen


@pytest.fixture
async def database(nowhere: Installation) -> AsyncIterator[Database]:
    """An empty database."""
    file_of(nowhere.data_url).parent.mkdir(exist_ok=True)
    opened = await open_database(nowhere.data_url, create=True)
    yield opened
    await opened.close()


def differences(conn: Connection, metadata: MetaData) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(conn, opts=options), metadata))


def shape(conn: Connection) -> dict[str, list[str]]:
    """Every table with its columns, indexes and constraints, as the database tells them."""
    live = inspect(conn)
    found = {}
    for table in live.get_table_names():
        parts: list[Any] = [*live.get_columns(table), *live.get_indexes(table), live.get_pk_constraint(table)]
        parts += [*live.get_unique_constraints(table), *live.get_foreign_keys(table)]
        found[table] = sorted(json.dumps(part, default=str, sort_keys=True) for part in parts)
    return found


def downgrade(conn: Connection, which: Which) -> None:
    command.downgrade(schema._config(which, conn), "base")


async def test_the_migrations_make_what_the_tables_say(database: Database, which: Which) -> None:
    assert await database.run(lambda conn: schema.pending(conn, which))
    await database.run(lambda conn: schema.upgrade(conn, which))
    assert not await database.run(lambda conn: schema.pending(conn, which))
    assert await database.run(lambda conn: differences(conn, TABLES[which])) == []
    assert await database.run(lambda conn: set(inspect(conn).get_table_names())) == {
        *TABLES[which].tables,
        "alembic_version",
    }


async def test_the_way_back_leads_to_nothing_and_there_again_to_the_same(database: Database, which: Which) -> None:
    await database.run(lambda conn: schema.upgrade(conn, which))
    first = await database.run(shape)
    await database.run(lambda conn: downgrade(conn, which))
    assert await database.run(lambda conn: inspect(conn).get_table_names()) == ["alembic_version"]
    await database.run(lambda conn: schema.upgrade(conn, which))
    assert await database.run(shape) == first
    assert first


async def test_upgrading_twice_changes_nothing(database: Database, which: Which) -> None:
    await database.run(lambda conn: schema.upgrade(conn, which))
    first = await database.run(shape)
    await database.run(lambda conn: schema.upgrade(conn, which))
    assert await database.run(shape) == first


async def test_a_migration_that_fails_leaves_nothing(database: Database, which: Which) -> None:
    def upgrade_and_fail(conn: Connection) -> None:
        schema.upgrade(conn, which)
        raise ValueError("the power went")

    with pytest.raises(ValueError, match="the power went"):
        await database.run(upgrade_and_fail)
    assert await database.run(lambda conn: inspect(conn).get_table_names()) == []


async def test_a_column_or_index_too_many_on_either_side_is_found(database: Database, which: Which) -> None:
    """The control."""
    await database.run(lambda conn: schema.upgrade(conn, which))
    wanted = MetaData()
    for table in TABLES[which].tables.values():
        table.to_metadata(wanted)
    first = wanted.sorted_tables[0]
    first.append_column(Column("forgotten", Integer))
    found = await database.run(lambda conn: differences(conn, wanted))
    assert [(change[0], change[3].name) for change in found] == [("add_column", "forgotten")]

    column = next(iter(first.columns)).name
    await database.run(lambda conn: conn.exec_driver_sql(f"CREATE INDEX ix_planted ON {first.name} ({column})"))
    found = await database.run(lambda conn: differences(conn, TABLES[which]))
    assert [(change[0], change[1].name) for change in found] == [("remove_index", "ix_planted")]
