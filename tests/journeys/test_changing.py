"""Stories of messages that their writers changed or took back."""

from datetime import timedelta

import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.programme.people import Role
from tests.journeys.programme import Programme, heard

PICTURE = b"\xff\xd8\xff picture"


@pytest.fixture
async def pair(programme: Programme) -> tuple[Phone, Phone]:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR, language="fi")
    await programme.already_paired(aino, mikael)
    return aino, mikael


async def test_a_changed_message_is_changed_on_the_other_side_and_later_corrected(
    programme: Programme, pair: tuple[Phone, Phone]
) -> None:
    aino, mikael = pair
    label = f"▌ \u2068{await programme.alias(aino)}\u2069"
    message, picture = aino.write("At six"), aino.send_file("photo", PICTURE, caption="My hous")
    await programme.settled()
    aino.edit(message, "At seven")
    aino.edit(picture, "My house")
    await programme.told(aino, "changing.only_words")
    await programme.settled()
    assert [(shown.text, shown.edited) for shown in mikael.messages] == [
        (f"{label}\nAt seven", True),
        (f"{label}\nMy house", True),
    ]
    programme.clock.ahead = timedelta(hours=49)
    aino.edit(message, "At eight")
    await programme.settled()
    correction = mikael.messages[-1]
    assert correction.text == f"{label}\n{programme.say(mikael, 'changing.corrected')}\nAt eight"
    assert correction.reply_to == mikael.messages[0].id
    assert mikael.messages[0].text == f"{label}\nAt seven"


async def test_a_message_is_taken_back_by_command_and_by_button_and_only_ones_own(
    programme: Programme, pair: tuple[Phone, Phone]
) -> None:
    aino, mikael = pair
    first, second, last = aino.write("One"), aino.write("Two"), aino.write("Three")
    mikael.write("Four")
    await programme.settled()
    aino.write("/delete", reply_to=first)
    told = await programme.told(aino, "changing.removal_removed")
    assert told.reply_to == first
    aino.write("/options", reply_to=second)
    options = await programme.told(aino, "changing.options")
    aino.press(options.id, programme.say(aino, "changing.delete_there"))
    await programme.settled()
    assert aino.message(options.id).text == programme.say(aino, "changing.removal_removed")
    four = next(shown for shown in aino.messages if shown.text == "Four")
    aino.write("/delete", reply_to=four.id)
    await programme.told(aino, "changing.explained")
    await programme.settled()
    programme.clock.ahead = timedelta(hours=49)
    aino.write("/delete", reply_to=last)
    await programme.told(aino, "changing.removal_too_old")
    await programme.settled()
    assert [text.splitlines()[-1] for text in heard(mikael)] == ["Three"]
    assert "Four" in heard(aino)
