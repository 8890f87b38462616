"""Messages go by themselves from a participant's own chat."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from mentorbot.programme.content import Form
from mentorbot.programme.errors import NotPermitted, Stale
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import AutoEraseNotUnderstood, AutoEraseShown, Carried, Erased, WipeAsked
from mentorbot.programme.people import Person, Role
from mentorbot.programme.safety import ERASE_AFTER, ERASE_CHOICES
from mentorbot.services import auto_erase
from storage import covered, outbox, people, safety, standing
from storage.standing import Standing
from storage.transaction import Store
from tests.people import NOW, at, joined, paired
from tests.usecases.queue import heard

HOUR = timedelta(hours=1)


async def settled(store: Store, who: Person, hours: int) -> None:
    await store.transact(lambda tx: auto_erase.settle(tx, who, hours))
    await heard(store)


async def stand(store: Store, who: Person, messages: Iterable[int], *, age: timedelta) -> None:
    rows = [Standing(message=MessageId(message), at=NOW - age) for message in messages]
    await store.transact(lambda tx: standing.note(tx, who.pid, *rows))


async def erased(store: Store, who: Person) -> list[int]:
    """What goes now, when it is carried out."""
    messages = await store.transact(lambda tx: auto_erase.going(tx, who.pid))
    await store.transact(lambda tx: auto_erase.gone(tx, who.pid, messages))
    return [int(message) for message in messages]


# --- what is settled --------------------------------------------------------------------------------------------------


async def test_a_time_is_chosen_and_taken_back(store: Store, aino: Person) -> None:
    await store.transact(lambda tx: auto_erase.show(tx, aino))
    await store.transact(lambda tx: auto_erase.settle(tx, aino, 6, instead_of=MessageId(5)))
    await store.transact(lambda tx: auto_erase.settle(tx, aino, auto_erase.NEVER))
    assert await heard(store) == {
        aino.pid: [
            AutoEraseShown(hours=None),
            AutoEraseShown(hours=6, replaces=MessageId(5)),
            AutoEraseShown(hours=None),
        ]
    }
    assert set(ERASE_CHOICES) <= set(ERASE_AFTER)


@pytest.mark.parametrize(("typed", "hours"), [("1", 1), ("8", 8), ("47", 47), ("0", None), ("08", 8)])
async def test_a_time_is_typed(store: Store, aino: Person, typed: str, hours: int | None) -> None:
    await settled(store, aino, 12)
    await store.transact(lambda tx: auto_erase.set_typed(tx, aino, typed))
    assert await heard(store) == {aino.pid: [AutoEraseShown(hours=hours)]}
    assert (await store.transact(lambda tx: safety.of(tx, aino.pid))).erase_after == hours


@pytest.mark.parametrize("typed", ["48", "-1", "8 h", "soon", "²", "1.5", "9" * 9_999, "٣ "])
async def test_what_is_no_time_changes_nothing(store: Store, aino: Person, typed: str) -> None:
    await settled(store, aino, 12)
    await store.transact(lambda tx: auto_erase.set_typed(tx, aino, typed))
    assert await heard(store) == {aino.pid: [AutoEraseNotUnderstood()]}
    assert (await store.transact(lambda tx: safety.of(tx, aino.pid))).erase_after == 12


async def test_it_is_for_participants_and_no_button_has_another_time(store: Store, aino: Person) -> None:
    mikael = await joined(store, Role.MENTOR)
    with pytest.raises(NotPermitted):
        await store.transact(lambda tx: auto_erase.show(tx, mikael))
    with pytest.raises(NotPermitted):
        await store.transact(lambda tx: auto_erase.settle(tx, mikael, 6))
    with pytest.raises(NotPermitted):
        await store.transact(lambda tx: auto_erase.set_typed(tx, mikael, "x"))
    with pytest.raises(Stale):
        await store.transact(lambda tx: auto_erase.settle(tx, aino, 48))
    assert await heard(store) == {}


# --- what goes --------------------------------------------------------------------------------------------------------


async def test_what_is_old_enough_goes_and_only_from_the_chats_of_those_who_want_it(store: Store, aino: Person) -> None:
    eero = await joined(store, Role.PARTICIPANT)
    await settled(store, aino, 6)
    for person in (aino, eero):
        await stand(store, person, [1], age=48 * HOUR)
        await stand(store, person, [2, 3], age=6 * HOUR)
        await stand(store, person, [4], age=6 * HOUR - timedelta(seconds=1))
    await auto_erase.erase_due(store)
    assert await heard(store) == {aino.pid: [Erased()]}
    assert await erased(store, aino) == [2, 3]
    assert await erased(store, eero) == []
    await auto_erase.erase_due(store)
    assert await heard(store) == {}
    store.clock = at(NOW + timedelta(seconds=1))
    await auto_erase.erase_due(store)
    assert await heard(store) == {aino.pid: [Erased()]}
    assert await erased(store, aino) == [4]


async def test_who_cannot_be_reached_has_it_waiting_once(store: Store, aino: Person) -> None:
    await settled(store, aino, 6)
    await stand(store, aino, [2], age=6 * HOUR)
    for _ in range(3):
        await auto_erase.erase_due(store)
    assert await store.transact(outbox.unfinished) == 1


async def test_what_was_decided_otherwise_meanwhile_stays(store: Store, aino: Person) -> None:
    await settled(store, aino, 6)
    await stand(store, aino, [2], age=6 * HOUR)
    await settled(store, aino, 12)
    assert await erased(store, aino) == []
    await settled(store, aino, auto_erase.NEVER)
    assert await erased(store, aino) == []


async def test_what_has_still_to_be_copied_stays_until_it_is(store: Store, aino: Person) -> None:
    mikael = await joined(store, Role.MENTOR)
    channel = await paired(store, aino, mikael)
    await settled(store, aino, 6)
    await stand(store, aino, [2, 3], age=6 * HOUR)
    carried = Carried(from_message=MessageId(3), sender=aino.pid, form=Form.BARE)
    await store.transact(lambda tx: outbox.put(tx, mikael.pid, carried, channel=channel.id))
    assert await erased(store, aino) == [2]
    await heard(store)  # it is out of the way
    assert await erased(store, aino) == [3]


async def test_nothing_is_left_behind_lines_as_old_as_that(store: Store, aino: Person) -> None:
    await settled(store, aino, 6)

    async def cover(line: MessageId) -> None:
        await store.transact(lambda tx: covered.cover(tx, aino.pid, line, WipeAsked(), channel=None))

    async def is_empty(line: MessageId) -> bool:
        return await store.transact(lambda tx: covered.find(tx, aino.pid, line)) is None

    lines = {MessageId(2): 60, MessageId(3): 6, MessageId(4): 5}
    for line, age in lines.items():
        store.clock = at(NOW - age * HOUR)
        await cover(line)
    store.clock = at(NOW)
    await stand(store, aino, [3], age=6 * HOUR)
    assert await erased(store, aino) == [3]
    assert [await is_empty(line) for line in lines] == [True, True, False]


async def test_it_goes_with_its_person(store: Store, aino: Person) -> None:
    await settled(store, aino, 6)
    await stand(store, aino, [2], age=6 * HOUR)
    await store.transact(lambda tx: people.remove(tx, aino.pid))
    await auto_erase.erase_due(store)
    assert await heard(store) == {}
