import pytest

from mentorbot.programme.channel import Channel
from mentorbot.programme.ids import ChannelId, ThreadId
from mentorbot.programme.people import Person, Role
from storage import channels, people, topics
from storage.transaction import Store
from tests.people import joined, paired

THREAD, ANOTHER = ThreadId(700), ThreadId(900)


@pytest.fixture
async def mikael(store: Store) -> Person:
    return await joined(store, Role.MENTOR)


@pytest.fixture
async def aino(store: Store) -> Person:
    return await joined(store, Role.PARTICIPANT)


@pytest.fixture
async def channel(store: Store, aino: Person, mikael: Person) -> Channel:
    return await paired(store, aino, mikael)


async def note(store: Store, channel: ChannelId, thread: ThreadId) -> bool:
    return await store.transact(lambda tx: topics.note(tx, channel, thread))


async def channel_of(store: Store, mentor: Person, thread: ThreadId) -> ChannelId | None:
    return await store.transact(lambda tx: topics.channel_of(tx, mentor.pid, thread))


async def test_a_topic_is_found_from_both_sides_and_in_its_own_chat_alone(
    store: Store, mikael: Person, aino: Person, channel: Channel
) -> None:
    maria = await joined(store, Role.MENTOR)
    assert await note(store, channel.id, THREAD)
    assert await store.transact(lambda tx: topics.of(tx, channel.id)) == THREAD
    assert await channel_of(store, mikael, THREAD) == channel.id
    assert await channel_of(store, mikael, ANOTHER) is None
    assert await channel_of(store, maria, THREAD) is None
    assert await store.transact(lambda tx: topics.of_participant(tx, aino.pid)) == [(mikael.pid, THREAD)]


async def test_a_new_topic_takes_the_place_of_the_one_that_is_gone(
    store: Store, mikael: Person, channel: Channel
) -> None:
    for thread in (THREAD, ANOTHER, ANOTHER):
        assert await note(store, channel.id, thread)
    assert await channel_of(store, mikael, THREAD) is None
    assert await channel_of(store, mikael, ANOTHER) == channel.id
    await store.transact(lambda tx: topics.forget(tx, channel.id))
    assert await store.transact(lambda tx: topics.of(tx, channel.id)) is None


async def test_the_topic_of_a_closed_channel_is_known_to_be_one_and_it_gets_no_other(
    store: Store, mikael: Person, channel: Channel
) -> None:
    await note(store, channel.id, THREAD)
    await store.transact(lambda tx: channels.close(tx, channel.id))
    assert await channel_of(store, mikael, THREAD) == channel.id
    assert not await note(store, channel.id, ANOTHER)


async def test_a_topic_goes_with_its_participant_and_none_is_noted_after_that(
    store: Store, mikael: Person, aino: Person, channel: Channel
) -> None:
    await note(store, channel.id, THREAD)
    await store.transact(lambda tx: people.remove(tx, aino.pid))
    assert await channel_of(store, mikael, THREAD) is None
    assert not await note(store, channel.id, THREAD)


async def test_what_a_mentor_wants_is_kept_and_said_once(store: Store, mikael: Person) -> None:
    assert not await store.transact(lambda tx: topics.are_wanted(tx, mikael.pid))
    news = [
        await store.transact(lambda tx, on=on: topics.want(tx, mikael.pid, on))  # type: ignore[misc]
        for on in (False, True, True, False)
    ]
    assert news == [False, True, False, True]
    assert not await store.transact(lambda tx: topics.are_wanted(tx, mikael.pid))
