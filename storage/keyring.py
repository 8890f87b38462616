"""The keys store: who a `pid` is in Telegram, and each person's data key.

What was looked up is kept in memory (as whoever runs the server could read it there anyway), at most `CACHED` people.
"""

import hashlib
import hmac
import secrets
import struct
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, insert, select

from mentorbot.programme.errors import NotThere, RootKeyWrong, SealBroken, StoreMissing
from mentorbot.programme.ids import Pid, TelegramId
from storage.engine import Database
from storage.insert_once import insert_once
from storage.root_key import RootKey
from storage.sealed_fields import DAY_KEY, KEYS_PROOF, PERSON_DATA_KEY, PERSON_TELEGRAM_ID
from storage.tables import day_keys, keys_identity, person_keys

CACHED = 20_000
DAY_KEY_OUTLIVES_ITS_DAY = timedelta(hours=20)
"""With an hourly tick a day's key is gone 45 hours after its first use at the latest; 48 are promised."""

_PROOF = b"mentorbot keys store"
_DOMAIN = b"telegram"
_INT64 = struct.Struct(">q")
_FIRST_DAY = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_DAY = 2**31 - 1  # what the column holds; a number from a flipped envelope may be more

K = TypeVar("K")
V = TypeVar("V")


class Keyring:
    """The keys store, opened with the root key."""

    def __init__(self, database: Database, root: RootKey) -> None:
        self._database = database
        self._wrap = root.wrap
        self._index_key = root.index
        self._epoch = root.epoch
        self._pids: OrderedDict[TelegramId, Pid] = OrderedDict()
        self._keys: OrderedDict[Pid, tuple[AESGCM, TelegramId]] = OrderedDict()
        self._days: dict[int, AESGCM] = {}
        self._forgotten = 0  # a look-up during which it grew may have seen what is no longer so

    async def found(self, store_id: bytes) -> None:
        """Mark a new, empty keys store as belonging to the data store `store_id` and to this root key."""
        proof = KEYS_PROOF.seal(self._wrap, _PROOF, row=store_id, key_id=self._epoch)
        row = {"store_id": store_id, "epoch": self._epoch, "proof": proof}
        await self._database.run(lambda conn: conn.execute(insert(keys_identity), row))

    async def prove(self, store_id: bytes) -> None:
        """Return when this is the keys store of the data store `store_id` and the root key opens it.

        Raises StoreMissing or RootKeyWrong otherwise. Writes nothing.
        """
        row = await self._database.run(lambda conn: conn.execute(select(keys_identity)).one_or_none())
        if row is None or row.store_id != store_id:
            raise StoreMissing("the keys store does not belong to this data store: restore the right one")
        try:
            KEYS_PROOF.unseal(self._wrap, row.proof, row=store_id)
        except SealBroken:
            raise RootKeyWrong("the root key does not open these stores: restore the right root key file") from None

    # --- people -------------------------------------------------------------------------------------------------------

    async def find(self, telegram_id: TelegramId) -> Pid | None:
        """The person with this Telegram id, or None. An unknown sender is not remembered."""
        if (pid := self._pids.get(telegram_id)) is not None:
            return pid
        forgotten = self._forgotten
        blind = self._blind(telegram_id)
        query = select(person_keys.c.pid).where(person_keys.c.blind_index == blind)
        found: bytes | None = await self._database.run(lambda conn: conn.execute(query).scalar_one_or_none())
        if found is None:
            return None
        if forgotten == self._forgotten:
            _remember(self._pids, telegram_id, Pid(found))
        return Pid(found)

    async def admit(self, telegram_id: TelegramId) -> Pid:
        """The person with this Telegram id, made known with a fresh pid and data key when they were not."""
        pid = Pid(secrets.token_bytes(16))
        row = {
            "pid": pid,
            "blind_index": self._blind(telegram_id),
            "data_key": PERSON_DATA_KEY.seal(
                self._wrap, AESGCM.generate_key(256), row=pid, pid=pid, key_id=self._epoch
            ),
            "telegram_id": PERSON_TELEGRAM_ID.seal(
                self._wrap, _INT64.pack(telegram_id), row=pid, pid=pid, key_id=self._epoch
            ),
        }
        await self._database.run(lambda conn: insert_once(conn, person_keys, row))
        found = await self.find(telegram_id)
        if found is None:
            raise NotThere
        return found

    async def forget(self, pid: Pid) -> None:
        """Destroy a person's key and the way from their Telegram id to `pid`. What was sealed stays unreadable."""
        await self._database.run(lambda conn: conn.execute(delete(person_keys).where(person_keys.c.pid == pid)))
        self._forgotten += 1
        self._keys.pop(pid, None)
        for telegram_id in [known for known, owner in self._pids.items() if owner == pid]:
            del self._pids[telegram_id]
        await self._database.scrub()

    async def telegram_id(self, pid: Pid) -> TelegramId:
        """The person's Telegram id; NotThere when they were forgotten."""
        return (await self._load(pid))[1]

    async def data_key(self, pid: Pid) -> AESGCM:
        """The person's data key; NotThere when they were forgotten."""
        return (await self._load(pid))[0]

    def cached_data_key(self, pid: Pid) -> AESGCM | None:
        """The person's data key where no look-up is needed."""
        known = self._keys.get(pid)
        return None if known is None else known[0]

    async def everyone(self) -> list[Pid]:
        """Every person known."""
        return await self._database.run(
            lambda conn: [Pid(pid) for pid in conn.execute(select(person_keys.c.pid)).scalars()]
        )

    async def _load(self, pid: Pid) -> tuple[AESGCM, TelegramId]:
        if (known := self._keys.get(pid)) is not None:
            return known
        forgotten = self._forgotten
        query = select(person_keys.c.data_key, person_keys.c.telegram_id).where(person_keys.c.pid == pid)
        row = await self._database.run(lambda conn: conn.execute(query).one_or_none())
        if row is None:
            raise NotThere
        key = AESGCM(PERSON_DATA_KEY.unseal(self._wrap, row.data_key, row=pid, pid=pid))
        (telegram_id,) = _INT64.unpack(PERSON_TELEGRAM_ID.unseal(self._wrap, row.telegram_id, row=pid, pid=pid))
        if forgotten == self._forgotten:
            _remember(self._keys, pid, (key, TelegramId(telegram_id)))
        return key, TelegramId(telegram_id)

    def _blind(self, telegram_id: TelegramId) -> bytes:
        return hmac.digest(self._index_key, _DOMAIN + _INT64.pack(telegram_id), hashlib.sha256)

    # --- days ---------------------------------------------------------------------------------------------------------

    async def day_key(self, now: datetime) -> tuple[int, AESGCM]:
        """The number and the key of the day of `now`, made when there is none yet."""
        number = (now - _FIRST_DAY).days
        if number not in self._days:
            sealed = DAY_KEY.seal(self._wrap, AESGCM.generate_key(256), row=_INT64.pack(number), key_id=self._epoch)
            row = {"day": number, "data_key": sealed}
            await self._database.run(lambda conn: insert_once(conn, day_keys, row))
            await self.past_day_key(number)
        return number, self._days[number]

    async def past_day_key(self, number: int) -> AESGCM:
        """The key of a day by its number; SealBroken when it was destroyed or never was."""
        if number > _LAST_DAY:
            raise SealBroken
        if number not in self._days:
            query = select(day_keys.c.data_key).where(day_keys.c.day == number)
            sealed = await self._database.run(lambda conn: conn.execute(query).scalar_one_or_none())
            if sealed is None:
                raise SealBroken
            self._days[number] = AESGCM(DAY_KEY.unseal(self._wrap, sealed, row=_INT64.pack(number)))
        return self._days[number]

    async def destroy_day_keys(self, now: datetime) -> None:
        """Destroy the keys of all days that have been over for DAY_KEY_OUTLIVES_ITS_DAY."""
        oldest = (now - DAY_KEY_OUTLIVES_ITS_DAY - _FIRST_DAY).days
        await self._database.run(lambda conn: conn.execute(delete(day_keys).where(day_keys.c.day < oldest)))
        self._days = {number: key for number, key in self._days.items() if number >= oldest}
        await self._database.scrub()


def _remember(cache: OrderedDict[K, V], key: K, value: V) -> None:
    cache[key] = value
    if len(cache) > CACHED:
        cache.popitem(last=False)
