"""By agreement, what passes through a channel goes from the mentor's chat too."""

from datetime import timedelta

import pytest

from mentorbot.programme.channel import Channel
from mentorbot.programme.errors import NotPermitted, NotThere, Stale
from mentorbot.programme.ids import ChannelId, MessageId
from mentorbot.programme.notices import (
    AutoEraseShown,
    ErasedThere,
    EraseThereAgreed,
    EraseThereAnswered,
    EraseThereAsked,
    EraseThereDeclined,
    EraseThereEnded,
    EraseThereProposed,
)
from mentorbot.programme.people import Person, Role
from mentorbot.services import auto_erase, erase_there, wiping
from storage import agreements, channels, links
from storage.agreements import Agreement
from storage.transaction import Store
from tests.people import NOW, at, joined, paired
from tests.usecases.queue import heard

HOUR = timedelta(hours=1)


@pytest.fixture
async def channel(store: Store, aino: Person, mikael: Person) -> Channel:
    channel = await paired(store, aino, mikael)
    await store.transact(lambda tx: auto_erase.settle(tx, aino, 6))
    await heard(store)
    return channel


async def answer(store: Store, who: Person, channel: Channel, *, agrees: bool, hours: int = 6) -> None:
    await store.transact(
        lambda tx: erase_there.answer(tx, who, channel.id, hours=hours, agrees=agrees, instead_of=MessageId(5))
    )


async def agreed(store: Store, channel: Channel, aino: Person, mikael: Person) -> None:
    await store.transact(lambda tx: erase_there.propose(tx, aino))
    await answer(store, mikael, channel, agrees=True)
    await heard(store)


async def of(store: Store, channel: ChannelId) -> Agreement | None:
    return await store.transact(lambda tx: agreements.find(tx, channel))


async def link(store: Store, channel: Channel, to: Person, message: int, source: int | None, age: timedelta) -> None:
    store.clock = at(NOW - age)
    from_message = None if source is None else MessageId(source)
    await store.transact(
        lambda tx: links.link(
            tx, to=to.pid, to_message=MessageId(message), channel=channel.id, from_message=from_message
        )
    )
    store.clock = at(NOW)


async def erased(store: Store, mentor: Person, channel: Channel) -> list[int]:
    messages = await store.transact(lambda tx: erase_there.going(tx, mentor.pid, channel.id))
    await store.transact(lambda tx: erase_there.gone(tx, mentor.pid, channel.id, messages))
    return [int(message) for message in messages]


# --- the agreement ----------------------------------------------------------------------------------------------------


async def test_the_participant_asks_once_and_the_mentor_agrees_once(
    store: Store, channel: Channel, aino: Person, mikael: Person
) -> None:
    for _ in range(2):
        await store.transact(lambda tx: erase_there.propose(tx, aino))
    proposed = EraseThereProposed(channel=channel.id, alias=aino.alias, hours=6)
    assert await heard(store) == {mikael.pid: [proposed], aino.pid: [EraseThereAsked()]}
    assert await of(store, channel.id) == Agreement(hours=6, agreed=False)
    for _ in range(2):
        await answer(store, mikael, channel, agrees=True)
    assert await heard(store) == {
        mikael.pid: [EraseThereAgreed(channel=channel.id, alias=aino.alias, hours=6, replaces=MessageId(5))],
        aino.pid: [EraseThereAnswered(hours=6, agreed=True)],
    }
    assert await of(store, channel.id) == Agreement(hours=6, agreed=True)
    await store.transact(lambda tx: auto_erase.show(tx, aino))
    assert await heard(store) == {aino.pid: [AutoEraseShown(hours=6, there=6)]}


async def test_the_mentor_says_no(store: Store, channel: Channel, aino: Person, mikael: Person) -> None:
    await store.transact(lambda tx: erase_there.propose(tx, aino))
    await heard(store)
    for _ in range(2):
        await answer(store, mikael, channel, agrees=False)
    assert await heard(store) == {
        mikael.pid: [EraseThereDeclined(replaces=MessageId(5))],
        aino.pid: [EraseThereAnswered(hours=6, agreed=False)],
    }
    assert await of(store, channel.id) is None
    with pytest.raises(Stale):
        await answer(store, mikael, channel, agrees=True)


async def test_either_ends_it_and_both_hear_of_it_once(
    store: Store, channel: Channel, aino: Person, mikael: Person
) -> None:
    told = {mikael.pid: [EraseThereEnded(alias=aino.alias)], aino.pid: [EraseThereEnded(alias="")]}
    await agreed(store, channel, aino, mikael)
    for _ in range(2):
        await store.transact(lambda tx: erase_there.end_as_participant(tx, aino))
    assert await heard(store) == told
    await agreed(store, channel, aino, mikael)
    for _ in range(2):
        await store.transact(lambda tx: erase_there.end_as_mentor(tx, mikael, channel.id))
    assert await heard(store) == told
    assert await of(store, channel.id) is None


async def test_another_time_is_another_question(store: Store, channel: Channel, aino: Person, mikael: Person) -> None:
    await agreed(store, channel, aino, mikael)
    await store.transact(lambda tx: auto_erase.settle(tx, aino, 6))
    assert await of(store, channel.id) == Agreement(hours=6, agreed=True)
    await heard(store)
    await store.transact(lambda tx: auto_erase.settle(tx, aino, 1))
    said = await heard(store)
    assert said[mikael.pid] == [EraseThereEnded(alias=aino.alias)]
    assert said[aino.pid] == [EraseThereEnded(alias=""), AutoEraseShown(hours=1)]
    await store.transact(lambda tx: erase_there.propose(tx, aino))
    with pytest.raises(Stale):
        await answer(store, mikael, channel, agrees=True, hours=6)
    assert await of(store, channel.id) == Agreement(hours=1, agreed=False)


async def test_nobody_else_says_yes_or_ends_it(store: Store, channel: Channel, aino: Person, mikael: Person) -> None:
    maria = await joined(store, Role.MENTOR)
    await store.transact(lambda tx: erase_there.propose(tx, aino))
    for other in (maria, aino):
        with pytest.raises(NotThere):
            await answer(store, other, channel, agrees=True)
        with pytest.raises(NotThere):
            await store.transact(lambda tx, other=other: erase_there.end_as_mentor(tx, other, channel.id))  # type: ignore[misc]
    with pytest.raises(NotPermitted):
        await store.transact(lambda tx: erase_there.propose(tx, mikael))
    await store.transact(lambda tx: auto_erase.settle(tx, aino, auto_erase.NEVER))
    with pytest.raises(Stale):
        await store.transact(lambda tx: erase_there.propose(tx, aino))
    alone = await joined(store, Role.PARTICIPANT)
    await store.transact(lambda tx: auto_erase.settle(tx, alone, 6))
    with pytest.raises(Stale):
        await store.transact(lambda tx: erase_there.propose(tx, alone))


# --- what goes --------------------------------------------------------------------------------------------------------


async def test_what_passed_and_is_old_enough_goes_and_nothing_of_anybody_else(
    store: Store, channel: Channel, aino: Person, mikael: Person
) -> None:
    eero = await joined(store, Role.PARTICIPANT)
    other = await paired(store, eero, mikael)
    await agreed(store, channel, aino, mikael)
    for to, where, message, source, age in (
        (mikael, channel, 10, 1, 6 * HOUR),  # came from Aino
        (aino, channel, 2, 11, 6 * HOUR),  # Mikael wrote it
        (mikael, channel, 12, None, 7 * HOUR),  # said about the channel
        (aino, channel, 3, None, 7 * HOUR),  # said to Aino about it
        (mikael, channel, 13, 4, 5 * HOUR),
        (mikael, channel, 14, 5, 48 * HOUR),  # too old
        (mikael, other, 20, 1, 6 * HOUR),
        (eero, other, 2, 21, 6 * HOUR),
    ):
        await link(store, where, to, message, source, age)
    await auto_erase.erase_due(store)
    assert (await heard(store))[mikael.pid] == [ErasedThere()]
    assert await erased(store, mikael, channel) == [10, 11, 12]
    assert await erased(store, mikael, channel) == []
    assert await erased(store, mikael, other) == []
    assert await store.transact(lambda tx: links.went_as(tx, channel.id, MessageId(1), to=mikael.pid)) == []
    assert len(await store.transact(lambda tx: links.went_as(tx, channel.id, MessageId(4), to=mikael.pid))) == 1
    assert len(await store.transact(lambda tx: links.went_as(tx, other.id, MessageId(21), to=eero.pid))) == 1


async def test_it_goes_from_the_mentors_chat_also_when_it_has_gone_from_the_participants(
    store: Store, channel: Channel, aino: Person, mikael: Person
) -> None:
    await agreed(store, channel, aino, mikael)
    await link(store, channel, aino, 2, 11, 6 * HOUR)
    await store.transact(lambda tx: wiping.forget(tx, aino.pid, [MessageId(2)]))
    assert await erased(store, mikael, channel) == [11]


@pytest.mark.parametrize("how", ["asked only", "ended", "closed"])
async def test_without_an_agreement_everything_stays(
    store: Store, channel: Channel, aino: Person, mikael: Person, how: str
) -> None:
    await link(store, channel, mikael, 10, 1, 6 * HOUR)
    if how == "asked only":
        await store.transact(lambda tx: erase_there.propose(tx, aino))
    else:
        await agreed(store, channel, aino, mikael)
    if how == "ended":
        await store.transact(lambda tx: erase_there.end_as_mentor(tx, mikael, channel.id))
    if how == "closed":
        await store.transact(lambda tx: channels.close(tx, channel.id))
    await heard(store)
    await auto_erase.erase_due(store)
    assert mikael.pid not in await heard(store)
    assert await erased(store, mikael, channel) == []
