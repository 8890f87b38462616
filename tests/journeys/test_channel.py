"""A participant and their mentor write to each other, and nobody else reads it."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.programme.people import Role
from tests.journeys.programme import Programme, heard, newest


@dataclass(frozen=True, kw_only=True)
class Circle:
    """A mentor with two participants, beside a second pair; a coordinator, and Otto."""

    sari: Phone
    mikael: Phone
    aino: Phone
    eero: Phone
    maria: Phone
    liisa: Phone
    otto: Phone

    def nobody_but(self, *those: Phone) -> list[Phone]:
        everybody = (self.sari, self.mikael, self.aino, self.eero, self.maria, self.liisa, self.otto)
        return [phone for phone in everybody if phone not in those]


@pytest.fixture
async def circle(programme: Programme) -> Circle:
    circle = Circle(
        sari=await programme.already("Sari", Role.COORDINATOR),
        mikael=await programme.already("Mikael", Role.MENTOR),
        aino=await programme.already("Aino", Role.PARTICIPANT),
        eero=await programme.already("Eero", Role.PARTICIPANT),
        maria=await programme.already("Maria", Role.MENTOR),
        liisa=await programme.already("Liisa", Role.PARTICIPANT),
        otto=programme.phone("Otto"),
    )
    await programme.already_paired(circle.aino, circle.mikael)
    await programme.already_paired(circle.eero, circle.mikael)
    await programme.already_paired(circle.liisa, circle.maria)
    return circle


def saw(phone: Phone, words: str) -> bool:
    return any(words in text for text in heard(phone))


async def test_each_reads_what_the_other_wrote_and_nobody_else_does(programme: Programme, circle: Circle) -> None:
    circle.aino.write("I will be late today")
    circle.liisa.write("Could we meet on Friday?")
    circle.maria.write("Friday is fine")
    await programme.settled()

    arrived = await circle.mikael.wait_for(lambda shown: "I will be late today" in shown.text)
    assert arrived.text.splitlines()[0] == f"▌ \u2068{await programme.alias(circle.aino)}\u2069"
    assert not any(saw(phone, "late today") for phone in circle.nobody_but(circle.mikael))
    assert saw(circle.maria, "Could we meet on Friday?")
    assert not any(saw(phone, "meet on Friday") for phone in circle.nobody_but(circle.maria))
    assert heard(circle.liisa)[-1] == "Friday is fine"
    assert not any(saw(phone, "Friday is fine") for phone in circle.nobody_but(circle.liisa))


async def test_a_reply_goes_to_the_one_who_wrote(programme: Programme, circle: Circle) -> None:
    circle.aino.write("From Aino")
    circle.eero.write("From Eero")
    from_aino = await circle.mikael.wait_for(lambda shown: "From Aino" in shown.text)
    from_eero = await circle.mikael.wait_for(lambda shown: "From Eero" in shown.text)
    await programme.settled()
    circle.mikael.write("For Eero alone", reply_to=from_eero.id)
    circle.mikael.write("For Aino alone", reply_to=from_aino.id)
    await programme.settled()
    assert heard(circle.eero)[-1] == "For Eero alone"
    assert heard(circle.aino)[-1] == "For Aino alone"
    assert not any(saw(phone, "For Eero alone") for phone in circle.nobody_but(circle.eero))
    assert not any(saw(phone, "For Aino alone") for phone in circle.nobody_but(circle.aino))


async def test_a_reply_goes_before_a_choice(programme: Programme, circle: Circle) -> None:
    circle.aino.write("A question")
    question = await circle.mikael.wait_for(lambda shown: "A question" in shown.text)
    await _choose(programme, circle.mikael, circle.eero)
    circle.mikael.write("This is the reply", reply_to=question.id)
    await programme.settled()
    assert saw(circle.aino, "This is the reply")
    assert not saw(circle.eero, "This is the reply")


async def test_a_reply_to_ones_own_words_is_asked_about_even_while_a_choice_holds(
    programme: Programme, circle: Circle
) -> None:
    await _choose(programme, circle.mikael, circle.aino)
    own = circle.mikael.write("To Aino")
    await programme.settled()
    await _choose(programme, circle.mikael, circle.eero)
    message = circle.mikael.write("One thing more", reply_to=own)
    asked = await programme.told(circle.mikael, "channel.for_whom")
    await programme.settled()
    assert asked.reply_to == message
    assert not any(saw(phone, "One thing more") for phone in circle.nobody_but())


async def test_a_choice_holds_for_ten_minutes_and_then_lapses(programme: Programme, circle: Circle) -> None:
    await _choose(programme, circle.mikael, circle.eero)
    circle.mikael.write("While it holds")
    programme.clock.ahead = timedelta(minutes=9, seconds=30)
    programme.api.faults.travel(timedelta(minutes=9, seconds=30))
    circle.mikael.write("Just before the end")
    await programme.settled()
    assert heard(circle.eero)[-2:] == ["While it holds", "Just before the end"]

    programme.clock.ahead = timedelta(minutes=10, seconds=1)
    programme.api.faults.travel(timedelta(seconds=31))
    circle.mikael.write("After the end")
    await programme.told(circle.mikael, "channel.for_whom")
    await programme.settled()
    assert not any(saw(phone, "After the end") for phone in circle.nobody_but())


async def test_what_fits_nobody_is_asked_about_and_goes_once_to_the_one_named(
    programme: Programme, circle: Circle
) -> None:
    first = circle.mikael.write("For one of you")
    asked = await programme.told(circle.mikael, "channel.for_whom")
    await programme.settled()
    assert asked.reply_to == first
    assert not any(saw(phone, "For one of you") for phone in circle.nobody_but())

    alias = await programme.alias(circle.aino)
    for _ in range(2):
        circle.mikael.press(asked.id, alias)
    await programme.told(circle.mikael, "channel.sent_to", alias=alias)
    await programme.settled()
    assert heard(circle.aino).count("For one of you") == 1
    assert not any(saw(phone, "For one of you") for phone in circle.nobody_but(circle.aino))
    assert circle.mikael.message(asked.id).keyboard == ()


async def test_two_waiting_messages_each_go_where_their_own_question_says(programme: Programme, circle: Circle) -> None:
    one, two = circle.mikael.write("Number one"), circle.mikael.write("Number two")
    first = await circle.mikael.wait_for(lambda shown: shown.reply_to == one)
    second = await circle.mikael.wait_for(lambda shown: shown.reply_to == two)
    circle.mikael.press(second.id, await programme.alias(circle.aino))
    circle.mikael.press(first.id, await programme.alias(circle.eero))
    await programme.settled()
    assert heard(circle.aino)[-1] == "Number two"
    assert heard(circle.eero)[-1] == "Number one"


async def test_what_is_for_nobody_goes_to_nobody(programme: Programme, circle: Circle) -> None:
    circle.mikael.write("Never mind")
    asked = await programme.told(circle.mikael, "channel.for_whom")
    circle.mikael.press(asked.id, programme.say(circle.mikael, "channel.nobody"))
    await programme.told(circle.mikael, "channel.sent_to_nobody")
    await programme.settled()
    assert not any(saw(phone, "Never mind") for phone in circle.nobody_but())


async def test_a_participant_without_a_mentor_is_told_that_nobody_read_it(programme: Programme, circle: Circle) -> None:
    lauri = await programme.already("Lauri", Role.PARTICIPANT, language="fi")
    lauri.write("Onko siellä ketään?")
    await programme.told(lauri, "channel.no_mentor_yet")
    await programme.settled()
    assert not any(saw(phone, "Onko siellä") for phone in circle.nobody_but())
    # It was not kept: the mentor who comes later does not get it either.
    await programme.pair(circle.sari, lauri, circle.maria)
    await programme.settled()
    assert not saw(circle.maria, "Onko siellä")


async def test_a_mentor_without_a_participant_is_told_so(programme: Programme, circle: Circle) -> None:
    antti = await programme.already("Antti", Role.MENTOR)
    antti.write("Hello?")
    await programme.told(antti, "channel.no_participant_yet")
    await programme.settled()
    assert not any(saw(phone, "Hello?") for phone in circle.nobody_but())


async def test_another_alias_stands_over_the_next_message(programme: Programme, circle: Circle) -> None:
    old = await programme.alias(circle.aino)
    circle.aino.write("/alias Quiet Birch")
    await programme.told(circle.aino, "profile.alias_changed", alias="Quiet Birch")
    circle.aino.write("It is still me")
    arrived = await circle.mikael.wait_for(lambda shown: "still me" in shown.text)
    await programme.settled()
    assert "Quiet Birch" in arrived.text
    assert old not in arrived.text
    assert not any(saw(phone, "Quiet Birch") for phone in circle.nobody_but(circle.aino, circle.mikael))


@pytest.mark.parametrize("name", ["aino", "Aino Lumi", "AINO-LUMI"])
async def test_the_own_telegram_name_is_not_taken_as_an_alias(programme: Programme, circle: Circle, name: str) -> None:
    old = await programme.alias(circle.aino)
    circle.aino.write(f"/alias {name}")
    await programme.told(circle.aino, "profile.alias_not_taken", alias=old)
    assert await programme.alias(circle.aino) == old


async def test_an_alias_that_somebody_has_is_not_taken(programme: Programme, circle: Circle) -> None:
    theirs, old = await programme.alias(circle.eero), await programme.alias(circle.aino)
    circle.aino.write(f"/alias {theirs.upper()}")
    await programme.told(circle.aino, "profile.alias_not_taken", alias=old)
    assert await programme.alias(circle.aino) == old
    assert await programme.alias(circle.eero) == theirs


async def test_another_language_is_spoken_from_then_on_and_to_that_person_alone(
    programme: Programme, circle: Circle
) -> None:
    circle.aino.write("/language")
    offered = await programme.told(circle.aino, "profile.language_offered")
    circle.aino.press(offered.id, "Svenska")
    programme.languages[circle.aino.id] = "sv"
    await programme.told(circle.aino, "profile.language_changed")
    circle.aino.write("/help")
    await programme.told(circle.aino, "help_participant")
    circle.mikael.write("/help")
    await programme.told(circle.mikael, "help_mentor")


async def test_a_coordinator_reads_nothing_of_what_others_write(programme: Programme, circle: Circle) -> None:
    before = heard(circle.sari)
    circle.aino.write("Between us")
    await circle.mikael.wait_for(lambda shown: "Between us" in shown.text)
    circle.liisa.write("Between us too")
    await circle.maria.wait_for(lambda shown: "Between us too" in shown.text)
    await programme.settled()
    assert heard(circle.sari) == before


async def _choose(programme: Programme, mentor: Phone, participant: Phone) -> None:
    seen = newest(mentor)
    alias = await programme.alias(participant)
    mentor.write("/people")
    shown = await mentor.wait_for(lambda shown: shown.from_bot and bool(shown.keyboard), after=seen)
    label = next(row[0] for row in shown.keyboard if alias in row[0])
    query = mentor.press(shown.id, label)
    assert (await mentor.wait_for_toast(query)).text is None
    await programme.settled()
    assert programme.was_told(mentor, "people.chosen", alias=alias)
