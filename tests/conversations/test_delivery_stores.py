"""Sending while the stores fail."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from mentorbot.programme.delivery import Delivery, Rank
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import (
    Relayed,
)
from mentorbot.programme.wording import Words
from storage import outbox, people
from tests.conversations.parts import Fragile
from tests.conversations.post import Post, say, texts
from tests.people import NOW


async def test_while_the_keys_store_is_away_nothing_is_sent_and_nothing_is_lost(
    fragile: Fragile, fragile_post: Post
) -> None:
    # Sealed under Aino's key, which is at hand; whose chat it is for must be looked up.
    relayed = Relayed(alias="Aino", words=Words(text="Hello"), part=1, parts=1, from_message=MessageId(1))
    pid = fragile_post.aino.person.pid
    await fragile.store.transact(lambda tx: outbox.put(tx, fragile_post.mikael.person.pid, relayed, owner=pid))
    fragile.store.keyring._keys.pop(fragile_post.mikael.person.pid)
    fragile.keys.broken = True
    await fragile_post.deliver(fragile_post.mikael)
    assert await fragile_post.states() == [Delivery.RETRY]
    fragile.keys.broken = False
    fragile_post.later(600)
    await fragile_post.deliver(fragile_post.mikael)
    assert len(texts(fragile_post.mikael)) == 1


async def test_a_claim_whose_commit_seemed_to_fail_is_sent_without_a_mark(fragile: Fragile, fragile_post: Post) -> None:
    await fragile_post.relay("Hello")
    fragile.data.unheard = 1
    await fragile_post.deliver(fragile_post.mikael)
    (text,) = texts(fragile_post.mikael)
    assert say(fragile_post.mikael, "channel.possible_repeat") not in text
    assert await fragile_post.states() == [Delivery.SENT]


async def test_an_outcome_whose_commit_seemed_to_fail_is_not_recorded_twice_and_the_next_is_sent(
    fragile: Fragile, fragile_post: Post
) -> None:
    delayed = fragile_post.bot_api.faults.delay("sendMessage", 0.2)
    await fragile_post.relay("First")
    await fragile_post.relay("Second")
    fragile_post.deliverer.wake({fragile_post.mikael.person.pid: Rank.TALK})
    await delayed.happened()
    fragile.data.unheard = 1
    await fragile_post.deliver(fragile_post.mikael)
    assert [text.splitlines()[1:] for text in texts(fragile_post.mikael)] == [["First"], ["Second"]]
    assert await fragile_post.states() == [Delivery.SENT, Delivery.SENT]


async def test_an_outcome_that_could_not_be_stored_is_stored_later_and_nothing_is_sent_twice(
    fragile: Fragile, fragile_post: Post
) -> None:
    delayed = fragile_post.bot_api.faults.delay("sendMessage", 0.2)
    await fragile_post.relay("Only once")
    fragile_post.deliverer.wake({fragile_post.mikael.person.pid: Rank.TALK})
    await delayed.happened()
    fragile.data.full = True
    await fragile_post.mikael.phone.wait_for(lambda shown: shown.from_bot)
    await asyncio.sleep(0.5)
    fragile.data.full = False
    await fragile_post.deliver(fragile_post.mikael)
    assert len(texts(fragile_post.mikael)) == 1
    assert await fragile_post.states() == [Delivery.SENT]


async def sent_but_not_recorded(fragile: Fragile, post: Post, *, odd: int) -> None:
    """Two are written; of what follows the first being sent, so many steps go wrong in a way that nobody thought of."""
    delayed = post.bot_api.faults.delay("sendMessage", 0.2)
    await post.relay("First")
    await post.relay("Second")
    post.deliverer.wake({post.mikael.person.pid: Rank.TALK})
    await delayed.happened()
    fragile.data.odd = odd
    while post.deliverer._lanes._running:
        await asyncio.gather(*post.deliverer._lanes._running.values())
    assert fragile.data.odd == 0


async def test_what_was_sent_and_cannot_be_recorded_is_sent_again_with_a_mark_and_the_next_follows(
    fragile: Fragile, fragile_post: Post
) -> None:
    await sent_but_not_recorded(fragile, fragile_post, odd=2)
    first, second = await fragile_post.rows()
    assert (first.state, second.state) == (Delivery.UNKNOWN, Delivery.PENDING)
    assert first.not_before <= NOW + timedelta(seconds=1), "the usual delay"
    fragile_post.later(1)
    await fragile_post.deliver(fragile_post.mikael)
    marked = say(fragile_post.mikael, "channel.possible_repeat")
    assert [text.splitlines()[-1] for text in texts(fragile_post.mikael)] == ["First", "First", "Second"]
    assert [marked in text for text in texts(fragile_post.mikael)] == [False, True, False]
    assert await fragile_post.states() == [Delivery.SENT, Delivery.SENT]


async def test_what_was_sent_is_recorded_when_what_is_next_cannot_be_claimed(
    fragile: Fragile, fragile_post: Post
) -> None:
    await sent_but_not_recorded(fragile, fragile_post, odd=1)
    assert await fragile_post.states() == [Delivery.SENT, Delivery.PENDING]
    await fragile_post.deliver(fragile_post.mikael)
    assert [text.splitlines()[-1] for text in texts(fragile_post.mikael)] == ["First", "Second"]


async def test_control_where_nothing_at_all_can_be_recorded_it_holds_up_the_lane_until_the_next_start(
    fragile: Fragile, fragile_post: Post
) -> None:
    await sent_but_not_recorded(fragile, fragile_post, odd=3)
    fragile_post.later(600)
    await fragile_post.deliver(fragile_post.mikael)
    assert await fragile_post.states() == [Delivery.SENDING, Delivery.PENDING]
    assert len(texts(fragile_post.mikael)) == 1


@pytest.mark.parametrize("broken", [False, True], ids=["recorded-at-once", "recorded-later"])
async def test_what_arrives_while_its_writer_leaves_is_removed_though_the_database_refuses_for_a_while(
    fragile: Fragile, fragile_post: Post, broken: bool
) -> None:
    aino, mikael = fragile_post.aino.person, fragile_post.mikael
    delayed = fragile_post.bot_api.faults.delay("sendMessage", 0.2)
    told = Relayed(alias=aino.alias, words=Words(text="The address"), from_message=MessageId(501))
    queue = partial(outbox.put, to=mikael.person.pid, notice=told, owner=aino.pid, channel=fragile_post.channel.id)
    await fragile_post.store.transact(queue)
    fragile_post.deliverer.wake({mikael.person.pid: Rank.TALK})
    await delayed.happened()
    await fragile_post.store.transact(lambda tx: people.remove(tx, aino.pid))
    fragile.data.full = broken
    await mikael.phone.wait_for(lambda shown: shown.from_bot)
    await asyncio.sleep(0.3)
    assert (texts(mikael) != []) is broken, "the control"
    fragile.data.full = False
    await fragile_post.deliver(mikael)
    assert texts(mikael) == []
