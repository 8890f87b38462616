"""A mentor says when they answer; a participant who writes at another time hears it once."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mentorbot.programme.answering import READY, Answering
from mentorbot.programme.channel import Channel
from mentorbot.programme.content import Written
from mentorbot.programme.errors import NotPermitted
from mentorbot.programme.hours import Hours
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import AnsweringNotUnderstood, AnsweringShown, AnswersLater, Notice, Relayed
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import Words
from mentorbot.services import answering as service, messaging
from storage import answering, people
from storage.transaction import Store
from tests.people import at, joined, paired
from tests.usecases.queue import heard

HELSINKI = ZoneInfo("Europe/Helsinki")
OFFICE = Hours(opens=9 * 60, closes=17 * 60, days=frozenset(range(5)))


def local(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=HELSINKI).astimezone(UTC)  # type: ignore[misc,arg-type]


MONDAY_NOON, MONDAY_EVENING = local(2026, 3, 2, 12), local(2026, 3, 2, 18)
TUESDAY_MORNING = local(2026, 3, 3, 9)


@dataclass(frozen=True, kw_only=True)
class Pair:
    store: Store
    aino: Person
    mikael: Person
    channel: Channel

    async def write(self, who: Person, *, when: datetime, message: int = 7) -> list[Notice]:
        """What the writer hears after writing."""
        self.store.clock = at(when)
        written = Written(message=MessageId(message), words=Words(text="Hello"))
        await self.store.transact(lambda tx: messaging.write(tx, who, written))
        told = await heard(self.store)
        assert isinstance(told[self.channel.other(who.pid)][0], Relayed)
        return told.get(who.pid, [])

    async def set_hours(self, hours: Hours | None) -> None:
        await self.store.transact(lambda tx: service.set_hours(tx, self.mikael, hours))
        await heard(self.store)


@pytest.fixture
async def pair(store: Store) -> Pair:
    store.zone = HELSINKI
    aino, mikael = await joined(store, Role.PARTICIPANT), await joined(store, Role.MENTOR)
    return Pair(store=store, aino=aino, mikael=mikael, channel=await paired(store, aino, mikael))


async def test_without_hours_nobody_is_told_anything(pair: Pair) -> None:
    assert await pair.write(pair.aino, when=MONDAY_EVENING) == []


async def test_within_the_hours_nobody_is_told_anything(pair: Pair) -> None:
    await pair.set_hours(OFFICE)
    assert await pair.write(pair.aino, when=MONDAY_NOON) == []


async def test_outside_the_hours_a_participant_is_told_once_when_their_mentor_answers(pair: Pair) -> None:
    await pair.set_hours(OFFICE)
    assert await pair.write(pair.aino, when=MONDAY_EVENING) == [AnswersLater(answers_at=TUESDAY_MORNING)]
    assert await pair.write(pair.aino, when=MONDAY_EVENING + timedelta(hours=5)) == []


async def test_they_are_told_again_after_a_day(pair: Pair) -> None:
    await pair.set_hours(OFFICE)
    await pair.write(pair.aino, when=MONDAY_EVENING)
    day = timedelta(days=1)
    assert await pair.write(pair.aino, when=MONDAY_EVENING + day - timedelta(minutes=1)) == []
    assert await pair.write(pair.aino, when=MONDAY_EVENING + day) == [AnswersLater(answers_at=TUESDAY_MORNING + day)]


async def test_two_messages_at_the_same_moment_are_answered_once(pair: Pair) -> None:
    await pair.set_hours(OFFICE)
    pair.store.clock = at(MONDAY_EVENING)

    async def write(number: int) -> None:
        written = Written(message=MessageId(number), words=Words(text="Hello"))
        await pair.store.transact(lambda tx: messaging.write(tx, pair.aino, written))

    await asyncio.gather(*map(write, range(1, 6)))
    told = await heard(pair.store)
    assert told[pair.aino.pid] == [AnswersLater(answers_at=TUESDAY_MORNING)]
    assert len(told[pair.mikael.pid]) == 5


async def test_each_participant_is_told(pair: Pair) -> None:
    await pair.set_hours(OFFICE)
    eero = await joined(pair.store, Role.PARTICIPANT)
    await paired(pair.store, eero, pair.mikael)
    await pair.write(pair.aino, when=MONDAY_EVENING)
    written = Written(message=MessageId(1), words=Words(text="Hello"))
    await pair.store.transact(lambda tx: messaging.write(tx, eero, written))
    assert (await heard(pair.store))[eero.pid] == [AnswersLater(answers_at=TUESDAY_MORNING)]


async def test_a_mentor_who_writes_outside_their_hours_hears_nothing(pair: Pair) -> None:
    await pair.set_hours(OFFICE)
    assert await pair.write(pair.mikael, when=MONDAY_EVENING) == []


async def test_hours_can_be_typed(pair: Pair) -> None:
    await pair.store.transact(lambda tx: service.set_typed(tx, pair.mikael, "ma-pe 9-17"))
    assert await heard(pair.store) == {pair.mikael.pid: [AnsweringShown(hours=OFFICE)]}
    assert await pair.store.transact(lambda tx: answering.of(tx, pair.mikael.pid)) == Answering(hours=OFFICE)


async def test_what_is_no_hours_changes_nothing(pair: Pair) -> None:
    await pair.set_hours(OFFICE)
    await pair.store.transact(lambda tx: service.set_typed(tx, pair.mikael, "whenever I can"))
    assert await heard(pair.store) == {pair.mikael.pid: [AnsweringNotUnderstood()]}
    assert await pair.store.transact(lambda tx: answering.of(tx, pair.mikael.pid)) == Answering(hours=OFFICE)


@pytest.mark.parametrize("hours", [*READY, None])
async def test_what_is_chosen_holds(pair: Pair, hours: Hours | None) -> None:
    await pair.set_hours(OFFICE)
    await pair.store.transact(lambda tx: service.set_hours(tx, pair.mikael, hours, instead_of=MessageId(4)))
    shown = AnsweringShown(hours=hours, replaces=MessageId(4))
    assert await heard(pair.store) == {pair.mikael.pid: [shown]}
    assert await pair.store.transact(lambda tx: answering.of(tx, pair.mikael.pid)) == Answering(hours=hours)


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.COORDINATOR])
async def test_it_is_for_mentors(store: Store, role: Role) -> None:
    other = await joined(store, role)
    for attempt in (
        lambda tx: service.show(tx, other),
        lambda tx: service.set_hours(tx, other, OFFICE),
        lambda tx: service.set_typed(tx, other, "9-17"),
    ):
        with pytest.raises(NotPermitted):
            await store.transact(attempt)


async def test_hours_go_with_their_mentor(pair: Pair) -> None:
    await pair.set_hours(OFFICE)
    maria = await joined(pair.store, Role.MENTOR)
    await pair.store.transact(lambda tx: service.set_hours(tx, maria, OFFICE))
    await pair.store.transact(lambda tx: people.remove(tx, maria.pid))
    assert await pair.store.transact(lambda tx: answering.of(tx, maria.pid)) == Answering()
