from datetime import timedelta

import pytest

from mentorbot.programme.content import Form, Kind
from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.notices import Album, Carried, Piece, Relayed
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import Words
from storage import outbox, people, safety, standing
from storage.standing import Standing
from storage.transaction import Store
from tests.people import NOW, joined, paired

HOUR = timedelta(hours=1)
LONG_AGO = NOW - timedelta(days=30)


@pytest.fixture
async def aino(store: Store) -> Person:
    return await joined(store, Role.PARTICIPANT)


async def note(store: Store, who: Person, messages: dict[int, timedelta]) -> None:
    """Messages in somebody's chat, and how long ago they came to stand there."""
    stand = [Standing(message=MessageId(message), at=NOW - age) for message, age in messages.items()]
    await store.transact(lambda tx: standing.note(tx, who.pid, *stand))


async def those_of(store: Store, pid: Pid, *, age: timedelta = NOW - LONG_AGO, most: int = 100) -> list[int]:
    return [int(one) for one in await store.transact(lambda tx: standing.of(tx, pid, since=NOW - age, most=most))]


async def test_what_stands_in_a_participants_chat_is_known_and_in_nobody_elses(store: Store, aino: Person) -> None:
    others = [await joined(store, role) for role in (Role.MENTOR, Role.COORDINATOR)]
    for person in (aino, *others):
        await note(store, person, {7: HOUR, 9: HOUR})
    await store.transact(lambda tx: standing.note(tx, Pid(b"x" * 16), Standing(message=MessageId(7), at=NOW)))
    assert await those_of(store, aino.pid) == [7, 9]
    assert [await those_of(store, person.pid) for person in others] == [[], []]


async def test_a_message_is_as_old_as_when_it_was_first_noted(store: Store, aino: Person) -> None:
    await note(store, aino, {7: 3 * HOUR})
    await note(store, aino, {7: HOUR})
    assert await those_of(store, aino.pid, age=3 * HOUR) == []
    assert await those_of(store, aino.pid, age=3 * HOUR + timedelta.resolution) == [7]


async def test_the_oldest_come_first_and_no_more_than_asked_for(store: Store, aino: Person) -> None:
    await note(store, aino, {9: HOUR, 7: 3 * HOUR, 8: 2 * HOUR})
    assert await those_of(store, aino.pid, most=2) == [7, 8]


async def test_what_is_gone_is_forgotten_and_the_rest_is_not(store: Store, aino: Person) -> None:
    eero = await joined(store, Role.PARTICIPANT)
    for person in (aino, eero):
        await note(store, person, {7: HOUR, 8: HOUR})
    await store.transact(lambda tx: standing.forget(tx, aino.pid, [MessageId(7), MessageId(99)]))
    assert (await those_of(store, aino.pid), await those_of(store, eero.pid)) == ([8], [7, 8])


async def test_what_is_old_is_purged_and_all_goes_with_its_person(store: Store, aino: Person) -> None:
    await note(store, aino, {7: 2 * HOUR, 8: HOUR})
    await store.transact(lambda tx: standing.purge(tx, before=NOW - HOUR))
    assert await those_of(store, aino.pid) == [8]
    await store.transact(lambda tx: people.remove(tx, aino.pid))
    assert await those_of(store, aino.pid) == []


async def test_what_telegram_has_still_to_copy_is_known(store: Store, aino: Person) -> None:
    """Not words, which are written anew, and not an album of several, whose files are sent by their numbers."""
    mikael = await joined(store, Role.MENTOR)
    channel = await paired(store, aino, mikael)
    other = await paired(store, await joined(store, Role.PARTICIPANT), mikael)
    pieces = [Piece(from_message=MessageId(number), kind=Kind.PHOTO, file="f") for number in (3, 4, 5)]
    waiting = [
        Relayed(from_message=MessageId(1), words=Words(text="x")),
        Carried(from_message=MessageId(2), sender=aino.pid, form=Form.BARE),
        Album(from_message=MessageId(3), sender=aino.pid, pieces=(pieces[0],)),
        Album(from_message=MessageId(4), sender=aino.pid, pieces=tuple(pieces[1:])),
    ]
    for notice in waiting:
        await store.transact(lambda tx, notice=notice: outbox.put(tx, mikael.pid, notice, channel=channel.id))  # type: ignore[misc]
    elsewhere = Carried(from_message=MessageId(6), sender=mikael.pid, form=Form.BARE)
    await store.transact(lambda tx: outbox.put(tx, mikael.pid, elsewhere, channel=other.id))
    await store.transact(lambda tx: outbox.put(tx, aino.pid, elsewhere, channel=channel.id))
    assert await store.transact(lambda tx: outbox.to_be_copied(tx, mikael.pid, channel.id)) == {2, 3}


async def test_who_lets_messages_go_is_found_when_one_is_old_enough(store: Store, aino: Person) -> None:
    eero, liisa = [await joined(store, Role.PARTICIPANT) for _ in range(2)]
    for person, hours in ((aino, 6), (eero, 12)):
        await store.transact(lambda tx, pid=person.pid, hours=hours: safety.settle(tx, pid, erase_after=hours))  # type: ignore[misc]
    for person in (aino, eero, liisa):
        await note(store, person, {7: 6 * HOUR, 8: HOUR})

    async def due(since: timedelta = 48 * HOUR) -> list[Pid]:
        return await store.transact(lambda tx: standing.due(tx, since=NOW - since))

    assert await due() == [aino.pid]
    assert await due(since=6 * HOUR) == [], "too old to be removed"
    await note(store, eero, {6: 12 * HOUR})
    assert sorted(await due()) == sorted([aino.pid, eero.pid])
    assert await those_of(store, aino.pid) == [7, 8]
    until = NOW - 6 * HOUR
    old = await store.transact(lambda tx: standing.of(tx, aino.pid, since=LONG_AGO, until=until, most=9))
    assert old == [7]
