"""A mentor of two who has a topic for each, from turning them on to a participant who leaves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.programme.people import Role
from tests.journeys.programme import Programme, heard, newest, open_programme
from tests.people import Installation


@pytest.fixture
async def programme(installation: Installation, tmp_path: Path) -> AsyncIterator[Programme]:
    async with open_programme(installation, tmp_path, topics=True) as programme:
        yield programme


def thread_of(mentor: Phone, message: int) -> int | None:
    thread: int | None = mentor.chat.messages[message].body.get("message_thread_id")
    return thread


async def test_a_mentor_writes_to_each_participant_in_their_topic(programme: Programme) -> None:
    mikael = await programme.already("Mikael", Role.MENTOR)
    aino, eero = await programme.already("Aino", Role.PARTICIPANT), await programme.already("Eero", Role.PARTICIPANT)
    for participant in (aino, eero):
        await programme.already_paired(participant, mikael)

    mikael.write("/topics")
    shown = await programme.told(mikael, "topics.are_off")
    mikael.press(shown.id, programme.say(mikael, "topics.turn_on"))
    await programme.told(mikael, "topics.are_on")
    await programme.settled()
    aliases = {await programme.alias(aino), await programme.alias(eero)}
    assert {topic["name"] for topic in mikael.chat.topics.values()} == aliases

    aino.write("From Aino")
    eero.write("From Eero")
    threads = [thread_of(mikael, (await programme.brought(mikael, f"From {name}")).id) for name in ("Aino", "Eero")]
    assert set(threads) == set(mikael.chat.topics)
    mikael.write("To Eero", topic=threads[1])
    mikael.write("To Aino", topic=threads[0])
    await programme.settled()
    assert (heard(aino)[-1], heard(eero)[-1]) == ("To Aino", "To Eero")

    seen = newest(mikael)
    mikael.write("To whom?")
    asked = await programme.told(mikael, "channel.for_whom", after=seen)
    await programme.settled()
    assert asked.reply_to == newest(mikael) - 1
    assert not [text for text in heard(aino) + heard(eero) if "whom" in text]

    eero.write("/leave")
    leave = await programme.told(eero, "leaving.asked")
    eero.press(leave.id, programme.say(eero, "leaving.leave"))
    await programme.told(mikael, "leaving.has_left_mentor")
    await programme.settled()
    assert list(mikael.chat.topics) == threads[:1]
    assert not [shown for shown in mikael.messages if "Eero" in shown.text], "all of it went with the topic"


async def test_topics_are_for_mentors_and_none_is_made_unasked(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    mikael = await programme.already("Mikael", Role.MENTOR)
    sari.write("/topics")
    await programme.told(sari, "not_understood")
    mikael.write("/topics")
    await programme.told(mikael, "topics.are_off")
    assert mikael.chat.topics == {}
