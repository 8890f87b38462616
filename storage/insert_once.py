"""An insert that loses politely, on both databases."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(conn: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert `row` unless a unique key of `table` forbids it. True when it was inserted."""
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    return conn.execute(insert(table).on_conflict_do_nothing(), row).rowcount == 1
