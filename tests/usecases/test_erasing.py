import pytest

from mentorbot.programme.errors import NotPermitted, NotThere
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import Privacy
from mentorbot.programme.people import Role
from mentorbot.services import change, erasing
from storage import channels, outbox, people
from storage.transaction import Store
from tests.people import AINO, joined, paired


async def test_nothing_of_an_erased_participant_can_be_found_or_opened(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT, alias="Quiet Birch", telegram_id=AINO)
    mikael = await joined(store, Role.MENTOR, alias="Clear Water")
    await paired(store, aino, mikael)
    await store.transact(lambda tx: outbox.put(tx, mikael.pid, Privacy(), owner=aino.pid))
    await erasing.erase(store, "quiet birch")
    assert await store.keyring.find(AINO) is None
    with pytest.raises(NotThere):
        await store.keyring.data_key(aino.pid)
    assert await store.transact(people.everyone) == {mikael.pid}
    assert await store.transact(lambda tx: channels.of_mentor(tx, mikael.pid)) == {}
    assert await store.transact(outbox.unfinished) == 0


async def test_an_alias_that_nobody_has_erases_nobody(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT, alias="Quiet Birch")
    with pytest.raises(NotThere):
        await erasing.erase(store, "Clear Water")
    assert await store.transact(people.everyone) == {aino.pid}


async def test_a_mentor_who_has_participants_is_not_erased(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT, alias="Quiet Birch")
    mikael = await joined(store, Role.MENTOR, alias="Clear Water")
    await paired(store, aino, mikael)
    with pytest.raises(NotPermitted):
        await erasing.erase(store, "Clear Water")
    assert await store.transact(people.everyone) == {aino.pid, mikael.pid}
    await erasing.erase(store, "Quiet Birch")
    await erasing.erase(store, "Clear Water")
    assert await store.transact(people.everyone) == set()


async def test_a_mentor_whom_others_have_followed_is_erased(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    mikael, maria = await joined(store, Role.MENTOR, alias="Clear Water"), await joined(store, Role.MENTOR)
    sari = await joined(store, Role.COORDINATOR)
    own = await paired(store, aino, mikael)
    await store.transact(lambda tx: change.change_now(tx, sari, own.id, maria.pid, instead_of=MessageId(7)))
    await erasing.erase(store, "Clear Water")
    assert await store.transact(people.everyone) == {aino.pid, maria.pid, sari.pid}
    present = await store.transact(lambda tx: channels.of_participant(tx, aino.pid))
    assert present is not None
    assert present.mentor == maria.pid
