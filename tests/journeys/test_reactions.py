"""A reaction on one side appears on the other, and goes when it is taken back; a participant sees what has arrived."""

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.programme.people import Role
from mentorbot.programme.reaction import ARRIVED
from tests.journeys.programme import Programme, heard, until

CUSTOM = {"type": "custom_emoji", "custom_emoji_id": "5368324170671202286"}


async def shows(phone: Phone, message: int, *reactions: str) -> None:
    async def true() -> bool:
        return phone.message(message).reactions == reactions

    await until(true)


async def test_reactions_travel_both_ways(programme: Programme) -> None:
    aino = await programme.already("Aino", Role.PARTICIPANT, language="fi")
    mikael = await programme.already("Mikael", Role.MENTOR)
    eero = await programme.already("Eero", Role.PARTICIPANT)
    await programme.already_paired(aino, mikael)
    await programme.already_paired(eero, mikael)

    # What Aino wrote gets the sign once it is with Mikael; his own reaction takes its place, and it returns after.
    written = aino.write("Olen perillä")
    there = await programme.brought(mikael, "Olen perillä")
    await shows(aino, written, ARRIVED)
    mikael.react(there.id, "❤\ufe0f")
    await shows(aino, written, "❤")
    mikael.react(there.id, "👍")
    await shows(aino, written, "👍")
    mikael.react(there.id, None)
    await shows(aino, written, ARRIVED)

    # And the other way, on what Mikael wrote.
    answer = mikael.write("Good to hear", reply_to=there.id)
    here = await programme.brought(aino, "Good to hear")
    aino.react(here.id, "🔥")
    await shows(mikael, answer, "🔥")
    aino.react(here.id, None)
    await shows(mikael, answer)

    # A custom emoji reaches nobody. Its giver is told once.
    for _ in range(2):
        aino.react_with(here.id, CUSTOM)
        aino.react(here.id, None)
    told = await programme.told(aino, "reaction.not_carried")
    await programme.settled()
    assert told.reply_to == here.id
    assert heard(aino) == ["Good to hear", told.text]
    assert mikael.message(answer).reactions == ()
    assert heard(eero) == []
    assert len(heard(mikael)) == 1
