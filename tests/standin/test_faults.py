import asyncio
import json
from datetime import timedelta

import aiohttp
import pytest

from mentorbot.demo.bot_api.faults import ANY_METHOD
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi

from .client import PlainClient


def bot_texts(phone: Phone) -> list[str]:
    return [message.text for message in phone.messages if message.from_bot]


async def test_429_names_the_seconds_and_happens_once(api: BotApi, client: PlainClient, aino: Phone) -> None:
    fault = api.faults.too_many_requests("sendMessage", 7)

    answer = await client.call("sendMessage", chat_id=aino.id, text="x")

    assert answer.status == 429
    assert answer.description == "Too Many Requests: retry after 7"
    assert answer.body["parameters"] == {"retry_after": 7}
    assert (fault.hits, bot_texts(aino)) == (1, [])
    await client.ok("sendMessage", chat_id=aino.id, text="x")


async def test_a_fault_can_be_for_one_chat_alone(api: BotApi, client: PlainClient, aino: Phone, mikael: Phone) -> None:
    api.faults.blocked("sendMessage", chat=aino.id, times=None)

    await client.ok("sendMessage", chat_id=mikael.id, text="x")
    for _ in range(2):
        sentence = await client.refused("sendMessage", chat_id=aino.id, text="x")
        assert sentence == "Forbidden: bot was blocked by the user"

    api.faults.clear()
    await client.ok("sendMessage", chat_id=aino.id, text="x")


async def test_faults_meet_calls_in_the_order_they_were_asked_for(
    api: BotApi, client: PlainClient, aino: Phone
) -> None:
    api.faults.bad_request("sendMessage", "chat not found")
    api.faults.unauthorized(ANY_METHOD)
    api.faults.conflict("sendMessage")

    statuses = [(await client.call("sendMessage", chat_id=aino.id, text="x")).status for _ in range(4)]

    assert statuses == [400, 401, 409, 200]


@pytest.mark.parametrize("effect", [True, False])
async def test_a_gateway_error_is_a_page_of_html(api: BotApi, client: PlainClient, aino: Phone, effect: bool) -> None:
    api.faults.server_error("sendMessage", 502, effect=effect)

    address = f"{api.url}/bot{api.token}/sendMessage"
    async with client._session.post(address, json={"chat_id": aino.id, "text": "x"}) as answer:
        assert (answer.status, answer.content_type) == (502, "text/html")

    assert bot_texts(aino) == ["x"] * effect
    (call,) = api.transcript.calls("sendMessage")
    assert (call.status, call.effect) == (502, effect)


@pytest.mark.parametrize("effect", [True, False])
async def test_a_stalled_call_is_never_answered(api: BotApi, client: PlainClient, aino: Phone, effect: bool) -> None:
    fault = api.faults.stall("sendMessage", effect=effect)
    call = asyncio.create_task(client.call("sendMessage", chat_id=aino.id, text="x"))
    await fault.happened()

    done, _ = await asyncio.wait([call], timeout=0.1)

    assert not done
    assert bot_texts(aino) == ["x"] * effect
    api.faults.clear()
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await call


@pytest.mark.parametrize("effect", [True, False])
async def test_a_connection_can_drop_before_or_after_the_effect(
    api: BotApi, client: PlainClient, aino: Phone, effect: bool
) -> None:
    api.faults.drop("sendMessage", effect=effect)

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.call("sendMessage", chat_id=aino.id, text="x")

    assert bot_texts(aino) == ["x"] * effect


async def test_an_answer_can_be_cut_in_half(api: BotApi, client: PlainClient, aino: Phone) -> None:
    api.faults.truncate("getUpdates")
    aino.write("Hei")

    with pytest.raises(aiohttp.ClientPayloadError):
        await client.call("getUpdates")

    assert (await client.ok("getUpdates"))[0]["message"]["text"] == "Hei"


async def test_an_answer_can_be_garbage(api: BotApi, client: PlainClient, aino: Phone) -> None:
    api.faults.garbage("sendMessage")

    with pytest.raises(json.JSONDecodeError):
        await client.call("sendMessage", chat_id=aino.id, text="x")

    assert bot_texts(aino) == ["x"]


async def test_an_answer_can_be_late(api: BotApi, client: PlainClient, aino: Phone) -> None:
    api.faults.delay("sendMessage", 0.2)
    started = asyncio.get_running_loop().time()

    await client.ok("sendMessage", chat_id=aino.id, text="x")

    assert asyncio.get_running_loop().time() - started >= 0.2


async def test_a_fault_for_polls_reaches_a_poll_that_is_held(api: BotApi, client: PlainClient, aino: Phone) -> None:
    poll = asyncio.create_task(client.ok("getUpdates", timeout=30))
    await api.telegram.updates.held()

    api.faults.poison_poll(b'{"ok":true,"result":[{"update_id":')

    assert await poll == []
    with pytest.raises(json.JSONDecodeError):
        await client.call("getUpdates", timeout=30)


async def test_a_raw_update_stands_in_the_queue_like_any_other(api: BotApi, client: PlainClient, aino: Phone) -> None:
    first = api.faults.inject({"message": {"text": "\ud800\x00", "chat": None}})
    second = api.faults.inject(b'{"update_id":$UPDATE_ID,"unheard_of":{"a":[1]}}')
    aino.write("Hei")

    updates = await client.ok("getUpdates")

    assert [update["update_id"] for update in updates] == [first, second, second + 1]
    assert updates[0]["message"]["text"] == "\ud800\x00"
    assert updates[1]["unheard_of"] == {"a": [1]}
    assert len(await client.ok("getUpdates", offset=second + 1)) == 1


async def test_an_update_can_come_twice(api: BotApi, client: PlainClient, aino: Phone) -> None:
    api.faults.deliver_twice()
    aino.write("yksi")
    aino.write("kaksi")

    updates = await client.ok("getUpdates")

    assert [update["message"]["text"] for update in updates] == ["yksi", "yksi", "kaksi"]
    assert updates[0] == updates[1]


async def test_a_batch_can_come_in_reverse(api: BotApi, client: PlainClient, aino: Phone) -> None:
    api.faults.reverse_next_batch()
    for text in ("yksi", "kaksi", "kolme"):
        aino.write(text)

    updates = await client.ok("getUpdates")

    assert [update["message"]["text"] for update in updates] == ["kolme", "kaksi", "yksi"]
    assert await client.ok("getUpdates") == updates[::-1]


async def test_connections_are_refused_and_taken_again_on_the_same_port(
    api: BotApi, client: PlainClient, aino: Phone
) -> None:
    poll = asyncio.create_task(client.call("getUpdates", timeout=30))
    await api.telegram.updates.held()
    url = api.url

    await api.faults.refuse_connections()

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await poll
    with pytest.raises(aiohttp.ClientConnectorError):
        await client.call("getMe")

    await api.faults.accept_connections()
    await client.ok("getMe")
    assert api.url == url


async def test_a_revoked_token_opens_nothing_not_even_a_held_poll(api: BotApi, client: PlainClient) -> None:
    poll = asyncio.create_task(client.call("getUpdates", timeout=30))
    await api.telegram.updates.held()

    api.faults.revoke_token()

    assert (await poll).status == 401
    assert (await client.call("getMe")).description == "Unauthorized"


async def test_travel_moves_the_dates(api: BotApi, client: PlainClient, aino: Phone) -> None:
    before = aino.message(aino.write("nyt")).date

    api.faults.travel(timedelta(days=3))

    assert aino.message(aino.write("sitten")).date - before >= timedelta(days=3)


async def test_telegrams_own_pace_can_be_switched_on(
    api: BotApi, client: PlainClient, aino: Phone, mikael: Phone
) -> None:
    api.faults.limits.enabled = True

    answers = [await client.call("sendMessage", chat_id=aino.id, text="x") for _ in range(5)]

    assert [answer.status for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].body["parameters"] == {"retry_after": 1}
    await client.ok("sendMessage", chat_id=mikael.id, text="x")
    await client.ok("sendChatAction", chat_id=aino.id, action="typing")


async def test_the_pace_over_all_is_30_a_second(api: BotApi, client: PlainClient) -> None:
    api.faults.limits.enabled = True
    people = [api.telegram.person(f"P{number}") for number in range(40)]
    for phone in people:
        phone.start()

    statuses = [(await client.call("sendMessage", chat_id=phone.id, text="x")).status for phone in people]

    assert statuses[:30] == [200] * 30
    assert 429 in statuses


async def test_a_group_takes_20_a_minute(api: BotApi, client: PlainClient, otto: Phone) -> None:
    api.faults.limits.enabled = True
    group = api.telegram.group("Naapurit")
    group.add_bot(otto)

    statuses = [(await client.call("sendMessage", chat_id=group.id, text="x")).status for _ in range(21)]

    assert statuses == [200] * 20 + [429]


async def test_without_faults_nothing_goes_wrong(api: BotApi, client: PlainClient, aino: Phone) -> None:
    for _ in range(40):
        await client.ok("sendMessage", chat_id=aino.id, text="x")

    assert all(call.effect for call in api.transcript)


async def test_the_transcript_tells_what_was_called(api: BotApi, client: PlainClient, aino: Phone) -> None:
    await client.ok("sendMessage", chat_id=aino.id, text="Hei")
    await client.refused("sendMessage", chat_id=1, text="x")
    await client.refused("getYou")

    good, bad = api.transcript.calls("sendmessage")
    assert (good.params, good.status, good.effect) == ({"chat_id": aino.id, "text": "Hei"}, 200, True)
    assert json.loads(good.answer)["result"]["text"] == "Hei"
    assert (bad.status, bad.effect) == (400, False)
    assert [call.method for call in api.transcript.calls()] == ["sendMessage", "sendMessage", "getYou"]

    api.transcript.clear()
    api.transcript.enabled = False
    await client.ok("getMe")
    assert len(api.transcript) == 0
