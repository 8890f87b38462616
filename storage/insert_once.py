"""Inserts that lose politely, on both databases."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import AnyRow


def insert_once(conn: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert `row` unless a unique key of `table` forbids it. True when it was inserted."""
    return conn.execute(_insert(conn.dialect.name, table), row).rowcount == 1


def insert_new(
    conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, returning: tuple[Column[Any], ...]
) -> Sequence[AnyRow]:
    """Insert those of the rows that no unique key of `table` forbids, and return these columns of theirs."""
    return conn.execute(_insert(conn.dialect.name, table).returning(*returning), list(rows)).all()


@cache
def _insert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing()
