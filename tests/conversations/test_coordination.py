"""/invite and /pair, as a coordinator meets them."""

from mentorbot.programme.people import Role
from tests.journeys.programme import Programme, heard
from tests.people import SQLITE_ONLY

pytestmark = SQLITE_ONLY


async def test_invite_offers_a_participant_and_a_mentor_and_no_coordinator(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    sari.write("/invite")
    offered = await programme.told(sari, "invites.offered")
    assert offered.keyboard == (
        (programme.say(sari, "invites.participant"),),
        (programme.say(sari, "invites.mentor"),),
    )


async def test_pair_says_when_nobody_waits(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    sari.write("/pair")
    await programme.told(sari, "pairing.nobody_waits")


async def test_pair_says_when_there_is_no_mentor(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    aino = await programme.already("Aino", Role.PARTICIPANT)
    sari.write("/pair")
    who = await programme.told(sari, "pairing.who")
    sari.press(who.id, await programme.alias(aino))
    await programme.told(sari, "pairing.no_mentors", alias=await programme.alias(aino))
    await programme.settled()
    assert heard(aino) == []


async def test_those_who_wait_are_offered_by_alias_and_those_who_have_a_mentor_are_not(
    programme: Programme,
) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    mikael = await programme.already("Mikael", Role.MENTOR)
    aino, eero = [await programme.already(name, Role.PARTICIPANT) for name in ("Aino", "Eero")]
    await programme.already_paired(eero, mikael)
    sari.write("/pair")
    who = await programme.told(sari, "pairing.who")
    assert who.keyboard == ((await programme.alias(aino),), (programme.say(sari, "change.open"),))
