"""What the stores hold, counted in SQL beside the bot that uses them."""

from sqlalchemy import MetaData

from storage.tables import DATA, KEYS
from tests.people import Installation

from .house import rows

PASSING = frozenset({"inbox", "outbox", "standing"})
"""What is settled and sent, emptied, and which messages stand in participants' chats, until it is purged."""


async def counts(installation: Installation) -> dict[str, int]:
    """How many rows each table of both stores holds."""
    return await _counted(installation.data_url, DATA) | await _counted(installation.keys_url, KEYS)


async def _counted(url: str, tables: MetaData) -> dict[str, int]:
    query = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables.tables)  # noqa: S608
    return dict(await rows(url, query))


def changes(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """How many rows came (or, below zero, went), by table, apart from what only passes through."""
    moved = {table: after[table] - before[table] for table in before if table not in PASSING}
    return {table: difference for table, difference in moved.items() if difference}


async def nothing_of_anybody_waits(installation: Installation) -> bool:
    """Whether all that came in was settled and emptied, and no notice is of somebody who has no row."""
    full = await rows(installation.data_url, "SELECT count(*) FROM inbox WHERE state <> 'done' OR body IS NOT NULL")
    known = "(SELECT pid FROM people)"
    lost = await rows(
        installation.data_url,
        f"SELECT count(*) FROM outbox WHERE recipient NOT IN {known} OR owner NOT IN {known}",  # noqa: S608
    )
    return full == lost == [(0,)]
