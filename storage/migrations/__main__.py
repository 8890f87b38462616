"""`python -m storage.migrations data "what changes"`: write the migration from the newest one to `tables.py`.

It is made from a fresh SQLite store in a temporary folder. Read it and mend it; the tests run it on PostgreSQL too.
"""

import asyncio
import sys
import tempfile
from typing import cast

from storage import schema
from storage.engine import open_database
from storage.schema import Which


async def write(which: Which, message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = await open_database(f"sqlite+aiosqlite:///{folder}/{which}.db", create=True)
        try:
            await database.run(lambda conn: schema.upgrade(conn, which))
            await database.run(lambda conn: schema.write_revision(conn, which, message))
        finally:
            await database.close()


if __name__ == "__main__":
    asyncio.run(write(cast(Which, sys.argv[1]), sys.argv[2]))
