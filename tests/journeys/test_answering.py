"""When a mentor answers, as both ends of the channel see it."""

from datetime import UTC, datetime, timedelta

from mentorbot.programme.people import Role
from tests.journeys.programme import ZONE, Programme, heard


def until_local(hour: int) -> timedelta:
    """How long it is to the next such hour of the programme's day."""
    now = datetime.now(UTC)
    there = now.astimezone(ZONE).replace(hour=hour, minute=0, second=0, microsecond=0)
    return (there if there > now else there + timedelta(days=1)) - now


async def test_a_participant_who_writes_in_the_evening_hears_once_when_their_mentor_answers(
    programme: Programme,
) -> None:
    aino = await programme.already("Aino", Role.PARTICIPANT, language="fi")
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)

    mikael.write("/answering")
    shown = await programme.told(mikael, "answering.no_hours")
    mikael.press(shown.id, "Every day 08:00–20:00")
    await programme.told(mikael, "answering.hours", hours="Every day 08:00–20:00")
    mikael.write("/answering every now and then")
    await programme.told(mikael, "answering.not_understood")

    programme.clock.ahead = until_local(12)
    aino.write("Keskipäivä")
    await mikael.wait_for(lambda shown: "Keskipäivä" in shown.text)
    assert heard(aino) == []

    programme.clock.ahead += timedelta(hours=9)
    for text in ("Ilta", "Vielä yksi"):
        aino.write(text)
    told = await programme.told(aino, "answering.later", emergency="112")
    assert "klo 8.00" in told.text
    await mikael.wait_for(lambda shown: "Vielä yksi" in shown.text)
    await programme.settled()
    assert len(heard(aino)) == 1
