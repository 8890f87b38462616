"""One uniform sentence, at most; and a flood of strangers delays nobody."""

import asyncio
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers.telegram.api import Api
from handlers.telegram.pace import Limits, Pace
from handlers.telegram.strangers import AT_ONCE, Strangers
from handlers.telegram.updates import Envelope, read
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.locale.catalogue import Say
from tests.conversations.parts import message

ZONE = ZoneInfo("Europe/Helsinki")


@dataclass
class HandClock:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def strangers(api: Api, clock: HandClock) -> Strangers:
    return Strangers(api, Pace(Limits(overall_burst=1_000)), default_language="fi", zone=ZONE, clock=clock)


def otto(bot_api: BotApi, name: str = "Otto") -> Phone:
    phone = bot_api.telegram.person(name)
    bot_api.telegram.open_chat(phone.chat)
    return phone


def envelope(phone: Phone, **content: Any) -> Envelope:
    found = read(message(phone.id, **content))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("code", "language"), [("sv", "sv"), ("sv-FI", "sv"), ("en", "en"), ("de", "fi"), (None, "fi")]
)
async def test_the_sentence_is_in_the_nearest_language(
    strangers: Strangers, bot_api: BotApi, code: str | None, language: str
) -> None:
    phone = otto(bot_api)
    strangers.say_no(phone.id, code)
    await strangers.finish()
    assert [shown.text for shown in phone.messages] == [Say(language, ZONE)("stranger")]


async def test_whatever_is_written_gets_the_same_sentence(strangers: Strangers, bot_api: BotApi) -> None:
    phones = [otto(bot_api, name) for name in ("Otto", "Olga", "Oskar")]
    contents: list[dict[str, Any]] = [{"text": "/pair"}, {"photo": []}, {"text": "Hi"}]
    for phone, content in zip(phones, contents, strict=True):
        strangers.turn_away(envelope(phone, **content))
    await strangers.finish()
    assert len({shown.text for phone in phones for shown in phone.messages}) == 1
    assert [len(phone.messages) for phone in phones] == [1, 1, 1]


async def test_a_pressed_button_stays_unanswered(strangers: Strangers, bot_api: BotApi) -> None:
    phone = otto(bot_api)
    press = {"id": "1", "from": {"id": phone.id}, "data": "x"}
    found = read({"update_id": 1, "callback_query": press})
    assert found is not None
    strangers.turn_away(found)
    await strangers.finish()
    assert phone.messages == []


async def test_many_messages_at_once_get_one_answer(strangers: Strangers, bot_api: BotApi, clock: HandClock) -> None:
    phone = otto(bot_api)
    for _ in range(7):
        strangers.turn_away(envelope(phone))
        clock.now += 0.5
    await strangers.finish()
    assert len(phone.messages) == 1
    clock.now += 5
    strangers.turn_away(envelope(phone))
    await strangers.finish()
    assert len(phone.messages) == 2


async def test_a_flood_of_strangers_is_answered_in_part(strangers: Strangers, bot_api: BotApi) -> None:
    phones = [otto(bot_api, f"Otto {number}") for number in range(100)]
    stalled = bot_api.faults.stall("sendMessage", effect=True, times=None)
    for phone in phones:
        strangers.say_no(phone.id, "en")
    await stalled.happened()
    await asyncio.sleep(0.1)
    assert stalled.hits == AT_ONCE
    bot_api.faults.clear()
    await strangers.finish()
    # Who went without an answer gets one when they write again.
    strangers.say_no(phones[-1].id, "en")
    await strangers.finish()
    assert len(phones[-1].messages) == 1


async def test_when_the_pace_is_tight_a_stranger_is_the_first_to_go_without(api: Api, bot_api: BotApi) -> None:
    clock = HandClock()
    pace = Pace(Limits(overall_burst=4, overall_rate=1.0), clock)
    strangers = Strangers(api, pace, default_language="fi", zone=ZONE, clock=clock)
    phones = [otto(bot_api, f"Otto {number}") for number in range(3)]
    for phone in phones:
        strangers.say_no(phone.id, "en")
    await strangers.finish()
    assert [len(phone.messages) for phone in phones] == [1, 1, 0]
    assert pace.wait("somebody in the programme") == 0
    clock.now += 1
    strangers.say_no(phones[-1].id, "en")
    await strangers.finish()
    assert len(phones[-1].messages) == 1, "who went without is not taken for answered"


async def test_a_group_is_left_without_a_word(strangers: Strangers, bot_api: BotApi) -> None:
    group = bot_api.telegram.group("A group")
    group.add_bot(otto(bot_api))
    strangers.leave(group.id)
    await strangers.finish()
    assert not group.bot_is_member
    assert not bot_api.transcript.calls("sendMessage")


async def test_an_answer_that_fails_is_not_tried_again(strangers: Strangers, bot_api: BotApi) -> None:
    phone = otto(bot_api)
    bot_api.faults.drop("sendMessage", effect=False)
    strangers.say_no(phone.id, "en")
    await strangers.finish()
    assert phone.messages == []
    assert len(bot_api.transcript.calls("sendMessage")) == 1
