"""Who waits for an answer: the mentor is reminded once, then coordinators hear a number."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from mentorbot.programme.channel import Channel
from mentorbot.programme.content import Written
from mentorbot.programme.hours import Hours
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import AnswerAwaited, AnswersOverdue, Listed, Notice, PeopleShown
from mentorbot.programme.people import Person, Role
from mentorbot.programme.reaction import Reactions
from mentorbot.programme.wording import Words
from mentorbot.services import absence, answering, away, change, messaging, reactions, waiting
from storage import channels, links, people, tables
from storage.transaction import Store
from tests.people import NOW, at, joined, paired
from tests.usecases.queue import heard

PATIENCE = timedelta(hours=24)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Told = dict[str, list[Notice]]


@dataclass(frozen=True, kw_only=True)
class World:
    store: Store
    aino: Person
    mikael: Person
    sari: Person
    channel: Channel

    async def write(self, who: Person, after: timedelta, *, message: int = 7) -> None:
        self.store.clock = at(NOW + after)
        written = Written(message=MessageId(message), words=Words(text="Hello"))
        await self.store.transact(lambda tx: messaging.write(tx, who, written))
        await heard(self.store)

    async def look(self, after: timedelta) -> Told:
        """What the clock brings about, by name."""
        self.store.clock = at(NOW + after)
        await waiting.look(self.store, PATIENCE)
        told = await heard(self.store)
        names = {self.mikael.pid: "mikael", self.sari.pid: "sari", self.aino.pid: "aino"}
        return {names.get(pid, "somebody else"): notices for pid, notices in told.items()}

    async def another(self) -> tuple[Person, Person]:
        """Another pair, whose participant writes at once."""
        eero, maria = await joined(self.store, Role.PARTICIPANT), await joined(self.store, Role.MENTOR)
        await paired(self.store, eero, maria)
        return eero, maria

    def reminder(self, after: timedelta = timedelta()) -> AnswerAwaited:
        return AnswerAwaited(alias=self.aino.alias, since=NOW + after)


@pytest.fixture
async def world(store: Store) -> World:
    aino, mikael = await joined(store, Role.PARTICIPANT), await joined(store, Role.MENTOR)
    sari = await joined(store, Role.COORDINATOR)
    return World(store=store, aino=aino, mikael=mikael, sari=sari, channel=await paired(store, aino, mikael))


# --- the mentor -------------------------------------------------------------------------------------------------------


async def test_a_mentor_is_reminded_once_of_who_waits_and_since_when(world: World) -> None:
    await world.write(world.aino, 0 * HOUR)
    await world.write(world.aino, 5 * HOUR, message=8)
    assert await world.look(6 * HOUR) == {}
    assert await world.look(24 * HOUR - MINUTE) == {}
    assert await world.look(24 * HOUR) == {"mikael": [world.reminder()]}
    assert await world.look(24 * HOUR + MINUTE) == {}
    assert await world.look(47 * HOUR) == {}


async def test_an_answer_ends_the_wait_and_the_next_message_begins_another(world: World) -> None:
    await world.write(world.aino, 0 * HOUR)
    await world.write(world.mikael, 1 * HOUR)
    assert await world.look(30 * HOUR) == {}
    await world.write(world.aino, 31 * HOUR)
    assert await world.look(54 * HOUR) == {}
    assert await world.look(55 * HOUR) == {"mikael": [world.reminder(31 * HOUR)]}


async def test_a_mentor_who_was_not_written_to_is_not_reminded(world: World) -> None:
    await world.write(world.mikael, 0 * HOUR)
    assert await world.look(100 * HOUR) == {}


@pytest.mark.parametrize(("now", "ends"), [(("👍",), True), ((), False)])
async def test_a_reaction_is_an_answer_and_taking_one_back_is_none(
    world: World, now: tuple[str, ...], ends: bool
) -> None:
    await world.write(world.aino, 0 * HOUR)
    await world.store.transact(
        lambda tx: links.link(
            tx,
            to=world.mikael.pid,
            to_message=MessageId(70),
            channel=world.channel.id,
            from_message=MessageId(7),
        )
    )
    changed = Reactions(message=MessageId(70), before=() if now else ("👍",), after=now)
    await world.store.transact(lambda tx: reactions.react(tx, world.mikael, changed))
    await heard(world.store)
    assert (await world.look(24 * HOUR) == {}) is ends


async def test_a_participants_own_reaction_answers_nothing(world: World) -> None:
    await world.write(world.mikael, 0 * HOUR, message=3)
    await world.write(world.aino, 0 * HOUR)
    await world.store.transact(
        lambda tx: links.link(
            tx, to=world.aino.pid, to_message=MessageId(30), channel=world.channel.id, from_message=MessageId(3)
        )
    )
    changed = Reactions(message=MessageId(30), before=(), after=("👍",))
    await world.store.transact(lambda tx: reactions.react(tx, world.aino, changed))
    await heard(world.store)
    assert await world.look(24 * HOUR) == {"mikael": [world.reminder()]}


async def test_only_the_hours_in_which_a_mentor_answers_count(world: World) -> None:
    office = Hours(opens=9 * 60, closes=17 * 60, days=frozenset(range(5)))  # three days of them are the patience
    await world.store.transact(lambda tx: answering.set_hours(tx, world.mikael, office))
    await world.write(world.aino, 0 * HOUR)  # on Monday at half past nine
    assert await world.look(3 * DAY - MINUTE) == {}
    assert await world.look(3 * DAY) == {"mikael": [world.reminder()]}


async def test_who_is_reminded_late_is_reminded_within_their_hours(world: World) -> None:
    office = Hours(opens=9 * 60, closes=17 * 60)
    await world.store.transact(lambda tx: answering.set_hours(tx, world.mikael, office))
    await world.write(world.aino, 0 * HOUR)
    assert await world.look(10 * DAY + 10 * HOUR) == {}  # nobody looked for ten days, and it is evening
    assert await world.look(10 * DAY + 23 * HOUR + 29 * MINUTE) == {}
    assert await world.look(10 * DAY + 23 * HOUR + 30 * MINUTE) == {"mikael": [world.reminder()]}


async def test_while_a_mentor_is_away_nothing_counts_and_being_back_is_heeded_at_once(world: World) -> None:
    await world.write(world.aino, 0 * HOUR)
    assert await world.look(1 * HOUR) == {}
    await world.store.transact(lambda tx: away.go_away_for(tx, world.mikael, 7))
    await heard(world.store)
    assert await world.look(30 * HOUR) == {}
    await world.store.transact(lambda tx: away.come_back(tx, world.mikael))
    await heard(world.store)
    assert await world.look(30 * HOUR) == {"mikael": [world.reminder()]}


# --- coordinators -----------------------------------------------------------------------------------------------------


async def test_coordinators_hear_how_many_wait_when_as_much_time_has_passed_again(world: World) -> None:
    await world.write(world.aino, 0 * HOUR)
    await world.look(24 * HOUR)
    assert await world.look(48 * HOUR - MINUTE) == {}
    assert await world.look(48 * HOUR) == {"sari": [AnswersOverdue(number=1)]}
    assert await world.look(48 * HOUR + MINUTE) == {}
    assert await world.look(30 * DAY) == {}


async def test_a_mentor_has_their_time_after_the_reminder_however_late_it_came(world: World) -> None:
    await world.write(world.aino, 0 * HOUR)
    assert await world.look(9 * DAY) == {"mikael": [world.reminder()]}
    assert await world.look(10 * DAY - MINUTE) == {}
    assert await world.look(10 * DAY) == {"sari": [AnswersOverdue(number=1)]}


async def test_coordinators_hear_a_number_once_a_day_at_most(world: World) -> None:
    eero, _ = await world.another()
    await world.write(world.aino, 0 * HOUR)
    await world.write(eero, 2 * HOUR)
    await world.look(26 * HOUR)
    assert await world.look(50 * HOUR) == {"sari": [AnswersOverdue(number=2)]}

    mikko, _ = await world.another()
    await world.write(mikko, 3 * HOUR)
    await world.look(27 * HOUR)
    assert await world.look(51 * HOUR) == {}
    assert await world.look(50 * HOUR + DAY - MINUTE) == {}
    assert await world.look(50 * HOUR + DAY) == {"sari": [AnswersOverdue(number=3)]}


async def test_who_was_answered_is_not_counted(world: World) -> None:
    eero, maria = await world.another()
    await world.write(world.aino, 0 * HOUR)
    await world.write(eero, 0 * HOUR)
    await world.look(24 * HOUR)
    await world.write(maria, 25 * HOUR)
    assert await world.look(48 * HOUR) == {"sari": [AnswersOverdue(number=1)]}
    await world.write(world.mikael, 49 * HOUR)
    assert await world.look(80 * HOUR) == {}


# --- what a mentor sees of it in /people ------------------------------------------------------------------------------


async def test_a_mentor_sees_who_waits_longest_first_and_who_wrote_when(world: World) -> None:
    others = [await joined(world.store, Role.PARTICIPANT) for _ in range(3)]
    for after, other in enumerate(others):
        world.store.clock = at(NOW + after * MINUTE)
        await paired(world.store, other, world.mikael)
    quiet, early, answered = others
    await world.write(early, 1 * HOUR)
    await world.write(world.aino, 2 * HOUR)
    await world.write(world.aino, 3 * HOUR)
    await world.write(answered, 4 * HOUR)
    channel = await world.store.transact(lambda tx: channels.of_participant(tx, answered.pid))
    assert channel is not None
    await world.store.transact(lambda tx: messaging.choose(tx, world.mikael, channel.id, instead_of=None))
    await world.write(world.mikael, 4 * HOUR + MINUTE)
    await world.store.transact(lambda tx: absence.pause(tx, quiet))
    await world.store.transact(lambda tx: absence.lost(tx, early.pid, refused=tx.now))
    await heard(world.store)

    await world.store.transact(lambda tx: messaging.show_people(tx, world.mikael))
    (shown,) = (await heard(world.store))[world.mikael.pid]
    assert isinstance(shown, PeopleShown)
    assert [replace(who, channel=world.channel.id) for who in shown.people] == [
        Listed(
            channel=world.channel.id,
            alias=early.alias,
            heard_at=NOW + 1 * HOUR,
            waits_since=NOW + 1 * HOUR,
            unanswered=1,
            unreachable=True,
        ),
        Listed(
            channel=world.channel.id,
            alias=world.aino.alias,
            heard_at=NOW + 3 * HOUR,
            waits_since=NOW + 2 * HOUR,
            unanswered=2,
        ),
        Listed(channel=world.channel.id, alias=quiet.alias, paused=True),
        Listed(channel=world.channel.id, alias=answered.alias, heard_at=NOW + 4 * HOUR),
    ]


# --- what else can happen ---------------------------------------------------------------------------------------------


async def test_two_who_look_at_the_same_moment_remind_once(world: World) -> None:
    pairs = [await world.another() for _ in range(3)]
    for eero, _ in pairs:
        await world.write(eero, 0 * HOUR)
    await world.look(23 * HOUR)
    for when, expected in ((24, 3), (48, 1)):
        world.store.clock = at(NOW + when * HOUR)
        await asyncio.gather(*(waiting.look(world.store, PATIENCE) for _ in range(4)))
        told = await heard(world.store)
        assert sum(map(len, told.values())) == expected


@pytest.mark.parametrize("number", [3, 4, 5])
async def test_more_than_fit_into_one_transaction_are_all_looked_at(world: World, number: int) -> None:
    for eero, _ in [await world.another() for _ in range(number)]:
        await world.write(eero, 0 * HOUR)
    world.store.clock = at(NOW + 24 * HOUR)
    await waiting.look(world.store, PATIENCE, at_once=2)
    told = [notice for notices in (await heard(world.store)).values() for notice in notices]
    assert [type(notice) for notice in told] == [AnswerAwaited] * number


async def test_after_a_change_of_mentor_the_new_one_has_their_time(world: World) -> None:
    await world.write(world.aino, 0 * HOUR)
    await world.look(24 * HOUR)
    maria = await joined(world.store, Role.MENTOR)
    world.store.clock = at(NOW + 25 * HOUR)
    await world.store.transact(
        lambda tx: change.change_now(tx, world.sari, world.channel.id, maria.pid, instead_of=MessageId(1))
    )
    await heard(world.store)
    assert await world.look(48 * HOUR) == {}
    assert await world.look(49 * HOUR) == {"somebody else": [world.reminder(25 * HOUR)]}


async def test_whose_row_cannot_be_read_does_not_hold_up_the_others(world: World) -> None:
    eero, _ = await world.another()
    await world.write(world.aino, 0 * HOUR)
    await world.write(eero, 1 * HOUR)
    broken = update(tables.people).where(tables.people.c.pid == world.aino.pid).values(alias=b"broken")
    await world.store.transact(lambda tx: tx.conn.execute(broken))
    assert await world.look(25 * HOUR) == {"somebody else": [AnswerAwaited(alias=eero.alias, since=NOW + HOUR)]}
    assert await world.look(49 * HOUR) == {"sari": [AnswersOverdue(number=2)]}


async def test_it_goes_with_the_participant(world: World) -> None:
    await world.write(world.aino, 0 * HOUR)
    await world.store.transact(lambda tx: people.remove(tx, world.aino.pid))
    assert await world.store.transact(lambda tx: tx.conn.execute(select(tables.attention)).all()) == []
    assert await world.look(24 * HOUR) == {}
