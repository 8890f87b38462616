"""How each try to send ends, and what follows from it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import update

from handlers.telegram.api import Api, TokenRevoked
from handlers.telegram.delivery import Deliverer
from handlers.telegram.pace import Limits, Pace
from mentorbot.demo.bot_api.faults import Faults
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.programme.delivery import Delivery, Rank
from mentorbot.programme.notices import (
    NoParticipantYet,
    Privacy,
)
from storage import claims, outbox, people
from storage.leadership import _next_epoch
from storage.tables import outbox as table, people as people_table
from storage.transaction import Store
from tests.conversations.post import UNHURRIED, Post, a_post, say, texts, transmitter
from tests.people import NOW
from tests.usecases.queue import heard

# --- every way in which sending can end -------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What goes wrong, the state that follows, and how often the words then arrive, one of them with a mark or none."""

    fault: Callable[[Faults], object]
    state: Delivery
    arrives: int
    marked: bool


ENDINGS = {
    "nothing goes wrong": Ending(fault=lambda faults: None, state=Delivery.SENT, arrives=1, marked=False),
    "429": Ending(
        fault=lambda faults: faults.too_many_requests("sendMessage", 7),
        state=Delivery.RETRY,
        arrives=1,
        marked=False,
    ),
    "5xx after the effect": Ending(
        fault=lambda faults: faults.server_error("sendMessage", 502, effect=True),
        state=Delivery.UNKNOWN,
        arrives=2,
        marked=True,
    ),
    "5xx without the effect": Ending(
        fault=lambda faults: faults.server_error("sendMessage", 500),
        state=Delivery.UNKNOWN,
        arrives=1,
        marked=True,
    ),
    "connection dropped after the effect": Ending(
        fault=lambda faults: faults.drop("sendMessage", effect=True),
        state=Delivery.UNKNOWN,
        arrives=2,
        marked=True,
    ),
    "half an answer": Ending(
        fault=lambda faults: faults.truncate("sendMessage"), state=Delivery.UNKNOWN, arrives=2, marked=True
    ),
    "no JSON": Ending(
        fault=lambda faults: faults.garbage("sendMessage"), state=Delivery.UNKNOWN, arrives=2, marked=True
    ),
    "blocked": Ending(
        fault=lambda faults: faults.blocked("sendMessage"), state=Delivery.RETRY, arrives=0, marked=False
    ),
    "400": Ending(
        fault=lambda faults: faults.bad_request("sendMessage", "chat not found"),
        state=Delivery.DEAD,
        arrives=0,
        marked=False,
    ),
}


@pytest.mark.parametrize("name", ENDINGS)
async def test_each_ending_leads_to_its_state_and_from_there_to_the_person(post: Post, name: str) -> None:
    ending = ENDINGS[name]
    ending.fault(post.bot_api.faults)
    await post.relay("Are you there?")
    await post.deliver(post.mikael)
    first = (await post.rows())[0]
    assert first.state == ending.state
    assert (first.body is None) == (ending.state in (Delivery.SENT, Delivery.DEAD))

    post.later(600)
    await post.deliver(post.mikael)
    arrived = [text for text in texts(post.mikael) if "Are you there?" in text]
    mark = say(post.mikael, "channel.possible_repeat")
    assert len(arrived) == ending.arrives
    assert [mark in text for text in arrived] == [False] * (ending.arrives - ending.marked) + [True] * ending.marked
    assert not any("Are you there?" in text for who in (post.aino, post.liisa) for text in texts(who))


async def test_without_a_connection_it_is_tried_again_without_a_mark(post: Post) -> None:
    await post.bot_api.faults.refuse_connections()
    await post.relay("Hello")
    await post.deliver(post.mikael)
    assert await post.states() == [Delivery.RETRY]
    await post.bot_api.faults.accept_connections()
    post.later(600)
    await post.deliver(post.mikael)
    (text,) = texts(post.mikael)
    assert say(post.mikael, "channel.possible_repeat") not in text


async def test_a_mark_stays_through_later_failures(post: Post) -> None:
    post.bot_api.faults.drop("sendMessage", effect=True)
    post.bot_api.faults.too_many_requests("sendMessage", 1)
    await post.relay("Hello")
    for _ in range(3):
        await post.deliver(post.mikael)
        post.later(600)
    assert await post.states() == [Delivery.SENT]
    assert say(post.mikael, "channel.possible_repeat") in texts(post.mikael)[-1]


async def test_patience_is_as_long_as_telegram_asks_for_and_for_that_chat_alone(post: Post) -> None:
    post.bot_api.faults.too_many_requests("sendMessage", 7, chat=post.mikael.phone.id)
    await post.relay("Wait")
    await post.put(post.liisa, Privacy())
    await post.deliver()
    assert len(texts(post.liisa)) == 1
    assert (await post.rows())[0].not_before == NOW + timedelta(seconds=7)
    post.later(6.9)
    await post.deliver()
    assert texts(post.mikael) == []
    post.later(0.1)
    await post.deliver()
    assert len(texts(post.mikael)) == 1


async def test_a_chat_that_telegram_shuts_for_a_while_is_left_alone_by_every_rank(post: Post) -> None:
    post.bot_api.faults.too_many_requests("sendMessage", 7, chat=post.mikael.phone.id)
    await post.store.transact(
        lambda tx: outbox.put(tx, post.mikael.person.pid, Privacy()), actor=post.mikael.person.pid
    )
    await post.relay("Hello")
    await post.deliver()
    assert await post.states() == [Delivery.RETRY, Delivery.PENDING]
    assert len(post.bot_api.transcript.calls("sendMessage")) == 1
    post.later(7)
    await post.deliver()
    assert [text.splitlines()[-1] for text in texts(post.mikael)][-1] == "Hello"
    assert await post.states() == [Delivery.SENT] * 2


async def test_a_revoked_token_ends_everything(post: Post) -> None:
    post.bot_api.faults.revoke_token()
    await post.relay("Hello")
    post.deliverer.wake({post.mikael.person.pid: Rank.TALK})
    with pytest.raises(TokenRevoked):
        await asyncio.wait_for(post.deliverer.failed, timeout=20)


async def test_a_leader_of_yesterday_sends_nothing(post: Post) -> None:
    await post.store.transact(_next_epoch)
    await post.relay("Hello")
    post.deliverer.wake({post.mikael.person.pid: Rank.TALK})
    await asyncio.gather(*post.deliverer._lanes._running.values())
    assert texts(post.mikael) == []
    assert await post.states() == [Delivery.PENDING]


# --- order ------------------------------------------------------------------------------------------------------------


async def test_one_persons_notices_arrive_in_their_order_though_one_fails(post: Post) -> None:
    post.bot_api.faults.too_many_requests("sendMessage", 1)
    for text in ("First", "Second", "Third"):
        await post.relay(text)
    await post.deliver(post.mikael)
    assert texts(post.mikael) == []
    post.later(600)
    await post.deliver(post.mikael)
    assert [text.splitlines()[-1] for text in texts(post.mikael)] == ["First", "Second", "Third"]


async def test_what_telegram_will_never_take_does_not_hold_up_the_next(post: Post) -> None:
    post.bot_api.faults.bad_request("sendMessage", "message is too long")
    await post.relay("First")
    await post.relay("Second")
    await post.deliver()
    assert [text.splitlines()[-1] for text in texts(post.mikael)] == ["Second"]


async def test_a_broken_seal_is_set_aside_and_its_sender_told(post: Post) -> None:
    await post.relay("First")
    await post.relay("Second")
    body = (await post.rows())[0].body
    flipped = body[:-1] + bytes([body[-1] ^ 1])
    first = (await post.rows())[0].id
    await post.store.transact(lambda tx: tx.conn.execute(update(table).where(table.c.id == first).values(body=flipped)))
    await post.deliver()
    assert [text.splitlines()[-1] for text in texts(post.mikael)] == ["Second"]
    assert texts(post.aino) == [say(post.aino, "channel.not_carried")]


async def test_a_notice_that_cannot_be_rendered_holds_up_nothing(post: Post) -> None:
    await post.put(post.liisa, Privacy())
    await post.store.transact(
        lambda tx: tx.conn.execute(
            update(people_table).where(people_table.c.pid == post.liisa.person.pid).values(language="xx")
        )
    )
    await post.put(post.aino, Privacy())
    await post.deliver()
    assert await post.states() == [Delivery.DEAD, Delivery.SENT]


# --- those who are told that something did not arrive -----------------------------------------------------------------


async def test_a_message_that_is_set_aside_is_told_to_its_sender_alone_in_answer_to_it(post: Post) -> None:
    message = post.aino.phone.write("Can you call me?")
    post.bot_api.faults.bad_request("sendMessage", "chat not found")
    await post.relay("Can you call me?", message)
    await post.deliver()
    assert texts(post.aino) == [say(post.aino, "channel.not_carried")]
    assert post.aino.phone.messages[-1].reply_to == message
    assert texts(post.mikael) == texts(post.liisa) == []


async def test_a_message_deleted_before_it_was_carried_is_told_to_its_sender(post: Post) -> None:
    message = await post.carry("Never mind")
    post.mikael.phone.delete(message)
    await post.deliver()
    assert texts(post.aino) == []
    assert texts(post.mikael) == [say(post.mikael, "channel.not_carried")]


async def test_of_the_bots_own_words_that_did_not_arrive_nobody_is_told(post: Post) -> None:
    post.bot_api.faults.bad_request("sendMessage", "chat not found")
    await post.put(post.aino, NoParticipantYet(), channel=post.channel.id)
    await post.deliver()
    assert await heard(post.store) == {}
    assert texts(post.mikael) == []


async def test_a_word_to_a_sender_is_not_itself_reported(post: Post) -> None:
    post.bot_api.faults.bad_request("sendMessage", "chat not found", times=2)
    await post.relay("Hello")
    await post.deliver()
    assert await post.states() == [Delivery.DEAD, Delivery.DEAD]


# --- blocked, and back ------------------------------------------------------------------------------------------------


async def test_whoever_blocks_the_bot_keeps_their_queue_until_they_are_back(post: Post) -> None:
    post.mikael.phone.block()
    for text in ("First", "Second"):
        await post.relay(text)
    await post.put(post.liisa, Privacy())
    await post.deliver()
    assert len(texts(post.liisa)) == 1
    assert len(post.bot_api.transcript.calls("sendMessage")) == 3, "for Liisa, refused, and for Aino"
    post.later(3600)
    await post.deliver()
    assert len(post.bot_api.transcript.calls("sendMessage")) == 3, "who has blocked the bot is left alone"
    assert post.mikael.person.pid not in await post.store.transact(claims.due_recipients)

    post.mikael.phone.unblock()
    await post.store.transact(lambda tx: people.set_reachable(tx, post.mikael.person.pid))
    assert await post.store.transact(claims.due_recipients) == {post.mikael.person.pid: Rank.TALK}
    await post.deliver()
    assert [text.splitlines()[-1] for text in texts(post.mikael)] == ["First", "Second"]
    assert not any(say(post.mikael, "channel.possible_repeat") in text for text in texts(post.mikael))


# --- the end, and pace ------------------------------------------------------------------------------------------------


async def test_at_the_end_what_is_claimed_is_sent_and_nothing_more_is_claimed(post: Post) -> None:
    delayed = post.bot_api.faults.delay("sendMessage", 0.2)
    await post.relay("Claimed")
    await post.relay("Not yet claimed")
    post.deliverer.wake({post.mikael.person.pid: Rank.TALK})
    await delayed.happened()
    await post.deliverer.finish()
    assert [text.splitlines()[-1] for text in texts(post.mikael)] == ["Claimed"]
    assert await post.states() == [Delivery.SENT, Delivery.PENDING]


async def test_what_an_earlier_leader_was_sending_is_sent_again_with_a_mark(post: Post) -> None:
    delayed = post.bot_api.faults.delay("sendMessage", 0.3)
    await post.relay("Half way")
    lane = asyncio.create_task(post.deliver(post.mikael))
    await delayed.happened()
    epoch = await post.store.transact(_next_epoch)
    assert await post.store.transact(lambda tx: claims.adopt(tx, epoch=epoch)) == 1
    await lane
    successor = Deliverer(post.store, transmitter(post.store, post.api), epoch=epoch, pace=Pace(UNHURRIED))
    successor.wake({post.mikael.person.pid: Rank.TALK})
    await asyncio.gather(*successor._lanes._running.values())
    mark = say(post.mikael, "channel.possible_repeat")
    assert [mark in text for text in texts(post.mikael)] == [False, True]
    assert await post.states() == [Delivery.SENT]


async def test_a_person_who_gets_much_slows_only_themselves(store: Store, api: Api, bot_api: BotApi) -> None:
    slow = Limits(overall_burst=1_000, overall_rate=1_000.0, chat_burst=2, chat_rate=4.0)
    post = await a_post(store, api, bot_api, limits=slow)
    for number in range(4):
        await post.relay(f"Number {number}")
    await post.put(post.liisa, Privacy())
    began = asyncio.get_running_loop().time()
    await post.deliver(post.mikael, post.liisa)
    await post.mikael.phone.wait_for(lambda shown: "Number 3" in shown.text)
    assert asyncio.get_running_loop().time() - began >= 0.45, "two at once, then four a second"
    await post.deliver()
    order = [call.params["chat_id"] for call in bot_api.transcript.calls("sendMessage")]
    assert order.index(post.liisa.phone.id) <= 2
    assert len(texts(post.mikael)) == 4


async def test_what_is_due_is_found_without_anybody_saying_so(post: Post) -> None:
    await post.relay("Nobody said so")
    run = asyncio.create_task(post.deliverer.run())
    await post.mikael.phone.wait_for(lambda shown: "Nobody said so" in shown.text)
    run.cancel()
    await post.deliverer.finish()
