"""Stories of a participant who empties their chat."""

from datetime import timedelta

import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.programme.people import Role
from tests.journeys.programme import Programme, heard

PICTURE = b"\xff\xd8\xff picture"
DAY = timedelta(days=1)


@pytest.fixture
async def pair(programme: Programme) -> tuple[Phone, Phone]:
    aino = await programme.already("Aino", Role.PARTICIPANT, language="fi")
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)
    return aino, mikael


def later(programme: Programme, time: timedelta) -> None:
    programme.clock.ahead += time
    programme.api.telegram.clock.travel(time.total_seconds())


async def wipe(programme: Programme, phone: Phone) -> None:
    phone.write("/wipe")
    asked = await programme.told(phone, "wiping.asked")
    phone.press(asked.id, programme.say(phone, "wiping.wipe"))
    await phone.wait_until_gone(asked.id)
    await programme.settled()


async def test_everything_of_both_that_is_young_enough_goes_and_the_other_chat_is_untouched(
    programme: Programme, pair: tuple[Phone, Phone]
) -> None:
    aino, mikael = pair
    old = aino.write("Long ago")
    mikael.write("Long ago, too")
    await programme.settled()
    later(programme, 2 * DAY)
    before = [shown.id for shown in aino.messages]
    assert len(before) == 2
    assert before[0] == old
    aino.write("Hei")
    aino.send_file("photo", PICTURE, caption="My house")
    aino.send_album("photo", [PICTURE, PICTURE])
    aino.send_contact("+358401234567", "Somebody")  # asked about
    aino.send_poll("Who?", ["A", "B"])  # refused
    aino.write("/help")
    mikael.write("How are you?")
    mikael.send_file("voice", b"a voice")
    await programme.settled()
    theirs = [(shown.id, shown.text) for shown in mikael.messages]
    assert len([shown for shown in aino.messages if not shown.from_bot]) == 8

    await wipe(programme, aino)
    assert [shown.id for shown in aino.messages] == before
    assert [(shown.id, shown.text) for shown in mikael.messages] == theirs
    assert any("My house" in text for _, text in theirs)


async def test_the_link_and_the_code_by_which_somebody_joined_go_too(programme: Programme) -> None:
    aino = await programme.join("Aino", Role.PARTICIPANT)
    await programme.settled()
    assert len(aino.messages) == 4
    await wipe(programme, aino)
    assert aino.messages == []


async def test_who_the_mentor_is_goes_too(programme: Programme, pair: tuple[Phone, Phone]) -> None:
    aino, _ = pair
    aino.write("/mentor")
    await programme.told(aino, "change.mentor")
    await wipe(programme, aino)
    assert aino.messages == []


async def test_without_a_question_it_happens_at_once_and_nothing_is_said(
    programme: Programme, pair: tuple[Phone, Phone]
) -> None:
    aino, _ = pair
    aino.write("/safety")
    menu = await programme.told(aino, "safety.shown")
    aino.press(menu.id, programme.say(aino, "safety.wipe_ask_off"))
    await aino.wait_for(lambda shown: programme.say(aino, "safety.wipe_asks_off") in shown.text)
    aino.write("/wipe")
    await aino.wait_until_gone(menu.id)
    await programme.settled()
    assert aino.messages == []


async def test_who_keeps_everything_keeps_it(programme: Programme, pair: tuple[Phone, Phone]) -> None:
    aino, _ = pair
    aino.write("Hei")
    aino.write("/wipe")
    asked = await programme.told(aino, "wiping.asked")
    aino.press(asked.id, programme.say(aino, "wiping.drop"))
    await programme.told(aino, "wiping.dropped")
    await programme.settled()
    assert len(aino.messages) == 3


async def test_what_comes_in_that_moment_is_there_whole_and_what_is_written_arrives(
    programme: Programme, pair: tuple[Phone, Phone]
) -> None:
    aino, mikael = pair
    aino.write("/wipe")
    asked = await programme.told(aino, "wiping.asked")
    slow = programme.api.faults.delay("deleteMessages", 1.0, chat=aino.id)
    aino.press(asked.id, programme.say(aino, "wiping.wipe"))
    await slow.happened()
    mikael.write("In that moment")
    picture = aino.send_file("photo", PICTURE, caption="And this")
    await programme.settled()
    assert [shown.text for shown in aino.messages] == ["And this", "In that moment"]
    assert aino.messages[0].id == picture
    assert heard(mikael)[-1].endswith("And this")


async def test_a_picture_just_sent_reaches_the_mentor_before_it_goes(
    programme: Programme, pair: tuple[Phone, Phone]
) -> None:
    aino, mikael = pair
    aino.write("/wipe")
    asked = await programme.told(aino, "wiping.asked")
    slow = programme.api.faults.delay("copyMessage", 0.5, chat=mikael.id)
    picture = aino.send_file("photo", PICTURE, caption="My house")
    await slow.happened()
    aino.press(asked.id, programme.say(aino, "wiping.wipe"))
    await aino.wait_until_gone(asked.id)
    assert aino.message(picture).text == "My house", "spared: it is not there yet"
    await aino.wait_until_gone(picture)
    await programme.settled()
    assert aino.messages == []
    assert [text.splitlines()[-1] for text in heard(mikael)] == ["My house"]


async def test_afterwards_edits_removals_and_reactions_of_what_is_gone_do_no_harm(
    programme: Programme, pair: tuple[Phone, Phone]
) -> None:
    aino, mikael = pair
    aino.write("Hei")
    first, second = mikael.write("At six"), mikael.write("Or not")
    await programme.settled()
    await wipe(programme, aino)
    mikael.write("/delete", reply_to=second)
    await programme.told(mikael, "changing.removal_nothing")
    copy = next(shown for shown in mikael.messages if shown.text.endswith("Hei"))
    mikael.react(copy.id, "👍")
    mikael.write("What did you mean?", reply_to=copy.id)
    mikael.edit(first, "At seven")
    assert (await programme.told(mikael, "channel.edit_not_carried")).reply_to == first
    await programme.settled()
    assert [shown.text for shown in aino.messages] == ["What did you mean?"]
