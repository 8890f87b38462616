"""A mentor says when they answer; a participant who writes at another time hears it once."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mentorbot.programme.answering import READY, Answering
from mentorbot.programme.channel import Channel
from mentorbot.programme.content import Written
from mentorbot.programme.errors import NotPermitted, Stale
from mentorbot.programme.hours import Hours
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import (
    AbsenceNotUnderstood,
    AbsenceOver,
    AbsenceShown,
    AnsweringNotUnderstood,
    AnsweringShown,
    AnswersLater,
    MeetYourMentor,
    MentorAway,
    MentorBack,
    Notice,
    Relayed,
    SubstituteWanted,
    Waits,
)
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import Words
from mentorbot.services import absence, answering as service, away, messaging, pairing
from storage import answering, people
from storage.transaction import Store
from tests.people import at, joined, paired
from tests.usecases.queue import Heard, heard

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

    async def go_away(self, day: str) -> Heard:
        self.store.clock = at(MONDAY_NOON)
        await self.store.transact(lambda tx: away.go_away_until(tx, self.mikael, day))
        return await heard(self.store)

    async def come_back(self, *, when: datetime, under: MessageId | None = None) -> Heard:
        self.store.clock = at(when)
        await self.store.transact(lambda tx: away.come_back(tx, self.mikael, instead_of=under))
        return await heard(self.store)

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


async def test_while_the_mentor_cannot_be_reached_they_hear_that_it_waits_and_no_hours(pair: Pair) -> None:
    await pair.set_hours(OFFICE)
    await pair.store.transact(lambda tx: absence.lost(tx, pair.mikael.pid, refused=tx.now))
    assert await heard(pair.store) == {pair.aino.pid: [Waits(alias="", paused=False)]}
    told_again = MONDAY_EVENING + absence.TOLD_AGAIN_AFTER
    assert await pair.write(pair.aino, when=told_again) == [Waits(alias="", paused=False)]
    assert await pair.write(pair.aino, when=told_again) == []


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


# --- away -------------------------------------------------------------------------------------------------------------

FRIDAY = local(2026, 3, 6)
UNTIL_FRIDAY = MentorAway(answers_at=FRIDAY, some_time_that_day=True)


async def test_of_an_absence_every_participant_is_told_at_once(pair: Pair) -> None:
    eero = await joined(pair.store, Role.PARTICIPANT)
    await paired(pair.store, eero, pair.mikael)
    await paired(pair.store, await joined(pair.store, Role.PARTICIPANT), await joined(pair.store, Role.MENTOR))
    assert await pair.go_away("6.3.") == {
        pair.mikael.pid: [AbsenceShown(until=FRIDAY), SubstituteWanted()],
        pair.aino.pid: [UNTIL_FRIDAY],
        eero.pid: [UNTIL_FRIDAY],
    }


async def test_the_answer_comes_within_the_hours_of_the_day_on_which_the_mentor_is_back(pair: Pair) -> None:
    await pair.set_hours(OFFICE)
    told = await pair.go_away("7.3.")  # a Saturday
    assert told[pair.aino.pid] == [MentorAway(answers_at=local(2026, 3, 9, 9), some_time_that_day=False)]


async def test_saying_the_same_again_tells_nobody_again_and_another_day_does(pair: Pair) -> None:
    await pair.go_away("6.3.")
    assert list(await pair.go_away("2026-03-06")) == [pair.mikael.pid]
    told = await pair.go_away("5.3.")
    assert told[pair.aino.pid] == [MentorAway(answers_at=local(2026, 3, 5), some_time_that_day=True)]


async def test_who_writes_meanwhile_reaches_the_mentor_and_is_told_again_after_a_day(pair: Pair) -> None:
    await pair.go_away("6.3.")
    assert await pair.write(pair.aino, when=MONDAY_NOON + timedelta(hours=23)) == []
    assert await pair.write(pair.aino, when=MONDAY_NOON + timedelta(hours=24)) == [UNTIL_FRIDAY]
    assert await pair.write(pair.aino, when=MONDAY_NOON + timedelta(hours=25)) == []


async def test_it_ends_by_itself(pair: Pair) -> None:
    await pair.go_away("6.3.")
    assert await pair.write(pair.aino, when=FRIDAY) == []
    assert await pair.come_back(when=FRIDAY) == {pair.mikael.pid: [AbsenceShown(until=None)]}


async def test_who_is_back_earlier_has_those_told_who_heard_of_the_absence(pair: Pair) -> None:
    await pair.go_away("6.3.")
    eero = await joined(pair.store, Role.PARTICIPANT)
    await paired(pair.store, eero, pair.mikael)  # and has not written yet
    told = await pair.come_back(when=MONDAY_EVENING)
    assert told == {pair.mikael.pid: [AbsenceOver()], pair.aino.pid: [MentorBack()]}
    assert await pair.come_back(when=MONDAY_EVENING) == {pair.mikael.pid: [AbsenceShown(until=None)]}
    await pair.store.transact(lambda tx: away.come_back(tx, pair.mikael, instead_of=MessageId(4)))
    assert await heard(pair.store) == {}
    assert await pair.write(pair.aino, when=TUESDAY_MORNING + timedelta(days=1)) == []


async def test_the_button_says_so_where_the_absence_has_ended_by_itself(pair: Pair) -> None:
    under = MessageId(90)
    await pair.go_away("6.3.")
    assert await pair.come_back(when=FRIDAY, under=under) == {
        pair.mikael.pid: [AbsenceShown(until=None, replaces=under)]
    }


async def test_who_gets_a_mentor_that_is_away_is_told_so(pair: Pair) -> None:
    await pair.go_away("6.3.")
    eero, sari = await joined(pair.store, Role.PARTICIPANT), await joined(pair.store, Role.COORDINATOR)
    await pair.store.transact(
        lambda tx: pairing.pair(tx, sari, eero.pid, eero.version, pair.mikael.pid, instead_of=None)
    )
    assert (await heard(pair.store))[eero.pid] == [MeetYourMentor(mentor=pair.mikael.alias), UNTIL_FRIDAY]


@pytest.mark.parametrize("days", [1, 3, 7, 14])
async def test_the_days_are_counted_from_the_press(pair: Pair, days: int) -> None:
    pair.store.clock = at(MONDAY_EVENING)
    await pair.store.transact(lambda tx: away.go_away_for(tx, pair.mikael, days, instead_of=MessageId(4)))
    shown = AbsenceShown(until=local(2026, 3, 2 + days), replaces=MessageId(4))
    assert (await heard(pair.store))[pair.mikael.pid] == [shown]


async def test_what_is_no_day_to_come_changes_nothing(pair: Pair) -> None:
    assert await pair.go_away("2.3.2026") == {pair.mikael.pid: [AbsenceNotUnderstood()]}
    assert await pair.go_away("next week") == {pair.mikael.pid: [AbsenceNotUnderstood()]}
    with pytest.raises(Stale):
        await pair.store.transact(lambda tx: away.go_away_for(tx, pair.mikael, 0))
    assert await pair.store.transact(lambda tx: answering.of(tx, pair.mikael.pid)) == Answering()


# --- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.COORDINATOR])
async def test_it_is_for_mentors(store: Store, role: Role) -> None:
    other = await joined(store, role)
    for attempt in (
        lambda tx: service.show(tx, other),
        lambda tx: service.set_hours(tx, other, OFFICE),
        lambda tx: service.set_typed(tx, other, "9-17"),
        lambda tx: away.show_absence(tx, other),
        lambda tx: away.go_away_for(tx, other, 1),
        lambda tx: away.go_away_until(tx, other, "6.3."),
        lambda tx: away.come_back(tx, other),
    ):
        with pytest.raises(NotPermitted):
            await store.transact(attempt)


async def test_hours_go_with_their_mentor(pair: Pair) -> None:
    await pair.set_hours(OFFICE)
    maria = await joined(pair.store, Role.MENTOR)
    await pair.store.transact(lambda tx: service.set_hours(tx, maria, OFFICE))
    await pair.store.transact(lambda tx: people.remove(tx, maria.pid))
    assert await pair.store.transact(lambda tx: answering.of(tx, maria.pid)) == Answering()
