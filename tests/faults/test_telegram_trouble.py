"""Rows 8, 14 to 23 and 50: Telegram is away, slow, refusing, or says odd things; a disk is full; a source is gone."""

import asyncio
import logging
import time

import pytest
from sqlalchemy import text

from handlers.telegram.api import TokenRevoked
from mentorbot import app
from mentorbot.app import Parts
from storage.engine import Database, open_database
from tests.people import SQLITE_ONLY

from .house import SAY, UNHURRIED, House, from_bot, running, says, send
from .judge import Arrival, all_arrived_in_order, arrivals
from .process import MENTORBOT, polls, started

FIRST, SECOND = "Moi Mikael, ehditkö tänään?", "Siis kello viisi"


async def test_row_14_a_chat_that_must_wait_waits_and_the_others_do_not(house: House) -> None:
    slow = house.api.faults.too_many_requests("sendMessage", 7, chat=house.mikael.id)
    async with running(house):
        house.aino.write(FIRST)
        await slow.happened()
        began = time.monotonic()
        house.mikael.write(SECOND)
        await house.aino.wait_for(lambda message: message.text == SECOND, timeout=3)
        await house.mikael.wait_for(lambda message: message.from_bot and FIRST in message.text)
        assert time.monotonic() - began >= 7
    assert arrivals(house.mikael) == [Arrival(FIRST, marked=False)]


async def test_row_15_the_holder_alarms_the_coordinators_and_goes_on(house: House) -> None:
    house.api.faults.conflict(times=3)
    async with running(house):
        await house.sari.wait_for(says("alarm.second_poller"))
        house.aino.write(FIRST)
        await house.settled()
    assert from_bot(house.sari).count(SAY("alarm.second_poller")) == 1
    assert SAY("alarm.second_poller") not in from_bot(house.aino) + from_bot(house.mikael)
    all_arrived_in_order(house.mikael, [FIRST])


@pytest.mark.timeout(120)
async def test_row_15_the_one_without_the_lock_or_the_lease_stops(house: House) -> None:
    async with running(house), started(house, MENTORBOT, "run") as second:
        assert await second.ends(within=60) == 1
        assert "running" in second.log()
        assert "Traceback" not in second.log()
        house.aino.write(FIRST)
        await house.settled()
    all_arrived_in_order(house.mikael, [FIRST])


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_row_16_after_an_answer_from_a_broken_server_it_is_sent_again_with_a_mark(
    house: House, status: int
) -> None:
    broken = house.api.faults.server_error("sendMessage", status, effect=True)
    async with running(house):
        house.aino.write(FIRST)
        await broken.happened()
        await house.settled()
    assert arrivals(house.mikael) == [Arrival(FIRST, marked=False), Arrival(FIRST, marked=True)]


@pytest.mark.parametrize("method", ["sendMessage", "copyMessage"])
async def test_row_17_a_message_without_an_answer_is_sent_again_with_a_mark(house: House, method: str) -> None:
    writer, reader = (house.aino, house.mikael) if method == "sendMessage" else (house.mikael, house.aino)
    lost = house.api.faults.drop(method, effect=True)
    async with running(house):
        send(writer, method, FIRST)
        await lost.happened()
        send(writer, method, SECOND)
        await house.settled()
    all_arrived_in_order(reader, [FIRST, SECOND])
    assert arrivals(reader)[:2] == [Arrival(FIRST, marked=False), Arrival(FIRST, marked=True)]


async def test_row_18_while_nobody_listens_it_is_tried_again_in_silence(house: House) -> None:
    async with running(house):
        held = house.api.faults.delay("getUpdates", 0)
        house.aino.write(FIRST)
        await held.happened()
        await house.api.faults.refuse_connections()
        await asyncio.sleep(1.5)
        await house.api.faults.accept_connections()
        house.aino.write(SECOND)
        await house.settled()
    came = all_arrived_in_order(house.mikael, [FIRST, SECOND])
    assert sum(arrival.text == SECOND for arrival in came) == 1


async def test_row_19_a_revoked_token_ends_the_process_within_ten_seconds(house: House) -> None:
    async with started(house, MENTORBOT, "run") as bot:
        await polls(bot)
        house.api.faults.revoke_token()
        house.api.telegram.updates.let_go()
        assert await bot.ends(within=10) == 1
        assert "token" in bot.log()
        assert "Traceback" not in bot.log()


async def test_row_19_so_it_does_when_a_message_is_refused_for_it(house: House) -> None:
    house.api.faults.unauthorized("sendMessage")
    bot = asyncio.create_task(app.run(house.settings))
    await house.api.telegram.updates.held()
    house.aino.write(FIRST)
    with pytest.raises(TokenRevoked):
        await asyncio.wait_for(bot, timeout=10)


async def test_row_20_the_queue_of_who_blocked_the_bot_outlives_a_kill_and_goes_on_in_order(house: House) -> None:
    async with started(house, MENTORBOT, "run") as bot:
        await polls(bot)
        house.api.faults.blocked("sendMessage", chat=house.mikael.id)
        house.aino.write(FIRST)
        await house.aino.wait_for(says("absence.mentor_waits", emergency="112"))
        house.mikael.block()
        house.aino.write(SECOND)
        await house.appears("SELECT 1 FROM outbox WHERE state = 'pending' AND source IS NOT NULL")
        await bot.kill()
    house.mikael.unblock()
    async with running(house):
        await house.aino.wait_for(says("absence.mentor_again"))
        await house.settled()
    assert arrivals(house.mikael) == [Arrival(FIRST, marked=False), Arrival(SECOND, marked=False)]
    assert from_bot(house.aino) == [SAY("absence.mentor_waits", emergency="112"), SAY("absence.mentor_again")]


async def test_row_20_a_refusal_that_is_heard_after_they_came_back_holds_nothing(house: House) -> None:
    async with running(house):
        late = house.api.faults.delay("sendMessage", 1.0, chat=house.mikael.id)
        house.aino.write(FIRST)
        await late.happened()
        house.mikael.block()
        house.mikael.unblock()
        house.mikael.chat.blocked = True  # as it was when Telegram refused
        await house.aino.wait_for(says("absence.mentor_again"))
        async with asyncio.timeout(30):
            while not any(call.status == 403 for call in house.api.transcript.calls("sendMessage")):  # noqa: ASYNC110
                await asyncio.sleep(0)
        house.mikael.chat.blocked = False  # before the next try, which may come at once
        await house.settled()
    all_arrived_in_order(house.mikael, [FIRST])
    assert from_bot(house.aino) == [SAY("absence.mentor_waits", emergency="112"), SAY("absence.mentor_again")]


async def test_row_21_a_chat_that_is_not_there_is_set_aside_and_the_sender_told(house: House) -> None:
    house.api.faults.bad_request("sendMessage", "chat not found", chat=house.mikael.id)
    async with running(house):
        house.aino.write(FIRST)
        house.aino.write(SECOND)
        await house.settled()
    all_arrived_in_order(house.mikael, [SECOND])
    assert from_bot(house.aino) == [SAY("channel.not_carried")]


async def test_row_22_half_an_answer_is_polled_again_and_told_to_no_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    canary = "canary-in-a-broken-answer"
    async with running(house):
        half = house.api.faults.truncate("getUpdates")
        garbage = house.api.faults.poison_poll(f'{{"ok":true,"result":[{{"message":{{"text":"{canary}'.encode())
        house.api.telegram.updates.let_go()
        await half.happened()
        house.aino.write(FIRST)
        await garbage.happened()
        await house.settled()
    all_arrived_in_order(house.mikael, [FIRST])
    assert caplog.records, "nothing was logged: this has looked at nothing"
    assert canary not in caplog.text


async def test_row_23_what_comes_twice_or_turned_round_has_one_effect(house: House) -> None:
    house.api.faults.deliver_twice(2)
    house.api.faults.reverse_next_batch()
    house.aino.write(FIRST)
    house.mikael.write(SECOND)
    async with running(house):
        await house.settled()
        await house.api.telegram.updates.drained()
        house.api.faults.restart_update_ids(at=5)
        house.aino.write(SECOND)
        await house.settled()
    all_arrived_in_order(house.mikael, [FIRST, SECOND])
    all_arrived_in_order(house.aino, [SECOND])


async def test_row_50_who_deletes_a_photo_before_it_was_carried_over_hears_that_it_did_not_arrive(
    house: House,
) -> None:
    waits = house.api.faults.too_many_requests("copyMessage", 1, chat=house.mikael.id)
    async with running(house):
        photo = house.aino.send_file("photo", b"a photo", caption=FIRST)
        await waits.happened()
        house.aino.delete(photo)
        house.aino.write(SECOND)
        await house.settled()
    all_arrived_in_order(house.mikael, [SECOND])
    assert len(house.api.transcript.calls("copyMessage")) == 2
    assert from_bot(house.aino) == [SAY("channel.not_carried")]


async def test_row_50_control_a_photo_that_is_still_there_arrives_and_nothing_is_said(house: House) -> None:
    waits = house.api.faults.too_many_requests("copyMessage", 1, chat=house.mikael.id)
    async with running(house):
        house.aino.send_file("photo", b"a photo", caption=FIRST)
        await waits.happened()
        house.aino.write(SECOND)
        await house.settled()
    all_arrived_in_order(house.mikael, [FIRST, SECOND])
    assert from_bot(house.aino) == []


@SQLITE_ONLY
async def test_row_8_with_a_full_disk_nothing_is_acknowledged_and_it_recovers(house: House) -> None:
    opened: list[Database] = []

    async def keep(url: str) -> Database:
        opened.append(await open_database(url))
        return opened[-1]

    async with running(house, Parts(open_database=keep, limits=UNHURRIED)):
        data = opened[0]
        pages = await data.run(lambda conn: conn.execute(text("PRAGMA page_count")).scalar_one())
        await data.run(lambda conn: conn.execute(text(f"PRAGMA max_page_count = {pages}")).all())
        sent = [f"{number} " + "x" * 3500 for number in range(12)]
        for words in sent:
            house.aino.write(words)
        await house.sari.wait_for(says("alarm.storage_failed"))
        assert house.api.telegram.updates.waiting, "it was acknowledged without being stored"
        await data.run(lambda conn: conn.execute(text("PRAGMA max_page_count = 1000000")).all())
        await house.settled()
    all_arrived_in_order(house.mikael, sent)
    assert from_bot(house.sari).count(SAY("alarm.storage_failed")) == 1
