"""The two schemas' migrations (Alembic): one folder a store, the same steps on SQLite and PostgreSQL."""

from functools import cache
from pathlib import Path
from typing import Literal

from alembic import command, context
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

Which = Literal["data", "keys"]
_FOLDER = Path(__file__).parent / "migrations"


def upgrade(conn: Connection, which: Which) -> None:
    """Bring a store to the newest schema, inside the transaction of `conn`."""
    command.upgrade(_config(which, conn), "head")


def pending(conn: Connection, which: Which) -> bool:
    """Whether a store's schema is not the newest."""
    return MigrationContext.configure(conn).get_current_revision() != _newest(which)


def write_revision(conn: Connection, which: Which, message: str) -> None:
    """Write the migration from the schema of `conn` to `tables.py` into the store's folder, to be read and mended."""
    command.revision(_config(which, conn), message, autogenerate=True)


def run_migrations(metadata: MetaData) -> None:
    """What both `env.py` do: migrate on the connection that was handed over."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


@cache
def _newest(which: Which) -> str | None:
    """The newest schema that this program knows. To look for it takes as long as all else of a start."""
    return ScriptDirectory.from_config(_config(which)).get_current_head()


def _config(which: Which, conn: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER / which).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = conn
    return config
