"""Rows 15 to 18, closer: what is certainly not delivered, what may be, and who may not go on sending."""

import asyncio
import time

import aiohttp
import pytest

from handlers.telegram.api import CONNECT, NotDelivered, exchange
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.programme.content import Written
from mentorbot.programme.ids import MessageId
from mentorbot.programme.wording import Words
from mentorbot.services import messaging
from tests.people import POSTGRESQL_ONLY, SQLITE_ONLY

from .house import House, running, says, send
from .judge import Arrival, all_arrived_in_order, arrivals
from .process import MENTORBOT, polls, started

FIRST, SECOND = "the first message", "the second message"


@POSTGRESQL_ONLY
async def test_a_leader_that_loses_its_lease_stops_with_one_line(house: House) -> None:
    async with started(house, MENTORBOT, "run", MENTORBOT_LOG_LEVEL="ERROR") as bot:
        await polls(bot)
        await house.execute("UPDATE leadership SET holder = 'another', epoch = epoch + 1, until = 9000000000000000")
        assert await bot.ends(within=30) == 1
        assert len(bot.log().splitlines()) == 1, bot.log()
        house.aino.write(FIRST)
        await asyncio.sleep(0.2)
    assert arrivals(house.mikael) == []


@pytest.mark.parametrize("method", ["sendMessage", "copyMessage"])
async def test_what_a_broken_server_did_not_send_is_sent_later_with_a_mark(house: House, method: str) -> None:
    """Nobody but Telegram knows that nothing happened."""
    writer, reader = (house.aino, house.mikael) if method == "sendMessage" else (house.mikael, house.aino)
    house.api.faults.server_error(method, 502, effect=False)
    async with running(house):
        send(writer, method, FIRST)
        send(writer, method, SECOND)
        await house.settled()
    assert arrivals(reader) == [Arrival(FIRST, True), Arrival(SECOND, False)]


@SQLITE_ONLY
async def test_a_server_that_stays_broken_is_not_hammered(house: House) -> None:
    broken = house.api.faults.server_error("sendMessage", 503, times=None)
    async with running(house):
        house.aino.write(FIRST)
        await broken.happened()
        await asyncio.sleep(5)
        tries = broken.hits
        house.api.faults.clear()
        await house.settled()
    assert 1 <= tries <= 5
    assert arrivals(house.mikael) == [Arrival(FIRST, True)]


async def test_what_found_no_connection_comes_later_and_without_a_mark(house: House) -> None:
    store = await house.store()
    written = Written(message=MessageId(house.aino.write(FIRST)), words=Words(text=FIRST))
    house.api.telegram.updates.drop_all()
    async with running(house):
        await house.api.faults.refuse_connections()
        await store.transact(lambda tx: messaging.write(tx, house.participant, written))
        async with asyncio.timeout(30):
            while not await house.rows("SELECT id FROM outbox WHERE state = 'retry' AND attempts > 0"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert arrivals(house.mikael) == []
        await house.api.faults.accept_connections()
        await house.settled()
    assert arrivals(house.mikael) == [Arrival(FIRST, False)]


async def test_who_removes_what_may_have_come_twice_hears_that_one_may_stay(house: House) -> None:
    """The first one came, and the bot never heard of it: it can remove the second alone."""
    house.api.faults.drop("sendMessage", effect=True)
    async with running(house):
        written = house.aino.write(FIRST)
        await house.settled()
        house.aino.write("/delete", reply_to=written)
        await house.aino.wait_for(says("changing.removal_perhaps_twice"))
        await house.settled()
    assert [shown.deleted for shown in house.mikael.history if FIRST in shown.text] == [False, True]


async def test_a_call_that_finds_no_free_connection_is_certainly_not_delivered() -> None:
    async with BotApi() as api, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
        url = f"{api.url}/bot{api.token}/getMe"
        stalled = api.faults.stall("getMe", effect=False)
        first = asyncio.create_task(exchange(session, url, data=b"{}", answer=20))
        await stalled.happened()
        begun = time.monotonic()
        with pytest.raises(NotDelivered):
            await exchange(session, url, data=b"{}", answer=20)
        assert time.monotonic() - begun < CONNECT + 1
        assert len(api.transcript.calls("getMe")) == 1
        first.cancel()


@pytest.mark.long
async def test_a_message_that_is_never_answered_is_given_up_after_the_time_limit_and_comes_again_with_a_mark(
    house: House,
) -> None:
    house.api.faults.stall("sendMessage", effect=True)
    async with running(house):
        house.aino.write(FIRST)
        await house.settled()
    assert all_arrived_in_order(house.mikael, [FIRST]) == [Arrival(FIRST, False), Arrival(FIRST, True)]
