"""What `mentorbot init` makes: the root key, both stores and `.env`."""

import os

from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from mentorbot.config import ENV_FILE, Settings
from mentorbot.programme.errors import CannotStart, StoreMissing
from storage.engine import open_database
from storage.installation import found, open_store
from storage.root_key import make_root_key, read_root_key

_HEADER = "# Written by `mentorbot init`. What else can be set stands in .env.example.\n"


async def found_installation(settings: Settings) -> list[str]:
    """Make what is missing and say what was made.

    1. Key and stores belong together: when only some are there, something was lost, and a new one would hide
       that. Nothing is made then (CannotStart). A key alone is what an interrupted `init` leaves behind.
    2. The key is on the disk before anything is sealed with it.
    """
    key_file = settings.root_key_file
    stores = {url: await _has_tables(url) for url in (settings.database_url, settings.keys_url)}
    there = [_shown(url) for url, is_there in stores.items() if is_there]
    missing = [_shown(url) for url, is_there in stores.items() if not is_there]
    if there and not key_file.exists():
        missing.append(str(key_file))
    if there and missing:
        raise CannotStart(
            f"{' and '.join(there)} is here, {' and '.join(missing)} is not: restore it; nothing was changed"
        )
    made = []
    if there:
        root = read_root_key(key_file)
        await (await open_store(settings.database_url, settings.keys_url, root, require_current=False)).close()
    else:
        if not key_file.exists():
            make_root_key(key_file)
            made.append(f"the root key {key_file}")
        await found(settings.database_url, settings.keys_url, read_root_key(key_file))
        made += [
            f"the data store {_shown(settings.database_url)}",
            f"the keys store {_shown(settings.keys_url)}",
        ]
    if not ENV_FILE.exists():
        _write_env(settings)
        made.append(str(ENV_FILE))
    return made


async def _has_tables(url: str) -> bool:
    try:
        database = await open_database(url)
    except StoreMissing:
        return False
    try:
        return bool(await database.run(lambda conn: inspect(conn).get_table_names()))
    finally:
        await database.close()


def _shown(url: str) -> str:
    """A store's file, or its URL without the password."""
    parsed = make_url(url)
    return (parsed.database or "") if parsed.get_backend_name() == "sqlite" else parsed.render_as_string()


def _write_env(settings: Settings) -> None:
    descriptor = os.open(ENV_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(_HEADER + settings.as_lines())
