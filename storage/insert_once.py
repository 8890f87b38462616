"""An insert that loses politely, on both databases."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(conn: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert `row` unless a unique key of `table` forbids it. True when it was inserted."""
    return conn.execute(_insert(conn.dialect.name, table), row).rowcount == 1


@cache
def _insert(dialect: str, table: Table) -> Executable:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing()
