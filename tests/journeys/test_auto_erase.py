"""Stories of messages that go by themselves."""

from datetime import timedelta

import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.programme.people import Role
from mentorbot.services import auto_erase
from tests.journeys.programme import Programme
from tests.journeys.test_wiping import later

HOUR = timedelta(hours=1)


@pytest.fixture
async def pair(programme: Programme) -> tuple[Phone, Phone]:
    aino = await programme.already("Aino", Role.PARTICIPANT, language="sv")
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)
    return aino, mikael


async def a_minute_passes(programme: Programme) -> None:
    """What the clock does every minute."""
    await auto_erase.erase_due(programme.store)
    await programme.settled()


async def test_everything_goes_when_it_is_as_old_as_that_and_the_other_chat_is_untouched(
    programme: Programme, pair: tuple[Phone, Phone]
) -> None:
    aino, mikael = pair
    aino.write("/safety")
    menu = await programme.told(aino, "safety.shown")
    aino.press(menu.id, programme.say(aino, "auto_erase.choose"))
    await programme.told(aino, "auto_erase.explained")
    aino.press(menu.id, (3, 0))
    await aino.wait_for(lambda shown: "12 timmar gammalt" in shown.text)
    aino.write("Hej")
    mikael.write("Hello")
    await programme.settled()
    later(programme, 6 * HOUR)
    young = aino.write("Still there?")
    mikael.write("Yes")
    await programme.settled()
    theirs = [(shown.id, shown.text) for shown in mikael.messages]

    later(programme, 6 * HOUR - timedelta(minutes=1))
    await a_minute_passes(programme)
    assert len(aino.messages) == 6
    later(programme, timedelta(minutes=2))
    await a_minute_passes(programme)
    assert [shown.text for shown in aino.messages] == ["Still there?", "Yes"]
    assert aino.messages[0].id == young
    assert [(shown.id, shown.text) for shown in mikael.messages] == theirs
    later(programme, 6 * HOUR)
    await a_minute_passes(programme)
    assert aino.messages == []
    assert [(shown.id, shown.text) for shown in mikael.messages] == theirs


async def test_a_time_can_be_typed_and_holds_for_what_is_older_already(
    programme: Programme, pair: tuple[Phone, Phone]
) -> None:
    aino, _ = pair
    aino.write("Hej")
    await programme.settled()
    later(programme, 9 * HOUR)
    aino.write("/erase 88")
    await programme.told(aino, "auto_erase.not_understood")
    aino.write("/erase 8")
    await aino.wait_for(lambda shown: "8 timmar gammalt" in shown.text)
    await a_minute_passes(programme)
    assert [shown.text for shown in aino.messages if not shown.from_bot] == ["/erase 88", "/erase 8"]


async def test_by_agreement_what_the_two_wrote_goes_from_the_mentors_chat_too(
    programme: Programme, pair: tuple[Phone, Phone]
) -> None:
    aino, mikael = pair
    eero = await programme.already("Eero", Role.PARTICIPANT)
    await programme.already_paired(eero, mikael)
    aino.write("/erase 6")
    shown = await programme.told(aino, "auto_erase.explained")
    aino.press(shown.id, programme.say(aino, "auto_erase.propose_there"))
    question = await mikael.wait_for(lambda one: one.from_bot)
    mikael.press(question.id, programme.say(mikael, "auto_erase.agree"))
    await mikael.wait_for(lambda one: programme.say(mikael, "auto_erase.end") in one.keyboard[0][0])
    await programme.settled()
    eero.write("From Eero")
    aino.write("Hej")
    aino.send_file("photo", b"\xff\xd8\xff picture", caption="My house")
    await programme.settled()
    copy = next(one for one in mikael.messages if one.text.endswith("Hej"))
    other = next(one for one in mikael.messages if one.text.endswith("From Eero"))
    mikael.write("To Aino", reply_to=copy.id)
    mikael.write("To Eero", reply_to=other.id)
    await programme.settled()
    assert "To Aino" in [one.text for one in aino.messages]

    later(programme, 6 * HOUR + timedelta(minutes=1))
    mikael.write("New", reply_to=copy.id)
    await programme.settled()
    await a_minute_passes(programme)
    assert [one.text for one in aino.messages] == ["New"]
    left = [one.text.splitlines()[-1] for one in mikael.messages]
    assert left[1:] == ["From Eero", "To Eero", "New"]
    assert mikael.messages[0].id == question.id, "where it can be ended"
    mikael.press(question.id, programme.say(mikael, "auto_erase.end"))
    await programme.told(aino, "auto_erase.there_ended")
    later(programme, 7 * HOUR)
    await a_minute_passes(programme)
    assert "New" in [one.text for one in mikael.messages]
