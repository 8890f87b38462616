from dataclasses import dataclass
from datetime import timedelta

import pytest

from mentorbot.programme.channel import Channel
from mentorbot.programme.content import Written
from mentorbot.programme.errors import NotPermitted
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import Notice, PauseBegun, PauseOver, ReachableAgain, Relayed, Waits
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import Words
from mentorbot.services import absence, messaging
from storage import people
from storage.transaction import Store
from tests.people import NOW, at, joined, paired
from tests.usecases.queue import heard


@dataclass(frozen=True, kw_only=True)
class Pair:
    store: Store
    aino: Person
    mikael: Person
    channel: Channel

    async def now(self, who: Person) -> Person:
        return await self.store.transact(lambda tx: people.get(tx, who.pid))

    async def write(self, who: Person) -> None:
        me = await self.now(who)
        written = Written(message=MessageId(7), words=Words(text="Hello"))
        await self.store.transact(lambda tx: messaging.write(tx, me, written))

    async def lost(self, who: Person) -> None:
        await self.store.transact(lambda tx: absence.lost(tx, who.pid, refused=tx.now))

    async def back(self, who: Person) -> None:
        me = await self.now(who)
        await self.store.transact(lambda tx: absence.back(tx, me))

    async def pause(self) -> None:
        me = await self.now(self.aino)
        await self.store.transact(lambda tx: absence.pause(tx, me))

    async def resume(self) -> None:
        me = await self.now(self.aino)
        await self.store.transact(lambda tx: absence.resume(tx, me))

    async def told(self, who: Person) -> list[Notice]:
        """What was queued for somebody since, but for what people wrote."""
        return [notice for notice in (await heard(self.store)).get(who.pid, []) if not isinstance(notice, Relayed)]


@pytest.fixture
async def pair(store: Store) -> Pair:
    aino, mikael = await joined(store, Role.PARTICIPANT), await joined(store, Role.MENTOR)
    await paired(store, await joined(store, Role.PARTICIPANT), await joined(store, Role.MENTOR))
    return Pair(store=store, aino=aino, mikael=mikael, channel=await paired(store, aino, mikael))


async def test_of_a_block_the_other_end_hears_once_and_that_it_is_over(pair: Pair) -> None:
    waits = Waits(alias=pair.aino.alias, paused=False)
    await pair.lost(pair.aino)
    await pair.lost(pair.aino)
    assert await heard(pair.store) == {pair.mikael.pid: [waits]}
    await pair.back(pair.aino)
    await pair.back(pair.aino)
    assert await heard(pair.store) == {pair.mikael.pid: [ReachableAgain(alias=pair.aino.alias)]}
    pair.store.clock = at(NOW + timedelta(seconds=1))
    await pair.lost(pair.aino)
    assert await heard(pair.store) == {pair.mikael.pid: [waits]}


async def test_a_participant_hears_the_same_of_their_mentor_without_a_name(pair: Pair) -> None:
    await pair.lost(pair.mikael)
    assert await heard(pair.store) == {pair.aino.pid: [Waits(alias="", paused=False)]}
    await pair.back(pair.mikael)
    assert await heard(pair.store) == {pair.aino.pid: [ReachableAgain(alias="")]}


async def test_who_writes_meanwhile_hears_at_most_once_a_day_that_it_waits(pair: Pair) -> None:
    await pair.lost(pair.mikael)
    assert await pair.told(pair.aino) == [Waits(alias="", paused=False)]
    pair.store.clock = at(NOW + absence.TOLD_AGAIN_AFTER - timedelta(seconds=1))
    await pair.write(pair.aino)
    assert await pair.told(pair.aino) == []
    pair.store.clock = at(NOW + absence.TOLD_AGAIN_AFTER)
    for _ in range(3):
        await pair.write(pair.aino)
    assert await pair.told(pair.aino) == [Waits(alias="", paused=False)]


async def test_who_writes_to_somebody_who_is_there_hears_nothing(pair: Pair) -> None:
    await pair.write(pair.aino)
    assert await pair.told(pair.aino) == []


async def test_who_was_told_nothing_is_not_told_that_it_is_over(pair: Pair) -> None:
    await pair.store.transact(lambda tx: people.set_unreachable(tx, pair.aino.pid, refused=tx.now))
    await pair.back(pair.aino)
    assert await heard(pair.store) == {}


async def test_the_mentor_hears_of_a_break_and_of_its_end(pair: Pair) -> None:
    await pair.pause()
    assert await heard(pair.store) == {
        pair.aino.pid: [PauseBegun()],
        pair.mikael.pid: [Waits(alias=pair.aino.alias, paused=True)],
    }
    await pair.pause()
    assert await heard(pair.store) == {pair.aino.pid: [PauseBegun()]}
    await pair.resume()
    assert await heard(pair.store) == {
        pair.aino.pid: [PauseOver()],
        pair.mikael.pid: [ReachableAgain(alias=pair.aino.alias)],
    }
    await pair.resume()
    assert await heard(pair.store) == {pair.aino.pid: [PauseOver()]}


async def test_writing_does_not_end_a_break(pair: Pair) -> None:
    await pair.pause()
    await heard(pair.store)
    await pair.write(pair.aino)
    assert [type(notice) for notice in (await heard(pair.store))[pair.mikael.pid]] == [Relayed]
    assert (await pair.now(pair.aino)).paused_since == NOW


async def test_a_block_during_a_break_is_not_told_and_its_end_does_not_end_the_break(pair: Pair) -> None:
    await pair.pause()
    await heard(pair.store)
    await pair.lost(pair.aino)
    await pair.back(pair.aino)
    assert await heard(pair.store) == {}
    assert (await pair.now(pair.aino)).paused_since == NOW
    await pair.resume()
    assert await pair.told(pair.mikael) == [ReachableAgain(alias=pair.aino.alias)]


@pytest.mark.parametrize("act", [absence.pause, absence.resume])
async def test_only_a_participant_takes_a_break(pair: Pair, act: object) -> None:
    with pytest.raises(NotPermitted):
        await pair.store.transact(lambda tx: act(tx, pair.mikael))  # type: ignore[operator]
    assert await heard(pair.store) == {}
