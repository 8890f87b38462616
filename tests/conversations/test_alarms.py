"""Those who can help are told once an hour, also when nothing can be stored."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest

from handlers.telegram.alarms import Alarms
from handlers.telegram.api import Api
from handlers.telegram.pace import Limits, Pace
from mentorbot.demo.bot_api.server import BotApi
from mentorbot.locale.catalogue import Say
from mentorbot.programme.notices import Alarm
from mentorbot.programme.people import Role
from storage.transaction import Store
from tests.conversations.parts import Fragile, somebody
from tests.people import joined
from tests.usecases.queue import heard

ZONE = ZoneInfo("Europe/Helsinki")


@dataclass
class HandClock:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


async def test_every_coordinator_is_told_and_nobody_else(store: Store, api: Api, clock: HandClock) -> None:
    sari, ritva = await joined(store, Role.COORDINATOR), await joined(store, Role.COORDINATOR)
    await joined(store, Role.MENTOR)
    await joined(store, Role.PARTICIPANT)
    await Alarms(store, api, Pace(Limits()), zone=ZONE, clock=clock).sound("second_poller")
    told = [Alarm(what="second_poller")]
    assert await heard(store) == {sari.pid: told, ritva.pid: told}


async def test_each_kind_of_alarm_sounds_once_an_hour(store: Store, api: Api, clock: HandClock) -> None:
    sari = await joined(store, Role.COORDINATOR)
    alarms = Alarms(store, api, Pace(Limits()), zone=ZONE, clock=clock)
    await alarms.sound("second_poller")
    clock.now += 3599
    await alarms.sound("second_poller")
    await alarms.sound("storage_failed")
    assert await heard(store) == {sari.pid: [Alarm(what="second_poller"), Alarm(what="storage_failed")]}
    clock.now += 1
    await alarms.sound("second_poller")
    assert await heard(store) == {sari.pid: [Alarm(what="second_poller")]}


async def test_when_nothing_can_be_stored_they_are_told_straight(
    fragile: Fragile, api: Api, bot_api: BotApi, clock: HandClock
) -> None:
    gone = await somebody(fragile.store, bot_api, "Gone", Role.COORDINATOR)
    gone.phone.block()
    sari = await somebody(fragile.store, bot_api, "Sari", Role.COORDINATOR, language="sv")
    aino = await somebody(fragile.store, bot_api, "Aino", Role.PARTICIPANT)
    fragile.data.full = True
    await Alarms(fragile.store, api, Pace(Limits()), zone=ZONE, clock=clock).sound("storage_failed")
    assert [shown.text for shown in sari.phone.messages] == [Say("sv", ZONE)("alarm.storage_failed")]
    assert aino.phone.messages == []
    assert gone.phone.messages == []


async def test_with_the_database_gone_altogether_nothing_breaks(
    fragile: Fragile, api: Api, bot_api: BotApi, clock: HandClock
) -> None:
    sari = await somebody(fragile.store, bot_api, "Sari", Role.COORDINATOR)
    fragile.data.broken = True
    await Alarms(fragile.store, api, Pace(Limits()), zone=ZONE, clock=clock).sound("storage_failed")
    assert sari.phone.messages == []
