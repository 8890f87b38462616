"""Rows of channels: one active mentor, held by the database; and a channel is only had by its own people."""

import asyncio
import secrets
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from mentorbot.programme.channel import Channel, Choice
from mentorbot.programme.content import Concern, Form, Written
from mentorbot.programme.errors import NotThere, Stale, ValueRefused
from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import Words
from storage import channels, held, links, people, tables
from storage.transaction import Store, Transaction
from tests.people import NOW, Installation, at, joined, paired


async def closed(store: Store, channel: Channel) -> None:
    """The channel is over; nothing in the program closes one yet."""
    this = update(tables.channels).where(tables.channels.c.id == channel.id)
    await store.transact(lambda tx: tx.conn.execute(this.values(closed_at=NOW)))


async def aino_and_mikael(store: Store) -> tuple[Person, Person]:
    return await joined(store, Role.PARTICIPANT), await joined(store, Role.MENTOR)


def channel_of(participant: Pid, mentor: Pid) -> Channel:
    return Channel(id=ChannelId(secrets.token_bytes(16)), participant=participant, mentor=mentor, opened_at=NOW)


async def test_both_have_the_channel_that_was_opened(store: Store) -> None:
    aino, mikael = await aino_and_mikael(store)
    channel = await paired(store, aino, mikael)
    assert await store.transact(lambda tx: channels.of_participant(tx, aino.pid)) == channel
    assert await store.transact(lambda tx: channels.of_mentor(tx, mikael.pid)) == {channel.id: channel}
    assert await store.transact(lambda tx: channels.access_as_mentor(tx, mikael.pid, channel.id)) == channel


async def test_nobody_else_has_it_and_no_one_has_a_closed_one(store: Store) -> None:
    aino, mikael = await aino_and_mikael(store)
    other = await joined(store, Role.MENTOR)
    channel = await paired(store, aino, mikael)
    for pid, id_ in ((other.pid, channel.id), (aino.pid, channel.id), (mikael.pid, ChannelId(bytes(16)))):
        with pytest.raises(NotThere):
            await store.transact(lambda tx, pid=pid, id_=id_: channels.access_as_mentor(tx, pid, id_))  # type: ignore[misc]
    await closed(store, channel)
    with pytest.raises(NotThere):
        await store.transact(lambda tx: channels.access_as_mentor(tx, mikael.pid, channel.id))
    assert await store.transact(lambda tx: channels.of_participant(tx, aino.pid)) is None
    assert await store.transact(lambda tx: channels.of_mentor(tx, mikael.pid)) == {}


async def test_a_mentors_channels_come_oldest_first(store: Store) -> None:
    mikael = await joined(store, Role.MENTOR)
    opened = []
    for minute in (2, 0, 1):
        store.clock = at(NOW + timedelta(minutes=minute))
        opened.append(await paired(store, await joined(store, Role.PARTICIPANT), mikael))
    found = await store.transact(lambda tx: channels.of_mentor(tx, mikael.pid))
    assert list(found.values()) == sorted(opened, key=lambda channel: channel.opened_at)


async def test_the_other_end_is_told_to_those_who_were_in_the_channel(store: Store) -> None:
    aino, mikael = await aino_and_mikael(store)
    outside = await joined(store, Role.MENTOR)
    channel = await paired(store, aino, mikael)
    for _ in ("open", "closed"):
        assert await store.transact(lambda tx: channels.other_end(tx, channel.id, aino.pid)) == mikael.pid
        assert await store.transact(lambda tx: channels.other_end(tx, channel.id, mikael.pid)) == aino.pid
        with pytest.raises(NotThere):
            await store.transact(lambda tx: channels.other_end(tx, channel.id, outside.pid))
        await closed(store, channel)


# --- one active mentor ------------------------------------------------------------------------------------------------


async def test_a_participant_with_a_mentor_gets_no_second_one(store: Store) -> None:
    aino, mikael = await aino_and_mikael(store)
    channel = await paired(store, aino, mikael)
    for mentor in (mikael, await joined(store, Role.MENTOR)):
        with pytest.raises(Stale):
            await paired(store, aino, mentor)
    assert await store.transact(lambda tx: channels.of_participant(tx, aino.pid)) == channel


async def test_of_two_who_are_paired_at_once_one_is(store: Store, installation: Installation) -> None:
    other = await installation.open()
    aino = await joined(store, Role.PARTICIPANT)
    mentors = [await joined(store, Role.MENTOR) for _ in range(4)]
    outcomes = await asyncio.gather(
        *(paired(opened, aino, mentor) for mentor, opened in zip(mentors, (store, other) * 2, strict=True)),
        return_exceptions=True,
    )
    (winner,) = [outcome for outcome in outcomes if isinstance(outcome, Channel)]
    assert [type(outcome) for outcome in outcomes if outcome is not winner] == [Stale] * 3
    assert await store.transact(lambda tx: channels.of_participant(tx, aino.pid)) == winner
    await other.close()


async def test_the_database_itself_refuses_a_second_active_mentor(store: Store) -> None:
    aino, mikael = await aino_and_mikael(store)
    first = await paired(store, aino, mikael)
    add = text("INSERT INTO channels (id, participant, mentor, opened_at) VALUES (:id, :participant, :mentor, 1)")
    row = {"id": secrets.token_bytes(16), "participant": aino.pid, "mentor": mikael.pid}
    with pytest.raises(ValueRefused):
        await store.data.run(lambda conn: conn.execute(add, row))
    await closed(store, first)
    await store.data.run(lambda conn: conn.execute(add, row))  # the control: it was the active one that forbade it
    reopen = text("UPDATE channels SET closed_at = NULL")
    with pytest.raises(ValueRefused):
        await store.data.run(lambda conn: conn.execute(reopen))


async def test_a_refused_pairing_spoils_nothing_else_in_the_transaction(store: Store) -> None:
    aino, mikael = await aino_and_mikael(store)
    await paired(store, aino, mikael)
    free = await joined(store, Role.PARTICIPANT)

    def two_pairings(tx: Transaction) -> None:
        with pytest.raises(Stale):
            channels.open_(tx, channel_of(aino.pid, mikael.pid))
        channels.open_(tx, channel_of(free.pid, mikael.pid))

    await store.transact(two_pairings)
    assert len(await store.transact(lambda tx: channels.of_mentor(tx, mikael.pid))) == 2


async def test_nobody_is_paired_with_somebody_who_is_not_there(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    with pytest.raises(Stale):
        await store.transact(lambda tx: channels.open_(tx, channel_of(aino.pid, Pid(bytes(16)))))


# --- choices, what is held, links -------------------------------------------------------------------------------------


async def test_a_mentors_last_choice_is_the_one_that_counts(store: Store) -> None:
    mikael = await joined(store, Role.MENTOR)
    assert await store.transact(lambda tx: channels.choice_of(tx, mikael.pid)) is None
    for minutes in (10, 20):
        channel = await paired(store, await joined(store, Role.PARTICIPANT), mikael)
        choice = Choice(channel=channel.id, until=NOW + timedelta(minutes=minutes))
        await store.transact(lambda tx, choice=choice: channels.choose(tx, mikael.pid, choice))  # type: ignore[misc]
        assert await store.transact(lambda tx: channels.choice_of(tx, mikael.pid)) == choice


async def test_a_held_message_is_taken_once(store: Store) -> None:
    mikael, other = await joined(store, Role.MENTOR), await joined(store, Role.MENTOR)
    message = MessageId(17)
    waits = Written(message=message, words=Words(text="Wait"), concerns=(Concern.FILE,))
    for _ in ("held", "held again when the update is replayed"):
        await store.transact(lambda tx: held.hold(tx, mikael.pid, waits))
    assert await store.transact(lambda tx: held.take(tx, other.pid, message)) is None
    assert await store.transact(lambda tx: held.take(tx, mikael.pid, message)) == waits
    assert await store.transact(lambda tx: held.take(tx, mikael.pid, message)) is None


async def test_what_nobody_answered_for_is_forgotten(store: Store) -> None:
    mikael = await joined(store, Role.MENTOR)
    for number, moment in ((1, NOW), (2, NOW + timedelta(hours=1))):
        store.clock = at(moment)
        waits = Written(message=MessageId(number), words=Words(text="Wait"))
        await store.transact(lambda tx, waits=waits: held.hold(tx, mikael.pid, waits))  # type: ignore[misc]
    await store.transact(lambda tx: held.purge(tx, before=NOW + timedelta(minutes=1)))
    left = [await store.transact(lambda tx, n=n: held.find(tx, mikael.pid, MessageId(n))) for n in (1, 2)]  # type: ignore[misc]
    assert [written is not None for written in left] == [False, True]


async def test_each_message_has_its_counterpart_on_the_other_side(store: Store) -> None:
    aino, mikael = await aino_and_mikael(store)
    channel = await paired(store, aino, mikael)
    another = await paired(store, await joined(store, Role.PARTICIPANT), mikael)

    def fill(tx: Transaction) -> None:
        for part in (5, 6):
            links.link(tx, to=mikael.pid, to_message=MessageId(part), channel=channel.id, from_message=MessageId(9))
        links.link(tx, to=aino.pid, to_message=MessageId(12), channel=channel.id, from_message=MessageId(8))

    await store.transact(fill)
    both = {"of": aino.pid, "to": mikael.pid}
    found = {
        number: await store.transact(lambda tx, n=number: links.counterpart(tx, channel.id, MessageId(n), **both))  # type: ignore[misc]
        for number in (9, 12, 7)
    }
    assert found == {9: 5, 12: 8, 7: None}
    back = await store.transact(lambda tx: links.counterpart(tx, channel.id, MessageId(6), of=mikael.pid, to=aino.pid))
    assert back == 9
    assert await store.transact(lambda tx: links.counterpart(tx, another.id, MessageId(9), **both)) is None
    went = await store.transact(lambda tx: links.went_as(tx, channel.id, MessageId(9), to=mikael.pid))
    assert [(link.message, link.form, link.at) for link in went] == [(5, Form.TEXT, NOW), (6, Form.TEXT, NOW)]


async def test_a_reply_finds_the_channel_of_the_message_that_it_answers(store: Store) -> None:
    aino, mikael = await aino_and_mikael(store)
    channel = await paired(store, aino, mikael)

    def link(tx: Transaction) -> None:
        links.link(tx, to=mikael.pid, to_message=MessageId(5), channel=channel.id, from_message=MessageId(900))

    await store.transact(link)
    await store.transact(link)  # sent again after a crash: the same link
    assert await store.transact(lambda tx: links.linked(tx, mikael.pid, MessageId(5))) == channel.id
    assert await store.transact(lambda tx: links.linked(tx, aino.pid, MessageId(5))) is None
    assert await store.transact(lambda tx: links.linked(tx, mikael.pid, MessageId(900))) is None


async def test_with_the_participant_goes_what_was_theirs(store: Store) -> None:
    aino, mikael = await aino_and_mikael(store)
    channel = await paired(store, aino, mikael)

    def fill_then_remove(tx: Transaction) -> None:
        channels.choose(tx, mikael.pid, Choice(channel=channel.id, until=NOW))
        links.link(tx, to=mikael.pid, to_message=MessageId(5), channel=channel.id, from_message=MessageId(9))
        people.remove(tx, aino.pid)

    await store.transact(fill_then_remove)
    assert await store.transact(lambda tx: channels.of_mentor(tx, mikael.pid)) == {}
    assert await store.transact(lambda tx: channels.choice_of(tx, mikael.pid)) == Choice(channel=None, until=NOW)
    assert await store.transact(lambda tx: links.linked(tx, mikael.pid, MessageId(5))) is None
