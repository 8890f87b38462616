"""Log lines without message texts, Telegram ids and tokens: at every level, whoever writes them.

Nothing is searched for and struck out, because a search can miss. A line is built of what is known to be
harmless:

- a record of ours (`mentorbot`, `handlers`, `storage`): its message, a constant of the source (a test holds
  that), and the arguments that cannot tell anything: numbers of fewer than six digits, moments, members of an
  enum, exceptions, the names of their classes, a person's name in the log. Any other is withheld.
- a record of anybody else: its level, from WARNING up, and the place in the source that wrote it. Libraries
  put into their messages what people wrote, the address with the token, parameters of statements, tasks.
- an exception: its class and the places that it passed, through its causes too; of its text at most what went
  wrong with a database, where that is one of a few known sentences or the name of a class.

The token, known at the start, is struck out of the finished line all the same.
"""

import logging
import re
import sqlite3
import sys
import threading
import traceback
import warnings
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from pathlib import PurePath
from time import gmtime
from typing import TextIO

from mentorbot.programme.errors import StorageFailed

OURS = ("mentorbot", "handlers", "storage")
WITHHELD = "[withheld]"

_LARGEST_NUMBER = 99_999  # Telegram ids are longer
_NAME_IN_LOG = re.compile(r"person-[0-9a-f]{6}")  # storage.root_key.RootKey.name_in_log
_KNOWN_REASONS = (
    "database or disk is full",
    "disk I/O error",
    "database disk image is malformed",
    "file is not a database",
    "database is locked",
    "unable to open database file",
    "attempt to write a readonly database",
)


def start_log(level: str = "INFO", token: str | None = None) -> None:
    """From now on log records, warnings and uncaught exceptions go to stderr, one safe line each."""
    handler = _Lines(sys.stderr)
    handler.setFormatter(SafeFormatter(token))
    handler.addFilter(_is_wanted)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.lastResort = handler  # for loggers that do not pass on what they get
    warnings.showwarning = _log_warning
    for package in OURS:
        logging.getLogger(package).setLevel(level)
    sys.excepthook = lambda _, error, __: _log_uncaught(error)
    sys.unraisablehook = lambda args: _log_uncaught(args.exc_value)
    threading.excepthook = lambda args: _log_uncaught(args.exc_value)


class SafeFormatter(logging.Formatter):
    """One record, one line."""

    converter = staticmethod(gmtime)

    def __init__(self, token: str | None) -> None:
        super().__init__(datefmt="%Y-%m-%dT%H:%M:%SZ")
        # The part after the colon too: an address may have the colon in another form.
        self._secrets = [token, token.partition(":")[2]] if token else []

    def format(self, record: logging.LogRecord) -> str:
        text = _our_message(record) if _is_ours(record) else _foreign_message(record)
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            text = f"{text} ({describe(error)})"
        for secret in self._secrets:
            text = text.replace(secret, WITHHELD)
        return f"{self.formatTime(record, self.datefmt)} {record.levelname} {' '.join(text.split())}"


def describe(error: BaseException) -> str:
    """An exception without its text: classes and places, the first cause last."""
    parts: list[str] = []
    current: BaseException | None = error
    seen: set[int] = set()
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        parts.append(_describe_alone(current))
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return ", after ".join(parts)


class _Lines(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's name)
        """A line that cannot be written is lost: Python's own way is to print the record as it came."""


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in OURS


def _is_wanted(record: logging.LogRecord) -> bool:
    """A library may have set the level of its own logger."""
    return _is_ours(record) or record.levelno >= logging.WARNING


def _our_message(record: logging.LogRecord) -> str:
    message = f"{record.name}: {record.msg}"
    if not record.args:
        return message
    try:
        return message % _harmless_arguments(record.args)
    except (TypeError, ValueError, KeyError):  # a withheld number in the place of a %d
        return f"{message} {WITHHELD}"


def _foreign_message(record: logging.LogRecord) -> str:
    return f"{_place(record.pathname, record.lineno)}: {WITHHELD}"


def _harmless_arguments(
    args: tuple[object, ...] | Mapping[str, object],
) -> tuple[object, ...] | dict[str, object]:
    if isinstance(args, Mapping):
        return {name: _harmless(value) for name, value in args.items()}
    return tuple(_harmless(value) for value in args)


def _harmless(value: object) -> object:
    if value is None or isinstance(value, bool | datetime | timedelta):
        return value
    if isinstance(value, Enum):
        return str(value) if isinstance(value, StrEnum) else value.name
    if isinstance(value, int | float):
        return value if abs(value) <= _LARGEST_NUMBER else WITHHELD
    if isinstance(value, BaseException):
        return _name(value)
    known = isinstance(value, str) and (_NAME_IN_LOG.fullmatch(value) or value in _names_of_exceptions())
    return value if known else WITHHELD


def _describe_alone(error: BaseException) -> str:
    frames = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    places = [_place(file, line) for file, line in frames[:-1] if _is_our_file(file)]
    places += [_place(file, line) for file, line in frames[-1:]]
    text = _name(error)
    if places:
        text += f" at {' > '.join(places)}"
    if isinstance(error, BaseExceptionGroup):
        text += f" of {', '.join(map(describe, error.exceptions))}"
    return text


def _name(error: BaseException) -> str:
    """The name of an exception's class, and of a database's failure what it was where that is harmless."""
    name = type(error).__name__
    if not isinstance(error, StorageFailed | sqlite3.Error):
        return name
    kind, _, _ = str(error).partition(": ")
    known = [kind] if kind in _names_of_exceptions() else []
    known += [reason for reason in _KNOWN_REASONS if str(error).endswith(reason)]
    return ": ".join([name, *known])


def _names_of_exceptions() -> set[str]:
    names, classes = set[str](), [BaseException]
    while classes:
        names.add(classes[-1].__name__)
        classes += classes.pop().__subclasses__()
    return names


def _is_our_file(file: str) -> bool:
    return any(part in OURS for part in PurePath(file).parts[-4:-1])


def _place(file: str, line: int) -> str:
    return f"{'/'.join(PurePath(file).parts[-3:])}:{line}"


def _log_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """As a record of the place that is warned about; `py.warnings` is Python's own name for this logger."""
    warning = message if isinstance(message, Warning) else category()
    exc_info = (category, warning, None)
    record = logging.LogRecord("py.warnings", logging.WARNING, filename, lineno, "", (), exc_info)
    logging.getLogger(record.name).handle(record)


def _log_uncaught(error: BaseException | None) -> None:
    logging.getLogger("mentorbot").critical("an error that nobody caught", exc_info=error)
