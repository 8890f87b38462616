from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import update

from mentorbot.programme.channel import Channel
from mentorbot.programme.content import Kind, Written
from mentorbot.programme.delivery import Delivery
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import Privacy, Reacted, ReactionNotCarried, Relayed
from mentorbot.programme.people import Person, Role
from mentorbot.programme.reaction import ARRIVED, Reactions
from mentorbot.programme.wording import LONGEST_CAPTION, LONGEST_MESSAGE, Words
from mentorbot.services import messaging, reactions, retention
from storage import links, outbox
from storage.tables import channels as channels_table, outbox as outbox_table
from storage.transaction import Store, Transaction
from tests.people import at, joined, paired
from tests.usecases.queue import Heard, heard

FROM_AINO, AT_MIKAEL = MessageId(501), MessageId(11)
FROM_MIKAEL, AT_AINO = MessageId(12), MessageId(502)
ABOUT = MessageId(77)
CUSTOM = "5368324170671202286"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A participant and their mentor; each has a message of the other. The mentor has another participant."""

    store: Store
    aino: Person
    mikael: Person
    eero: Person
    channel: Channel

    async def react(self, who: Person, message: MessageId, *after: str, before: tuple[str, ...] = ()) -> Heard:
        changed = Reactions(message=message, before=before, after=after)
        await self.store.transact(lambda tx: reactions.react(tx, who, changed))
        return await heard(self.store)


@pytest.fixture
async def pair(store: Store) -> Pair:
    mikael = await joined(store, Role.MENTOR)
    aino, eero = await joined(store, Role.PARTICIPANT), await joined(store, Role.PARTICIPANT)
    await paired(store, eero, mikael)
    channel = await paired(store, aino, mikael)

    def arrive(tx: Transaction) -> None:
        links.link(tx, to=mikael.pid, to_message=AT_MIKAEL, channel=channel.id, from_message=FROM_AINO)
        links.link(tx, to=aino.pid, to_message=AT_AINO, channel=channel.id, from_message=FROM_MIKAEL)
        links.link(tx, to=mikael.pid, to_message=ABOUT, channel=channel.id, from_message=None)

    await store.transact(arrive)
    return Pair(store=store, aino=aino, mikael=mikael, eero=eero, channel=channel)


async def test_a_reaction_goes_to_the_other_end_from_whichever_end_and_on_whosever_message(pair: Pair) -> None:
    for who, other, message in (
        (pair.mikael, pair.aino, AT_MIKAEL),
        (pair.mikael, pair.aino, FROM_MIKAEL),
        (pair.aino, pair.mikael, AT_AINO),
        (pair.aino, pair.mikael, FROM_AINO),
    ):
        assert await pair.react(who, message, "❤") == {other.pid: [Reacted(to_counterpart_of=message, emoji="❤")]}


async def test_what_is_not_from_the_channel_goes_nowhere(pair: Pair) -> None:
    assert await pair.react(pair.mikael, ABOUT, "❤") == {}
    assert await pair.react(pair.mikael, MessageId(999), "❤") == {}
    assert await pair.react(pair.eero, AT_AINO, "❤") == {}
    assert await pair.react(pair.aino, MessageId(999), CUSTOM) == {}


async def test_a_reaction_in_a_closed_channel_goes_nowhere(pair: Pair) -> None:
    close = update(channels_table).values(closed_at=pair.store.clock()).where(channels_table.c.id == pair.channel.id)
    await pair.store.transact(lambda tx: tx.conn.execute(close))
    assert await pair.react(pair.mikael, AT_MIKAEL, "❤") == {}
    assert await pair.react(pair.aino, AT_AINO, "❤") == {}


async def test_when_a_mentor_takes_a_reaction_back_the_sign_of_arrival_returns(pair: Pair) -> None:
    back = await pair.react(pair.mikael, AT_MIKAEL, before=("❤",))
    assert back == {pair.aino.pid: [Reacted(to_counterpart_of=AT_MIKAEL, emoji=ARRIVED)]}


async def test_elsewhere_a_reaction_taken_back_leaves_nothing(pair: Pair) -> None:
    own = await pair.react(pair.mikael, FROM_MIKAEL, before=("❤",))
    assert own == {pair.aino.pid: [Reacted(to_counterpart_of=FROM_MIKAEL, emoji=None)]}
    for message in (AT_AINO, FROM_AINO):
        back = await pair.react(pair.aino, message, before=("❤",))
        assert back == {pair.mikael.pid: [Reacted(to_counterpart_of=message, emoji=None)]}


@pytest.mark.parametrize("state", [state for state in Delivery if state is not Delivery.SENT])
async def test_the_sign_does_not_return_while_a_part_has_not_arrived(pair: Pair, state: Delivery) -> None:
    part = Relayed(from_message=FROM_AINO, words=Words(text="The end"))
    await pair.store.transact(lambda tx: outbox.put(tx, pair.mikael.pid, part, channel=pair.channel.id))
    await pair.store.transact(lambda tx: tx.conn.execute(update(outbox_table).values(state=state)))
    changed = Reactions(message=AT_MIKAEL, before=("❤",), after=())
    await pair.store.transact(lambda tx: reactions.react(tx, pair.mikael, changed))
    assert (await heard(pair.store))[pair.aino.pid] == [Reacted(to_counterpart_of=AT_MIKAEL, emoji=None)]


async def test_what_no_bot_can_set_is_said_to_its_giver_and_to_nobody_else(pair: Pair) -> None:
    assert await pair.react(pair.aino, AT_AINO, CUSTOM) == {pair.aino.pid: [ReactionNotCarried(to_message=AT_AINO)]}
    both = await pair.react(pair.aino, AT_AINO, CUSTOM, before=("❤",))
    assert both == {
        pair.mikael.pid: [Reacted(to_counterpart_of=AT_AINO, emoji=None)],
        pair.aino.pid: [ReactionNotCarried(to_message=AT_AINO)],
    }


async def test_it_is_said_once_and_again_only_when_it_may_be_forgotten(pair: Pair) -> None:
    changed = Reactions(message=AT_AINO, before=(), after=(CUSTOM,))

    async def react() -> int:
        await pair.store.transact(lambda tx: reactions.react(tx, pair.aino, changed))
        return await pair.store.transact(outbox.unfinished)

    await pair.store.transact(lambda tx: outbox.put(tx, pair.aino.pid, Privacy()))
    assert await react() == 2
    assert await react() == 2
    await pair.store.transact(lambda tx: tx.conn.execute(update(outbox_table).values(state=Delivery.SENT, body=None)))
    assert await react() == 0
    pair.store.clock = at(pair.store.clock() + retention.SETTLED_FOR + timedelta(seconds=1))
    await retention.tidy(pair.store)
    assert await react() == 1


@pytest.mark.parametrize(
    ("written", "pieces"),
    [
        (Written(message=FROM_AINO, words=Words(text="Short")), 1),
        (Written(message=FROM_AINO, words=Words(text="x" * (LONGEST_MESSAGE + 1))), 2),
        (Written(message=FROM_AINO, kind=Kind.PHOTO, words=Words(text="Short")), 1),
        (Written(message=FROM_AINO, kind=Kind.PHOTO, words=Words(text="x" * LONGEST_CAPTION)), 2),
        (Written(message=FROM_AINO, kind=Kind.STICKER), 1),
    ],
)
async def test_each_notice_knows_how_many_carry_the_message(pair: Pair, written: Written, pieces: int) -> None:
    await pair.store.transact(lambda tx: messaging.write(tx, pair.aino, written))
    queued = (await heard(pair.store))[pair.mikael.pid]
    assert [getattr(notice, "carried_by", None) for notice in queued] == [pieces] * pieces
