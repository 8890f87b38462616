"""What is sealed and what is not: the declarations in `sealed_fields.py`, the tables and the live schema agree.

Whatever could hold bytes or text is either sealed or stands in PLAIN with the reason why it may be read by anybody who
has the files.
"""

from collections.abc import Collection

import pytest
from sqlalchemy import Column, Connection, LargeBinary, MetaData, String, Table, Text, inspect
from sqlalchemy.types import TypeEngine

from storage.sealed_fields import SEALED_FIELDS
from storage.tables import DATA, KEYS, Sealed
from storage.transaction import Store

NAMES_NOBODY = "random bytes"
KEYED = "a keyed digest: says nothing without the root key"
WORD = "one of a few words of the programme"

PLAIN = {
    "keys_identity.store_id": NAMES_NOBODY,
    "person_keys.pid": NAMES_NOBODY,
    "person_keys.blind_index": KEYED,
    "data_identity.store_id": NAMES_NOBODY,
    "invites.id": NAMES_NOBODY,
    "invites.token_digest": KEYED,
    "invites.code_digest": KEYED,
    "invites.role": WORD,
    "invites.issuer": NAMES_NOBODY,
    "invites.used_by": NAMES_NOBODY,
    "people.pid": NAMES_NOBODY,
    "people.role": WORD,
    "people.stage": WORD,
    "people.language": WORD,
    "people.invite": NAMES_NOBODY,
    "people.alias_index": KEYED,
    "channels.id": NAMES_NOBODY,
    "channels.participant": NAMES_NOBODY,
    "channels.mentor": NAMES_NOBODY,
    "absences.channel": NAMES_NOBODY,
    "absences.away": NAMES_NOBODY,
    "choices.mentor": NAMES_NOBODY,
    "choices.channel": NAMES_NOBODY,
    "topics.channel": NAMES_NOBODY,
    "changes.channel": NAMES_NOBODY,
    "changes.mentor": NAMES_NOBODY,
    "changes.coordinator": NAMES_NOBODY,
    "substitute_asks.id": NAMES_NOBODY,
    "substitute_asks.mentor": NAMES_NOBODY,
    "substitute_asks.substitute": NAMES_NOBODY,
    "substitutions.channel": NAMES_NOBODY,
    "substitutions.instead_of": NAMES_NOBODY,
    "held.writer": NAMES_NOBODY,
    "held.ref": NAMES_NOBODY,
    "held.album": KEYED,
    "covered.pid": NAMES_NOBODY,
    "covered.ref": NAMES_NOBODY,
    "covered.channel": NAMES_NOBODY,
    "shown_below.pid": NAMES_NOBODY,
    "safety.pid": NAMES_NOBODY,
    "standing.pid": NAMES_NOBODY,
    "agreements.channel": NAMES_NOBODY,
    "safety.code_word": KEYED,
    "answering.mentor": NAMES_NOBODY,
    "attention.channel": NAMES_NOBODY,
    "announced.what": WORD,
    "links.to_pid": NAMES_NOBODY,
    "links.form": WORD,
    "links.channel": NAMES_NOBODY,
    "inbox.mark": KEYED,
    "inbox.state": WORD,
    "outbox.ref": NAMES_NOBODY,
    "outbox.recipient": NAMES_NOBODY,
    "outbox.owner": NAMES_NOBODY,
    "outbox.channel": NAMES_NOBODY,
    "outbox.notice": WORD,
    "outbox.album": KEYED,
    "outbox.state": WORD,
    "outbox.strand": NAMES_NOBODY,
    "leadership.holder": NAMES_NOBODY,
    "audit.actor": NAMES_NOBODY,
    "audit.action": WORD,
    "audit.subject": NAMES_NOBODY,
    "audit.link": KEYED,
    "audit_head.seal": KEYED,
    "alembic_version.version_num": "the schema's number",
}

DECLARED = {f"{field.table}.{field.column}" for field in SEALED_FIELDS}


def sealed_columns(*schemas: MetaData) -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for schema in schemas
        for table in schema.tables.values()
        for column in table.columns
        if isinstance(column.type, Sealed)
    }


def roomy_columns(conn: Connection) -> set[str]:
    """The columns of a live database that could hold somebody's words."""
    live = inspect(conn)
    return {
        f"{table}.{column['name']}"
        for table in live.get_table_names()
        for column in live.get_columns(table)
        if could_hold_words(column["type"])
    }


def could_hold_words(kind: TypeEngine[object]) -> bool:
    return isinstance(kind, LargeBinary | String | Text) or kind.python_type not in (int, bool)


def faults(live: Collection[str], sealed: Collection[str], declared: Collection[str]) -> list[str]:
    assert live, "not one column was looked at"
    found = [f"{column} is of the type Sealed and not declared" for column in set(sealed) - set(declared)]
    found += [f"{column} is declared as sealed and not of the type Sealed" for column in set(declared) - set(sealed)]
    found += [f"{column} is declared and not in the database" for column in {*declared, *PLAIN} - set(live)]
    found += [f"{column} is neither sealed nor known to be harmless" for column in set(live) - {*declared, *PLAIN}]
    found += [f"{column} is both sealed and plain" for column in PLAIN.keys() & set(declared)]
    return sorted(found)


async def live_columns(store: Store) -> set[str]:
    return await store.data.run(roomy_columns) | await store.keys.run(roomy_columns)


async def test_every_sealed_column_is_declared_and_every_other_one_is_harmless(store: Store) -> None:
    assert faults(await live_columns(store), sealed_columns(DATA, KEYS), DECLARED) == []


async def test_the_data_store_holds_no_column_of_the_keys_store(store: Store) -> None:
    both = await store.data.run(roomy_columns) & await store.keys.run(roomy_columns)
    assert both == {"alembic_version.version_num"}
    assert not [column for column in await store.data.run(roomy_columns) if "telegram" in column]


def test_no_field_is_declared_twice() -> None:
    assert len(DECLARED) == len(SEALED_FIELDS)


async def test_what_is_wrong_is_found(store: Store) -> None:
    """The control: a new column, one that lost its seal, one that is only declared, and one that is gone."""
    await store.data.run(lambda conn: conn.exec_driver_sql("ALTER TABLE people ADD COLUMN phone TEXT"))
    try:
        live = await live_columns(store) - {"choices.channel"}
    finally:
        await store.data.run(lambda conn: conn.exec_driver_sql("ALTER TABLE people DROP COLUMN phone"))
    other = MetaData()
    Table("people", other, Column("alias", LargeBinary), Column("phone", Sealed))
    assert faults(live, (sealed_columns(DATA, KEYS) - {"people.alias"}) | sealed_columns(other), DECLARED) == [
        "choices.channel is declared and not in the database",
        "people.alias is declared as sealed and not of the type Sealed",
        "people.phone is neither sealed nor known to be harmless",
        "people.phone is of the type Sealed and not declared",
    ]


def test_a_look_at_no_column_fails() -> None:
    with pytest.raises(AssertionError, match="not one column"):
        faults([], [], [])
