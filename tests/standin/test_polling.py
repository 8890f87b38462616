import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi

from .client import PlainClient

CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def test_a_poll_waits_until_something_comes(api: BotApi, client: PlainClient, aino: Phone) -> None:
    poll = asyncio.create_task(client.ok("getUpdates", timeout=30))
    await api.telegram.updates.held()

    aino.write("Hei")

    async with asyncio.timeout(1):
        assert texts(await poll) == ["Hei"]


async def test_a_poll_ends_empty_when_its_time_is_up(client: PlainClient) -> None:
    started = asyncio.get_running_loop().time()

    assert await client.ok("getUpdates", timeout=1) == []

    assert 0.9 < asyncio.get_running_loop().time() - started < 3


async def test_an_update_comes_again_until_an_offset_acknowledges_it(client: PlainClient, aino: Phone) -> None:
    aino.write("yksi")
    aino.write("kaksi")

    first = await client.ok("getUpdates")
    assert texts(first) == ["yksi", "kaksi"]
    assert await client.ok("getUpdates") == first

    assert texts(await client.ok("getUpdates", offset=first[1]["update_id"])) == ["kaksi"]
    assert texts(await client.ok("getUpdates")) == ["kaksi"]
    assert await client.ok("getUpdates", offset=first[1]["update_id"] + 1) == []


async def test_update_ids_follow_one_another(client: PlainClient, aino: Phone) -> None:
    for number in range(3):
        aino.write(str(number))

    ids = [update["update_id"] for update in await client.ok("getUpdates")]

    assert ids == list(range(ids[0], ids[0] + 3))


async def test_a_negative_offset_gives_the_last_and_forgets_the_rest(client: PlainClient, aino: Phone) -> None:
    for text in ("yksi", "kaksi", "kolme"):
        aino.write(text)

    assert texts(await client.ok("getUpdates", offset=-2)) == ["kaksi", "kolme"]
    assert texts(await client.ok("getUpdates")) == ["kaksi", "kolme"]


@pytest.mark.parametrize(("limit", "given"), [(2, 2), (0, 100), (101, 100), (100, 100)])
async def test_a_poll_gives_no_more_than_its_limit(client: PlainClient, aino: Phone, limit: int, given: int) -> None:
    for number in range(105):
        aino.write(str(number))

    assert len(await client.ok("getUpdates", limit=limit)) == given


async def test_a_second_poller_ends_the_first_with_409(api: BotApi, client: PlainClient, aino: Phone) -> None:
    first = asyncio.create_task(client.call("getUpdates", timeout=30))
    await api.telegram.updates.held()
    second = asyncio.create_task(client.ok("getUpdates", timeout=30))

    answer = await first
    assert answer.status == 409
    assert answer.description == CONFLICT

    await api.telegram.updates.held()
    aino.write("Hei")
    assert texts(await second) == ["Hei"]


async def test_allowed_updates_are_remembered(client: PlainClient, aino: Phone) -> None:
    await client.ok("getUpdates", allowed_updates=["callback_query", "message_reaction"])
    message = aino.write("ei tule")
    aino.react(message, "👍")

    (update,) = await client.ok("getUpdates")
    assert "message_reaction" in update

    await client.ok("getUpdates", offset=update["update_id"] + 1, allowed_updates=[])
    aino.write("tulee")
    aino.react(message, None)
    assert texts(await client.ok("getUpdates")) == ["tulee"]


async def test_an_update_waits_for_a_day_and_no_longer(api: BotApi, client: PlainClient, aino: Phone) -> None:
    aino.write("eilen")
    api.faults.travel(timedelta(hours=23))
    aino.write("juuri nyt")
    assert texts(await client.ok("getUpdates")) == ["eilen", "juuri nyt"]

    api.faults.travel(timedelta(hours=2))

    assert texts(await client.ok("getUpdates")) == ["juuri nyt"]


async def test_update_ids_can_restart_lower_and_an_old_offset_hides_nothing(
    api: BotApi, client: PlainClient, aino: Phone
) -> None:
    aino.write("ennen")
    (before,) = await client.ok("getUpdates")
    with pytest.raises(ValueError, match="waiting"):
        api.faults.restart_update_ids(1000)
    stale = before["update_id"] + 1
    await client.ok("getUpdates", offset=stale)

    api.faults.restart_update_ids(1000)
    aino.write("jälkeen")

    (after,) = await client.ok("getUpdates", offset=stale)
    assert after["update_id"] == 1000
    assert after["message"]["text"] == "jälkeen"
    # The stale offset has acknowledged nothing: the update is still there.
    assert await client.ok("getUpdates", offset=stale) == [after]
    assert await client.ok("getUpdates", offset=1001) == []


async def test_it_can_be_waited_for_that_everything_is_acknowledged(
    api: BotApi, client: PlainClient, aino: Phone
) -> None:
    aino.write("Hei")
    drained = asyncio.create_task(api.telegram.updates.drained())
    (update,) = await client.ok("getUpdates")
    assert not drained.done()

    await client.ok("getUpdates", offset=update["update_id"] + 1)

    async with asyncio.timeout(1):
        await drained


async def test_nul_and_lone_surrogates_arrive_as_json_escapes(client: PlainClient, aino: Phone) -> None:
    aino.write("a\x00b\ud83dc")

    assert texts(await client.ok("getUpdates")) == ["a\x00b\ud83dc"]


async def test_get_works_as_well_as_post(api: BotApi, client: PlainClient, aino: Phone) -> None:
    address = f"{api.url}/bot{api.token}/sendMessage"
    async with client._session.get(address, params={"chat_id": str(aino.id), "text": "Hei"}) as answer:
        assert json.loads(await answer.read())["ok"] is True

    assert aino.messages[-1].text == "Hei"
