"""The keys store: who somebody is, and the keys that make what was written about them readable."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, delete, select, update

from mentorbot.programme.errors import NotThere, SealBroken
from mentorbot.programme.ids import Pid, TelegramId
from mentorbot.programme.people import Role
from storage import people
from storage.engine import Database, Unit
from storage.keyring import Keyring
from storage.sealed_fields import PEOPLE_ALIAS
from storage.tables import person_keys
from storage.transaction import Store
from tests.people import AINO, MIKAEL, NOW, OTTO, SQLITE_ONLY, Installation, at, joined

T = TypeVar("T")
EXTREMES = [TelegramId(number) for number in (1, 2**31, 2**32 + 1, 2**52, 2**63 - 1)]


async def test_a_person_who_was_admitted_is_found_by_their_telegram_id(store: Store) -> None:
    aino = await store.keyring.admit(AINO)
    assert await store.keyring.find(AINO) == aino
    assert await store.keyring.telegram_id(aino) == AINO
    assert len(aino) == 16


@pytest.mark.parametrize("telegram_id", EXTREMES)
async def test_any_telegram_id_comes_back(installation: Installation, store: Store, telegram_id: TelegramId) -> None:
    pid = await store.keyring.admit(telegram_id)
    again = await installation.open()
    assert await again.keyring.telegram_id(pid) == telegram_id
    assert await again.keyring.find(telegram_id) == pid
    await again.close()


async def test_an_unknown_sender_is_not_found_and_leaves_no_trace(store: Store) -> None:
    assert await store.keyring.find(OTTO) is None
    assert await store.keyring.everyone() == []


async def test_admitting_twice_is_admitting_once(store: Store) -> None:
    pids = await asyncio.gather(*(store.keyring.admit(AINO) for _ in range(8)))
    assert len(set(pids)) == 1
    assert await store.keyring.everyone() == pids[:1]


async def test_two_stores_of_one_installation_admit_one_person_once(store: Store, installation: Installation) -> None:
    other = await installation.open()
    pids = await asyncio.gather(*(keyring.admit(AINO) for keyring in (store.keyring, other.keyring)))
    assert len(set(pids)) == 1
    await other.close()


async def test_no_two_people_share_a_key(store: Store) -> None:
    aino, mikael = await store.keyring.admit(AINO), await store.keyring.admit(MIKAEL)
    sealed = PEOPLE_ALIAS.seal(await store.keyring.data_key(aino), b"Koivu", row=b"1", pid=aino)
    with pytest.raises(SealBroken):
        PEOPLE_ALIAS.unseal(await store.keyring.data_key(mikael), sealed, row=b"1", pid=aino)


async def test_nothing_of_a_forgotten_person_can_be_opened(store: Store, installation: Installation) -> None:
    aino = await joined(store, Role.PARTICIPANT, telegram_id=AINO, alias="Koivu")
    mikael = await joined(store, Role.MENTOR, telegram_id=MIKAEL)
    await store.keyring.forget(aino.pid)

    afresh = await installation.open()
    for opened in (store, afresh):
        assert await opened.keyring.find(AINO) is None
        assert opened.keyring.cached_data_key(aino.pid) is None
        for lookup in (opened.keyring.telegram_id, opened.keyring.data_key):
            with pytest.raises(NotThere):
                await lookup(aino.pid)
        with pytest.raises(NotThere):
            await opened.transact(lambda tx: people.get(tx, aino.pid))
        assert await opened.transact(lambda tx: people.get(tx, mikael.pid)) == mikael
    await afresh.close()


async def test_a_forgotten_person_who_comes_back_is_somebody_new(store: Store) -> None:
    before = await store.keyring.admit(AINO)
    await store.keyring.forget(before)
    assert await store.keyring.admit(AINO) != before


@SQLITE_ONLY
async def test_a_forgotten_key_is_in_none_of_the_files(store: Store, installation: Installation) -> None:
    aino = await store.keyring.admit(AINO)
    query = select(person_keys.c.data_key, person_keys.c.blind_index).where(person_keys.c.pid == aino)
    data_key, blind_index = await store.keys.run(lambda conn: conn.execute(query).one())
    traces = (data_key[18:], blind_index)

    def files_with_a_trace() -> list[str]:
        return [name for name, content in installation.files().items() if any(t in content for t in traces)]

    assert files_with_a_trace() != []  # the control: this is how they lie there
    await store.keyring.forget(aino)
    assert files_with_a_trace() == []


class LateAnswer:
    """A database whose first answer arrives only when `arrive` is set: it does not know what happened meanwhile."""

    def __init__(self, real: Database) -> None:
        self._real = real
        self.read = asyncio.Event()
        self.arrive = asyncio.Event()

    async def run(self, unit: Unit[T]) -> T:
        answer = await self._real.run(unit)
        if not self.read.is_set():
            self.read.set()
            await self.arrive.wait()
        return answer

    def wait(self, conn: Connection, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._real.wait(conn, coroutine)

    async def begin_use(self) -> None:
        await self._real.begin_use()

    async def scrub(self) -> None:
        await self._real.scrub()

    async def close(self) -> None:
        await self._real.close()


@pytest.mark.parametrize("forgets", [True, False], ids=["forgotten meanwhile", "control"])
@pytest.mark.parametrize("look_up", ["find", "telegram_id"])
async def test_a_look_up_that_was_under_way_brings_nobody_back(store: Store, look_up: str, forgets: bool) -> None:
    aino = await store.keyring.admit(AINO)
    late = LateAnswer(store.keys)
    keyring = Keyring(late, store.root)
    looking: Coroutine[Any, Any, Any] = keyring.find(AINO) if look_up == "find" else keyring.telegram_id(aino)
    under_way = asyncio.create_task(looking)
    await late.read.wait()
    if forgets:
        await keyring.forget(aino)
    late.arrive.set()
    await under_way
    assert (await keyring.find(AINO) is None) is forgets
    assert (keyring.cached_data_key(aino) is None) is (forgets or look_up == "find")


async def test_a_key_moved_to_another_person_is_refused(store: Store, installation: Installation) -> None:
    aino, mikael = await store.keyring.admit(AINO), await store.keyring.admit(MIKAEL)
    of_mikael = select(person_keys.c.data_key, person_keys.c.telegram_id).where(person_keys.c.pid == mikael)

    row = await store.keys.run(lambda conn: conn.execute(of_mikael).mappings().one())
    await store.keys.run(
        lambda conn: conn.execute(update(person_keys).where(person_keys.c.pid == aino).values(dict(row)))
    )
    fresh = await installation.open()
    with pytest.raises(SealBroken):
        await fresh.keyring.telegram_id(aino)
    assert await fresh.keyring.telegram_id(mikael) == MIKAEL
    await fresh.close()


async def test_what_is_remembered_is_what_is_stored(store: Store) -> None:
    aino = await store.keyring.admit(AINO)
    assert await store.keyring.telegram_id(aino) == AINO
    await store.keys.run(lambda conn: conn.execute(delete(person_keys)))
    assert await store.keyring.telegram_id(aino) == AINO  # no look-up: this is the cache that forget must empty
    await store.keyring.forget(aino)
    with pytest.raises(NotThere):
        await store.keyring.telegram_id(aino)


async def test_a_pid_of_nobody_has_no_key(store: Store) -> None:
    with pytest.raises(NotThere):
        await store.keyring.data_key(Pid(bytes(16)))


# --- days -------------------------------------------------------------------------------------------------------------


async def test_one_day_has_one_key(store: Store, installation: Installation) -> None:
    other = await installation.open()
    morning, evening = NOW.replace(hour=0, minute=0), NOW.replace(hour=23, minute=59)
    number, key = await store.keyring.day_key(morning)
    sealed = key.encrypt(bytes(12), b"an update", None)
    again, same = await other.keyring.day_key(evening)
    assert again == number
    assert same.decrypt(bytes(12), sealed, None) == b"an update"
    assert (await store.keyring.day_key(evening + timedelta(minutes=1)))[0] == number + 1
    await other.close()


async def test_a_days_key_is_gone_before_48_hours_and_not_within_24(store: Store, installation: Installation) -> None:
    for first_use in (NOW.replace(hour=0, minute=0), NOW, NOW.replace(hour=23, minute=59)):
        number, _ = await store.keyring.day_key(first_use)
        gone_after = None
        for hours in range(49):  # the clock's tick comes every hour
            await store.keyring.destroy_day_keys(first_use + timedelta(hours=hours))
            try:
                await store.keyring.past_day_key(number)
            except SealBroken:
                gone_after = hours
                break
        assert gone_after is not None
        assert 20 < gone_after <= 45
        fresh = await installation.open()
        with pytest.raises(SealBroken):
            await fresh.keyring.past_day_key(number)
        await fresh.close()


@SQLITE_ONLY
async def test_a_destroyed_day_key_is_in_none_of_the_files(store: Store, installation: Installation) -> None:
    await store.keyring.day_key(NOW)
    sealed = await store.keys.run(lambda conn: conn.exec_driver_sql("SELECT data_key FROM day_keys").scalar_one())
    assert any(sealed[18:] in content for content in installation.files().values())
    await store.keyring.destroy_day_keys(NOW + timedelta(hours=47))
    assert [name for name, content in installation.files().items() if sealed[18:] in content] == []


async def test_destroying_nothing_is_no_error(store: Store) -> None:
    store.clock = at(NOW + timedelta(days=400))
    await store.keyring.destroy_day_keys(store.clock())
    with pytest.raises(SealBroken):
        await store.keyring.past_day_key(1)
