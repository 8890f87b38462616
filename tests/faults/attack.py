"""What somebody does who has stolen both stores, though not the root key, and already knows whom to look for.

They know every Telegram id, name, alias, text, token and code, and want to learn whether these are in there. They look
for each of them as it is, in every usual spelling; hashed; and keyed or salted with everything that lies in the stores.
"""

import base64
import hashlib
import hmac
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import asyncpg
from sqlalchemy.engine import make_url

from tests.people import file_of

WINDOW = 8
"""Bytes of a digest that are looked up first."""
ENOUGH = 12
"""Bytes of a digest that give it away, wherever it was cut off."""

Secret = int | str
Hash = Callable[[bytes], bytes]

HASHES: tuple[Hash, ...] = (
    lambda data: hashlib.md5(data, usedforsecurity=False).digest(),
    lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    lambda data: hashlib.sha256(data).digest(),
    lambda data: hashlib.sha512(data).digest(),
    lambda data: hashlib.blake2b(data).digest(),
    lambda data: hashlib.blake2s(data).digest(),
)


@dataclass(frozen=True, kw_only=True)
class Loot:
    """All bytes that were stolen, and every value that can be read out of them and might be a key or a salt."""

    content: bytes
    values: frozenset[bytes]

    def __or__(self, other: "Loot") -> "Loot":
        return Loot(content=self.content + other.content, values=self.values | other.values)


async def steal(url: str, beside: Path) -> Loot:
    """A store's files as they lie there while the bot runs, or a dump of every table of a PostgreSQL database.

    The files are read from copies in the folder `beside`.
    """
    if make_url(url).get_backend_name() == "postgresql":
        return await _dump(url)
    file = file_of(url)
    stolen = [Path(shutil.copy(each, beside)) for each in file.parent.glob(f"{file.name}*")]
    content = b"".join(each.read_bytes() for each in stolen)
    raw = sqlite3.connect(beside / file.name)
    tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = [row for table in tables for row in raw.execute(f'SELECT * FROM "{table}"')]  # noqa: S608
    raw.close()
    return Loot(content=content, values=_readable(rows))


async def _dump(url: str) -> Loot:
    place = make_url(url)
    server = await asyncpg.connect(host=str(place.query["host"]), user="postgres", database=place.database)
    tables = await server.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = [tuple(row) for (table,) in tables for row in await server.fetch(f'SELECT * FROM "{table}"')]  # noqa: S608
    await server.close()
    whole = [value for row in rows for value in row if isinstance(value, int)]
    numbers = b"|".join(b"%d|%b" % (value, value.to_bytes(8, "big", signed=True)) for value in whole)
    return Loot(content=b"|".join(_readable(rows)) + numbers, values=_readable(rows))


def _readable(rows: Iterable[tuple[object, ...]]) -> frozenset[bytes]:
    found = set()
    for value in chain.from_iterable(rows):
        if isinstance(value, str):
            found.add(value.encode())
        elif isinstance(value, bytes):
            found.add(value)
    return frozenset(found)


def betrayed(loot: Loot, secrets: Iterable[Secret], *, keys: Iterable[bytes] = ()) -> set[Secret]:
    """Which of the secrets the loot confirms. `keys`: keys and salts from elsewhere, tried as well."""
    known = list(secrets)
    constants = _constants(loot.values) | set(keys)
    assert known, "nothing was looked for"
    assert len(constants) > 1, "there was nothing to try as a key"
    windows = {loot.content[at : at + WINDOW] for at in range(len(loot.content) - WINDOW + 1)}

    def lies_there(digest: bytes) -> bool:
        spelled = (digest, digest.hex().encode(), digest.hex().upper().encode(), base64.b64encode(digest))
        return any(each[:WINDOW] in windows and each[:ENOUGH] in loot.content for each in spelled)

    return {
        secret
        for secret in known
        if any(spelling in loot.content for spelling in spellings(secret))
        or any(lies_there(digest) for digest in _digests(secret, constants))
    }


def spellings(secret: Secret) -> set[bytes]:
    """The secret as it is, in every usual form."""
    plain = set(messages(secret))
    if isinstance(secret, int):
        plain |= {
            secret.to_bytes(6, "big"),
            secret.to_bytes(5, "little"),
            f"{secret:x}".encode(),
            f"{secret:X}".encode(),
        }
    folded = {secret.casefold().encode(), secret.upper().encode()} if isinstance(secret, str) else set()
    encoded = {form for each in plain for form in (each.hex().encode(), each.hex().upper().encode(), _base64(each))}
    return plain | folded | encoded


def messages(secret: Secret) -> list[bytes]:
    """The bytes that somebody would hash to hide it."""
    texts = [str(secret).encode(), str(secret).encode("utf-16-le")]
    return texts if isinstance(secret, str) else [*texts, secret.to_bytes(8, "big"), secret.to_bytes(8, "little")]


def _base64(plain: bytes) -> bytes:
    """Without the last characters: they depend on what follows."""
    return base64.b64encode(plain)[: len(plain) * 8 // 6]


def _constants(values: Iterable[bytes]) -> set[bytes]:
    """Every value and what it might be made of: an envelope's nonce and header, a key that is only its beginning."""
    return {part for value in values for part in (value, value[:16], value[:32], value[6:18], value[18:])} | {b""}


def _digests(secret: Secret, constants: Iterable[bytes]) -> Iterator[bytes]:
    for message in messages(secret):
        for constant in constants:
            yield hmac.digest(constant, message, "sha256")
            yield hmac.digest(constant, message, "sha1")
            for digest in HASHES:
                yield digest(constant + message)
                yield digest(message + constant)
