"""Mikael goes away, Maria is there for Aino who wants it and not for Eero who does not, and Mikael is back."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.shown import ShownMessage
from mentorbot.programme.people import Role
from tests.journeys.programme import Programme, heard, newest


def saw(phone: Phone, words: str) -> bool:
    return any(words in text for text in heard(phone))


@dataclass(kw_only=True)
class Circle:
    programme: Programme
    mikael: Phone
    maria: Phone
    aino: Phone
    eero: Phone
    his: str
    hers: str
    ainos: str

    async def maria_can(self, back: str) -> None:
        """Mikael is away and names Maria, who is asked first and hears no name."""
        told, say = self.programme.told, self.programme.say
        self.mikael.write("/away")
        shown = await told(self.mikael, "away.not_away")
        self.mikael.press(shown.id, back)
        wanted = await told(self.mikael, "substitute.wanted")
        self.mikael.press(wanted.id, say(self.mikael, "substitute.name"))
        await told(self.mikael, "substitute.whom")
        self.mikael.press(wanted.id, self.hers)
        question = await self.maria.wait_for(lambda shown: self.his in shown.text)
        assert self.ainos not in question.text
        await self.programme.settled()
        assert not self.programme.was_told(self.aino, "substitute.offered")
        self.maria.press(question.id, say(self.maria, "substitute.i_can"))
        await told(self.mikael, "substitute.can", alias=self.hers)

    async def offered(self, phone: Phone) -> ShownMessage:
        return await self.programme.told(phone, "substitute.offered", substitute=self.hers, mentor=self.his)

    async def aino_wants_it(self) -> ShownMessage:
        """What tells her that Maria is there."""
        offered = await self.offered(self.aino)
        self.aino.press(offered.id, self.programme.say(self.aino, "substitute.yes"))
        here = await self.programme.told(self.aino, "substitute.here", substitute=self.hers)
        await self.programme.told(self.mikael, "substitute.took_over", alias=self.ainos)
        await self.programme.told(self.maria, "substitute.meet", alias=self.ainos)
        await self.programme.settled()
        return here


@pytest.fixture
async def circle(programme: Programme) -> Circle:
    mikael = await programme.already("Mikael", Role.MENTOR)
    maria = await programme.already("Maria", Role.MENTOR)
    aino = await programme.already("Aino", Role.PARTICIPANT)
    eero = await programme.already("Eero", Role.PARTICIPANT)
    for participant in (aino, eero):
        await programme.already_paired(participant, mikael)
    return Circle(
        programme=programme,
        mikael=mikael,
        maria=maria,
        aino=aino,
        eero=eero,
        his=await programme.alias(mikael),
        hers=await programme.alias(maria),
        ainos=await programme.alias(aino),
    )


async def test_somebody_is_there_only_for_who_wants_it_and_what_is_said_stays_between_the_two(circle: Circle) -> None:
    programme, mikael, maria, aino, eero = circle.programme, circle.mikael, circle.maria, circle.aino, circle.eero
    aino.write("Only for Mikael")
    copy = await mikael.wait_for(lambda shown: "Only for Mikael" in shown.text)
    await circle.maria_can("Back in a week")
    eero.press((await circle.offered(eero)).id, programme.say(eero, "substitute.no"))
    await programme.told(eero, "substitute.declined", alias=circle.his)
    await circle.aino_wants_it()
    assert mikael.chat.find(copy.id) is None

    aino.write("Only for Maria")
    await maria.wait_for(lambda shown: "Only for Maria" in shown.text)
    maria.write("Only from Maria")
    await aino.wait_for(lambda shown: "Only from Maria" in shown.text)
    eero.write("From Eero")
    await mikael.wait_for(lambda shown: "From Eero" in shown.text)
    took_over = await programme.told(mikael, "substitute.took_over")
    said = heard(aino)
    mikael.write("A late answer", reply_to=took_over.id)
    await programme.told(mikael, "channel.for_whom")
    await programme.settled()
    assert heard(aino) == said
    assert not saw(eero, "A late answer")
    assert not saw(maria, "Only for Mikael")

    mikael.write("/people")
    await programme.told(mikael, "people.with_another", alias=circle.ainos, substitute=circle.hers)
    maria.write("/people")
    await programme.told(maria, "people.for_another", mentor=circle.his)
    aino.write("/mentor")
    await programme.told(aino, "substitute.shown", substitute=circle.hers, mentor=circle.his)


async def test_the_own_mentor_is_back_and_nothing_of_the_time_between_comes_to_anybody_else(circle: Circle) -> None:
    programme, mikael, maria, aino = circle.programme, circle.mikael, circle.maria, circle.aino
    await circle.maria_can("Back in a week")
    here = await circle.aino_wants_it()
    met = await programme.told(maria, "substitute.meet")
    aino.write("Only for Maria")
    letter = await maria.wait_for(lambda shown: "Only for Maria" in shown.text)

    mikael.write("/back")
    await programme.told(aino, "substitute.back", mentor=circle.his, substitute=circle.hers)
    await programme.told(mikael, "substitute.yours_again", alias=circle.ainos)
    await programme.told(maria, "substitute.done", alias=circle.ainos)
    await programme.settled()
    assert maria.chat.find(letter.id) is None
    said, seen = heard(aino), newest(maria)
    maria.write("After the end", reply_to=met.id)
    await programme.told(maria, "channel.no_participant_yet", after=seen)
    aino.press(here.id, programme.say(aino, "substitute.end"))
    await programme.settled()
    assert heard(aino) == said

    aino.write("For Mikael again")
    await mikael.wait_for(lambda shown: "For Mikael again" in shown.text)
    await programme.settled()
    assert not saw(maria, "For Mikael again")
    assert not saw(mikael, "Only for Maria")


async def test_the_participant_ends_it_and_hears_that_the_own_mentor_is_still_away(circle: Circle) -> None:
    programme, mikael, maria, aino = circle.programme, circle.mikael, circle.maria, circle.aino
    await circle.maria_can("Back in a week")
    here = await circle.aino_wants_it()
    aino.press(here.id, programme.say(aino, "substitute.end"))
    over = await programme.told(aino, "substitute.over", mentor=circle.his, substitute=circle.hers)
    await programme.told(aino, "away.mentor_away", after=over.id)
    aino.write("For Mikael again")
    await mikael.wait_for(lambda shown: "For Mikael again" in shown.text)
    await programme.settled()
    assert not saw(maria, "For Mikael again")


async def test_a_yes_after_the_time_has_passed_connects_nobody(circle: Circle) -> None:
    programme, aino = circle.programme, circle.aino
    await circle.maria_can("Back tomorrow")
    offered = await circle.offered(aino)
    programme.clock.ahead += timedelta(days=2)
    aino.press(offered.id, programme.say(aino, "substitute.yes"))
    await programme.told(aino, "substitute.impossible", alias=circle.his)
    await programme.settled()
    assert not programme.was_told(circle.maria, "substitute.meet")
