"""The data store and one transaction in it.

`await store.transact(unit)` runs `unit(tx)`: returning commits, raising rolls back. Nothing else commits.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TypeVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection

from mentorbot.programme.delivery import Rank
from mentorbot.programme.ids import Pid
from storage.engine import Database
from storage.keyring import Keyring
from storage.root_key import RootKey
from storage.sealed_fields import SealedField

T = TypeVar("T")
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class Recipients(dict[Pid, Rank]):
    """Who may have something to be sent now, and of which rank at best."""

    def add(self, pid: Pid, rank: Rank = Rank.TALK) -> None:
        self[pid] = min(rank, self.get(pid, rank))


@dataclass(frozen=True)
class Transaction:
    """One transaction of the data store. `recipients` are those whose outbox it added to, `zone` is that of the
    programme, `actor` the person whose own doing it follows from, if anybody's."""

    conn: Connection
    now: datetime
    root: RootKey
    zone: tzinfo
    _database: Database
    _keyring: Keyring
    recipients: Recipients = field(default_factory=Recipients)
    actor: Pid | None = None

    def seal(self, declared: SealedField, plaintext: bytes, *, row: bytes, pid: Pid) -> bytes:
        """The envelope under the person's own key; NotThere when the person was forgotten."""
        return declared.seal(self._data_key(pid), plaintext, row=row, pid=pid)

    def unseal(self, declared: SealedField, sealed: bytes, *, row: bytes, pid: Pid) -> bytes:
        """The plaintext; SealBroken or NotThere."""
        return declared.unseal(self._data_key(pid), sealed, row=row, pid=pid)

    def _data_key(self, pid: Pid) -> AESGCM:
        known = self._keyring.cached_data_key(pid)
        return known or self._database.wait(self.conn, self._keyring.data_key(pid))


class Store:
    """Both stores, opened: `keyring` and, through `transact`, the data."""

    def __init__(
        self, data: Database, keys: Database, root: RootKey, clock: Clock = utc_now, zone: tzinfo = UTC
    ) -> None:
        self.data = data
        self.keys = keys
        self.root = root
        self.clock = clock
        self.zone = zone
        self.keyring = Keyring(keys, root)
        self.on_commit: Callable[[Recipients], None] = lambda recipients: None

    async def transact(self, unit: Callable[[Transaction], T], *, actor: Pid | None = None) -> T:
        """What `unit` returns, committed; for `actor` see `Transaction`. See `Database.run` for errors."""
        recipients = Recipients()

        def run(conn: Connection) -> T:
            tx = Transaction(conn, self.clock(), self.root, self.zone, self.data, self.keyring, actor=actor)
            result = unit(tx)
            recipients.update(tx.recipients)
            return result

        result = await self.data.run(run)
        if recipients:
            self.on_commit(recipients)
        return result

    async def close(self) -> None:
        await self.data.close()
        await self.keys.close()
