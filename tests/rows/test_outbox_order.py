"""What goes first to somebody: the higher rank; within talk the channels take turns; in a channel order holds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import update

from mentorbot.programme.channel import Channel
from mentorbot.programme.delivery import Delivery, Rank
from mentorbot.programme.ids import ChannelId, MessageId
from mentorbot.programme.notices import Help, Notice, Privacy, Reacted, Relayed, Removed
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import Words
from storage import claims, outbox, people
from storage.claims import Claimed, Strand
from storage.tables import leadership
from storage.transaction import Store, Transaction
from tests.people import NOW, at, joined, paired

LEADER = 1
CHANNELS = 3


@dataclass(frozen=True, kw_only=True)
class Round:
    """A mentor, and the channels with their participants."""

    store: Store
    mikael: Person
    channels: Sequence[Channel]

    async def put(
        self,
        notice: Notice,
        *,
        channel: ChannelId | None = None,
        actor: Person | None = None,
        rank: Rank | None = None,
        wait: timedelta = timedelta(),
        apart: bool = False,
    ) -> None:
        await self.store.transact(
            lambda tx: outbox.put(tx, self.mikael.pid, notice, channel=channel, rank=rank, wait=wait, apart=apart),
            actor=None if actor is None else actor.pid,
        )

    async def write(self, channel: int, message: int, *, wait: timedelta = timedelta()) -> None:
        await self.put(relayed(message), channel=self.channels[channel].id, wait=wait)

    async def claimed(self, last: Strand | None = None) -> Claimed | None:
        return await self.store.transact(lambda tx: claims.claim(tx, self.mikael.pid, epoch=LEADER, last=last))

    async def all_in_turn(self) -> list[Notice]:
        """Everything that may go now, each sent before the next is claimed."""

        def take(tx: Transaction) -> list[Notice]:
            said, last = [], None
            while row := claims.claim(tx, self.mikael.pid, epoch=LEADER, last=last):
                said.append(outbox.open_notice(tx, row))
                claims.finish(tx, row.id, Delivery.SENT, epoch=LEADER)
                last = row.strand
            return said

        return await self.store.transact(take)

    async def messages(self) -> list[int]:
        return [notice.from_message for notice in await self.all_in_turn() if isinstance(notice, Relayed)]


def relayed(message: int) -> Relayed:
    return Relayed(from_message=MessageId(message), words=Words(text="x"))


@pytest.fixture
async def round_(store: Store) -> Round:
    await store.transact(lambda tx: tx.conn.execute(update(leadership).values(epoch=LEADER)))
    mikael = await joined(store, Role.MENTOR)
    channels = [await paired(store, await joined(store, Role.PARTICIPANT), mikael) for _ in range(CHANNELS)]
    return Round(store=store, mikael=mikael, channels=sorted(channels, key=lambda one: one.id))


# --- ranks ------------------------------------------------------------------------------------------------------------


async def test_the_higher_rank_goes_first_whenever_it_came(round_: Round) -> None:
    await round_.put(Privacy(), rank=Rank.BROADCAST)
    await round_.put(Removed(from_message=MessageId(7)), rank=Rank.CHORE)
    await round_.write(0, 1)
    await round_.put(Help(role=Role.MENTOR), actor=round_.mikael)
    assert [type(notice) for notice in await round_.all_in_turn()] == [Help, Relayed, Removed, Privacy]


async def test_what_somebody_gets_for_their_own_doing_is_an_answer_and_all_else_is_talk(round_: Round) -> None:
    aino = await joined(round_.store, Role.PARTICIPANT)
    for actor in (round_.mikael, aino, None):
        await round_.put(Privacy(), actor=actor)
    ranks: list[int] = []
    last = None
    while (row := await round_.claimed(last)) is not None:
        ranks.append(row.strand.rank)
        last = row.strand
        await round_.store.transact(lambda tx, row=row: claims.finish(tx, row.id, Delivery.SENT, epoch=LEADER))  # type: ignore[misc]
    assert ranks == [Rank.ANSWER, Rank.TALK, Rank.TALK]


@pytest.mark.parametrize(
    "passed",
    [relayed(1), Removed(from_message=MessageId(1)), Reacted(to_counterpart_of=MessageId(1), emoji=None)],
    ids=["words", "removal", "reaction"],
)
async def test_what_one_passes_to_another_keeps_its_place_in_the_channel_whoever_sets_it_free(
    round_: Round, passed: Notice
) -> None:
    await round_.put(passed, channel=round_.channels[0].id, actor=round_.mikael)
    row = await round_.claimed()
    assert row is not None
    assert row.strand == (Rank.TALK, round_.channels[0].id)


@pytest.mark.parametrize("rank", Rank)
async def test_what_is_not_due_holds_up_no_other_rank(round_: Round, rank: Rank) -> None:
    await round_.put(Help(role=Role.MENTOR), rank=rank, wait=timedelta(seconds=1))
    others = [each for each in Rank if each is not rank]
    for each in others:
        await round_.put(Privacy(), rank=each)
    assert await round_.all_in_turn() == [Privacy()] * len(others)
    round_.store.clock = at(NOW + timedelta(seconds=1))
    assert await round_.all_in_turn() == [Help(role=Role.MENTOR)]


async def test_what_is_due_first_decides_when_somebody_is_looked_at_again(round_: Round) -> None:
    await round_.put(Privacy(), rank=Rank.ANSWER, wait=timedelta(seconds=9))
    await round_.put(Privacy(), rank=Rank.CHORE, wait=timedelta(seconds=4))
    await round_.put(Privacy(), rank=Rank.CHORE)  # behind the one before it
    assert await round_.store.transact(lambda tx: claims.due(tx, round_.mikael.pid)) == (
        NOW + timedelta(seconds=4),
        Rank.CHORE,
    )


@pytest.mark.parametrize("apart", [True, False], ids=["apart", "control"])
async def test_what_waits_apart_holds_up_nothing_of_its_own_rank(round_: Round, apart: bool) -> None:
    await round_.put(Help(role=Role.MENTOR), rank=Rank.CHORE, wait=timedelta(minutes=1), apart=apart)
    await round_.put(Privacy(), rank=Rank.CHORE)
    assert await round_.all_in_turn() == ([Privacy()] if apart else [])
    round_.store.clock = at(NOW + timedelta(minutes=1))
    assert await round_.all_in_turn() == [Help(role=Role.MENTOR)] + ([] if apart else [Privacy()])


async def test_who_is_due_is_looked_for_by_rank(round_: Round) -> None:
    await round_.put(Privacy(), rank=Rank.BROADCAST)
    assert await round_.store.transact(claims.due_recipients) == {round_.mikael.pid: Rank.BROADCAST}
    assert await round_.store.transact(lambda tx: claims.due_recipients(tx, Rank.CHORE)) == {}
    await round_.put(Privacy(), rank=Rank.CHORE)
    assert await round_.store.transact(claims.due_recipients) == {round_.mikael.pid: Rank.CHORE}
    assert await round_.store.transact(lambda tx: claims.due_recipients(tx, Rank.CHORE)) == {
        round_.mikael.pid: Rank.CHORE
    }


# --- channels take turns ----------------------------------------------------------------------------------------------


async def test_a_flood_in_one_channel_stands_behind_one_message_in_another(round_: Round) -> None:
    for message in range(6):
        await round_.write(0, message)
    await round_.write(2, 100)
    await round_.write(1, 200)
    await round_.write(2, 101)
    assert await round_.messages() == [0, 200, 100, 1, 101, 2, 3, 4, 5]


async def test_what_comes_in_the_midst_of_a_flood_is_next_but_one_at_most(round_: Round) -> None:
    for message in range(3):
        await round_.write(1, message)
    flooding = await round_.claimed()
    assert flooding is not None
    await round_.write(0, 100)
    await round_.store.transact(lambda tx: claims.finish(tx, flooding.id, Delivery.SENT, epoch=LEADER))
    after = await round_.claimed(flooding.strand)
    assert after is not None
    assert after.channel == round_.channels[0].id


async def test_a_message_that_is_not_due_holds_up_its_own_channel_alone(round_: Round) -> None:
    await round_.write(0, 1, wait=timedelta(seconds=1))
    await round_.write(0, 2)
    await round_.write(1, 3)
    assert await round_.messages() == [3]
    round_.store.clock = at(NOW + timedelta(seconds=1))
    assert await round_.messages() == [1, 2]


async def test_somebody_who_cannot_be_reached_is_not_looked_at_again(round_: Round) -> None:
    await round_.write(0, 1)
    assert await round_.store.transact(lambda tx: claims.due(tx, round_.mikael.pid)) == (NOW, Rank.TALK)
    await round_.store.transact(lambda tx: people.set_unreachable(tx, round_.mikael.pid, refused=NOW))
    assert await round_.store.transact(lambda tx: claims.due(tx, round_.mikael.pid)) is None


# --- any order of writing and sending ---------------------------------------------------------------------------------

Step = int | None
"""A message in this channel, or one that is sent."""


@dataclass
class Waiting:
    """What waits in each channel, and how often another went before its first."""

    queues: list[list[int]] = field(default_factory=lambda: [[] for _ in range(CHANNELS)])
    passed_over: list[int] = field(default_factory=lambda: [0] * CHANNELS)

    def sent(self, message: int) -> None:
        (channel,) = [number for number, queue in enumerate(self.queues) if message in queue]
        assert self.queues[channel][0] == message, "order in a channel"
        self.queues[channel].pop(0)
        self.passed_over[channel] = 0
        for other in range(CHANNELS):
            if other != channel and self.queues[other]:
                self.passed_over[other] += 1
        assert max(self.passed_over) < CHANNELS, "everybody's turn comes before anybody's second"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(st.none() | st.integers(0, CHANNELS - 1), min_size=1, max_size=40))
async def test_order_holds_in_each_channel_and_nobody_is_passed_over_twice(round_: Round, steps: list[Step]) -> None:
    def unit(tx: Transaction) -> None:
        waiting, last = Waiting(), None
        for message, step in enumerate([*steps, *[None] * len(steps)]):
            if step is not None:
                outbox.put(tx, round_.mikael.pid, relayed(message), channel=round_.channels[step].id)
                waiting.queues[step].append(message)
            elif (row := claims.claim(tx, round_.mikael.pid, epoch=LEADER, last=last)) is not None:
                notice = outbox.open_notice(tx, row)
                assert isinstance(notice, Relayed)
                waiting.sent(notice.from_message)
                claims.finish(tx, row.id, Delivery.SENT, epoch=LEADER)
                last = row.strand
        assert not any(waiting.queues), "something was not sent"

    await round_.store.transact(unit)


def test_in_the_order_of_arrival_a_channel_would_be_passed_over() -> None:
    """The control."""
    waiting = Waiting(queues=[[1, 2, 3, 4], [5], []])
    for message in (1, 2):
        waiting.sent(message)
    with pytest.raises(AssertionError, match="everybody's turn"):
        waiting.sent(3)


def test_a_later_message_of_a_channel_would_be_found_out() -> None:
    """The control."""
    with pytest.raises(AssertionError, match="order in a channel"):
        Waiting(queues=[[1, 2], [], []]).sent(2)
