"""Something is wrong with the bot itself, and those who can do something about it hear of it."""

from mentorbot.programme.people import Role
from tests.journeys.programme import Programme, heard


async def test_a_second_poller_alarms_the_coordinators_and_nobody_else(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR, language="fi")
    ritva = await programme.already("Ritva", Role.COORDINATOR, language="sv")
    mikael = await programme.already("Mikael", Role.MENTOR)
    aino = await programme.already("Aino", Role.PARTICIPANT)
    for _ in range(2):
        conflict = programme.api.faults.conflict()
        await conflict.happened()
    await programme.told(sari, "alarm.second_poller")
    await programme.told(ritva, "alarm.second_poller")
    await programme.settled()
    for coordinator in (sari, ritva):
        assert heard(coordinator).count(programme.say(coordinator, "alarm.second_poller")) == 1
    for phone in (mikael, aino):
        assert not programme.was_told(phone, "alarm.second_poller")
