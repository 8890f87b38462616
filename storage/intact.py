"""Whether a SQLite store is as it was left: no broken page, and no write-ahead log that has gone missing.

SQLite itself takes a store without its log for one that was closed properly, and goes on with what was true some
thousand changes ago. So a store says of itself that it is open, in its file's `user_version`, from its
first use until it is closed. A copy that `VACUUM INTO` made is whole without a log, and is not in that mode.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from mentorbot.programme.errors import CannotStart

_RESTORE = "docs/restoring.md says how to go on from a backup"
_OPEN = 1


def log_of(path: Path) -> Path:
    return Path(f"{path}-wal")


def check(raw: sqlite3.Connection, path: Path, *, log_was_there: bool) -> None:
    """Before anything is done with a store. Raises CannotStart when it is not as it was left, and sqlite3.Error.

    Reads every page: some 0.2 seconds for 100 MB.
    """
    try:
        needs_log = _value(raw, "journal_mode") == "wal" and _value(raw, "user_version") == _OPEN
        is_whole = (needs_log and not log_was_there) or _value(raw, "quick_check(1)") == "ok"
    except sqlite3.OperationalError:  # it is locked, or may not be read
        raise
    except sqlite3.DatabaseError:
        is_whole = needs_log = False
    if needs_log and not log_was_there:
        raise CannotStart(f"{path} cannot be opened: {log_of(path).name} is missing beside it; {_RESTORE}")
    if not is_whole:
        raise CannotStart(f"{path} cannot be opened: it is damaged; {_RESTORE}")


def say_open(raw: sqlite3.Connection) -> None:
    """In the file itself, where it stays when the log goes."""
    raw.execute(f"PRAGMA user_version={_OPEN}").close()
    raw.execute("PRAGMA wal_checkpoint(PASSIVE)").close()


def say_closed(raw: sqlite3.Connection) -> None:
    if _value(raw, "user_version") == _OPEN:
        raw.execute("PRAGMA user_version=0").close()


def say_still_open(path: Path) -> None:
    """After the end of one process, when another goes on with the store. That one may end in this very moment: then it
    has said that the store is closed before this said the opposite, and neither would say so again."""
    if log_of(path).exists():
        _say(say_open, path)
    if not log_of(path).exists() and _says_open(path):
        _say(say_closed, path)


def _say(say: Callable[[sqlite3.Connection], None], path: Path) -> None:
    raw = sqlite3.connect(path, isolation_level=None)
    try:
        say(raw)
    finally:
        raw.close()


def _says_open(path: Path) -> bool:
    """Without a log the file has it, big-endian, and SQLite need not be asked, which would begin a log."""
    with path.open("rb") as file:
        file.seek(60)
        return int.from_bytes(file.read(4), "big") == _OPEN


def _value(raw: sqlite3.Connection, pragma: str) -> object:
    (value,) = raw.execute(f"PRAGMA {pragma}").fetchone()
    return value
