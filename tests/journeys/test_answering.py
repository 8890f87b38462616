"""When a mentor answers and when they are away, as both ends of the channel see it."""

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


async def test_a_mentor_who_is_away_says_until_when_and_comes_back_earlier(programme: Programme) -> None:
    aino = await programme.already("Aino", Role.PARTICIPANT, language="sv")
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)

    mikael.write("/away")
    shown = await programme.told(mikael, "away.not_away")
    mikael.press(shown.id, "Back in a week")
    await programme.told(aino, "away.mentor_away", emergency="112")
    await programme.told(mikael, "away.until")

    # What is written meanwhile reaches him, and Aino is told again only after a day.
    programme.clock.ahead += timedelta(days=1, minutes=1)
    for text in ("Hej", "Är du där?"):
        aino.write(text)
    await mikael.wait_for(lambda shown: "Är du där?" in shown.text)
    await programme.settled()
    assert len(heard(aino)) == 2

    mikael.write("/back")
    await programme.told(mikael, "away.over")
    await programme.told(aino, "away.mentor_back")
    aino.write("Bra")
    await mikael.wait_for(lambda shown: "Bra" in shown.text)
    await programme.settled()
    assert len(heard(aino)) == 3
