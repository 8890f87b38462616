"""What a failed call means: certainly nothing happened, nobody knows, or Telegram said no."""

import traceback
from collections.abc import Callable

import aiohttp
import pytest

from handlers.telegram.api import Api, ApiError, NotDelivered, Refused, TokenRevoked, Unclear
from mentorbot.demo.bot_api.errors import ApiError as TelegramRefuses, bad_request, forbidden, too_many_requests
from mentorbot.demo.bot_api.faults import Faults
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi


@pytest.fixture
def aino(bot_api: BotApi) -> Phone:
    phone = bot_api.telegram.person("Aino")
    bot_api.telegram.open_chat(phone.chat)
    return phone


async def send(api: Api, phone: Phone, *, answer: float = 5.0) -> int:
    sent = await api.call("sendMessage", {"chat_id": phone.id, "text": "Hello"}, answer=answer)
    return int(sent["message_id"])


async def test_a_call_gives_what_telegram_answers(api: Api, aino: Phone) -> None:
    message = await send(api, aino)
    assert aino.message(message).text == "Hello"


async def test_without_a_connection_nothing_was_delivered(api: Api, bot_api: BotApi, aino: Phone) -> None:
    await bot_api.faults.refuse_connections()
    with pytest.raises(NotDelivered):
        await send(api, aino)
    await bot_api.faults.accept_connections()
    assert aino.messages == []


UNCLEAR: dict[str, Callable[[Faults], object]] = {
    "a gateway's page after the effect": lambda faults: faults.server_error("sendMessage", 502, effect=True),
    "a gateway's page without the effect": lambda faults: faults.server_error("sendMessage", 500),
    "a dropped connection after the effect": lambda faults: faults.drop("sendMessage", effect=True),
    "a dropped connection without the effect": lambda faults: faults.drop("sendMessage", effect=False),
    "half an answer": lambda faults: faults.truncate("sendMessage"),
    "an answer that is no JSON": lambda faults: faults.garbage("sendMessage"),
    "an answer that is no object": lambda faults: faults.garbage("sendMessage", b"[1, 2]"),
    "a refusal without a reason": lambda faults: faults.garbage("sendMessage", b'{"ok": false}'),
    "no answer": lambda faults: faults.stall("sendMessage", effect=True),
}


@pytest.mark.parametrize("fault", UNCLEAR)
async def test_without_a_usable_answer_it_is_unclear(api: Api, bot_api: BotApi, aino: Phone, fault: str) -> None:
    UNCLEAR[fault](bot_api.faults)
    with pytest.raises(Unclear):
        await send(api, aino, answer=0.3)
    await send(api, aino)


@pytest.mark.parametrize(
    ("refusal", "code", "patience"),
    [
        (too_many_requests(7), 429, 7.0),
        (forbidden("bot was blocked by the user"), 403, None),
        (bad_request("message is too long"), 400, None),
    ],
)
async def test_a_refusal_tells_why(
    api: Api, bot_api: BotApi, aino: Phone, refusal: TelegramRefuses, code: int, patience: float | None
) -> None:
    bot_api.faults.fail("sendMessage", refusal)
    with pytest.raises(Refused) as caught:
        await send(api, aino)
    assert caught.value.code == code
    assert caught.value.retry_after == patience
    assert not isinstance(caught.value, TokenRevoked)


async def test_a_revoked_token_is_known_as_such(api: Api, bot_api: BotApi, aino: Phone) -> None:
    bot_api.faults.revoke_token()
    with pytest.raises(TokenRevoked):
        await send(api, aino)


async def test_a_misshapen_token_counts_as_revoked(bot_api: BotApi, session: aiohttp.ClientSession) -> None:
    with pytest.raises(TokenRevoked):
        await Api(session, base_url=f"{bot_api.url}/botnonsense/").call("getMe")


async def test_no_error_shows_the_token(api: Api, bot_api: BotApi, aino: Phone) -> None:
    shown: list[str] = []
    for fault in UNCLEAR.values():
        fault(bot_api.faults)
        shown.append(await _failure_of(api, aino))
    await bot_api.faults.refuse_connections()
    shown.append(await _failure_of(api, aino))
    await bot_api.faults.accept_connections()
    assert len(shown) == len(UNCLEAR) + 1
    assert not any(bot_api.token in text for text in shown)


async def _failure_of(api: Api, phone: Phone) -> str:
    try:
        await send(api, phone, answer=0.3)
    except ApiError as error:
        return "".join(traceback.format_exception(error)) + repr(error)
    raise AssertionError("the call did not fail")
