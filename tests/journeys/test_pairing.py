"""A coordinator brings a participant and a mentor together."""

from mentorbot.programme.people import Role
from tests.journeys.programme import Programme, heard


async def test_both_are_introduced_by_their_aliases_and_nobody_else_hears_of_it(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR, language="fi")
    mikael = await programme.already("Mikael", Role.MENTOR, language="sv")
    aino = await programme.already("Aino", Role.PARTICIPANT)
    others = [
        await programme.already("Ritva", Role.COORDINATOR),
        await programme.already("Maria", Role.MENTOR),
        await programme.already("Liisa", Role.PARTICIPANT),
    ]
    await programme.pair(sari, aino, mikael)

    names = {phone.first_name: await programme.alias(phone) for phone in (aino, mikael)}
    assert programme.was_told(aino, "pairing.meet_mentor", alias=names["Mikael"])
    assert programme.was_told(mikael, "pairing.meet_participant", alias=names["Aino"])
    assert programme.was_told(sari, "pairing.paired", participant=names["Aino"], mentor=names["Mikael"])
    assert all(heard(phone) == [] for phone in others)
    assert not any(name in text for phone in (sari, aino, mikael) for text in heard(phone) for name in names)


async def test_a_second_participant_comes_with_a_word_on_how_to_answer_whom(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    mikael = await programme.already("Mikael", Role.MENTOR)
    aino = await programme.already("Aino", Role.PARTICIPANT)
    eero = await programme.already("Eero", Role.PARTICIPANT)
    await programme.pair(sari, aino, mikael)
    before = heard(aino)
    await programme.pair(sari, eero, mikael)
    alias = await programme.alias(eero)
    assert programme.was_told(mikael, "pairing.meet_participant_of_several", alias=alias)
    assert heard(aino) == before


async def test_of_two_coordinators_who_pair_one_participant_the_second_comes_too_late(
    programme: Programme,
) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    ritva = await programme.already("Ritva", Role.COORDINATOR)
    mikael = await programme.already("Mikael", Role.MENTOR)
    maria = await programme.already("Maria", Role.MENTOR)
    aino = await programme.already("Aino", Role.PARTICIPANT)
    ritva.write("/pair")
    who = await programme.told(ritva, "pairing.who")
    ritva.press(who.id, await programme.alias(aino))
    await programme.told(ritva, "pairing.with_whom")
    await programme.pair(sari, aino, mikael)

    theirs = await programme.alias(maria)
    label = next(row[0] for row in ritva.message(who.id).keyboard if theirs in row[0])
    query = ritva.press(who.id, label)
    assert (await ritva.wait_for_toast(query)).text == programme.say(ritva, "button.old")
    await programme.settled()
    assert heard(maria) == []
    aino.write("Whom do I write to?")
    await mikael.wait_for(lambda shown: "Whom do I write to?" in shown.text)
    await programme.settled()
    assert heard(maria) == []


async def test_the_button_under_the_news_of_a_newcomer_pairs_them(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    mikael = await programme.already("Mikael", Role.MENTOR)
    aino = await programme.join("Aino", Role.PARTICIPANT)
    news = await programme.told(sari, "joining.joined_participant", alias=await programme.alias(aino))
    sari.press(news.id, programme.say(sari, "pairing.choose_mentor"))
    await programme.told(sari, "pairing.with_whom")
    sari.press(news.id, (0, 0))
    await programme.told(sari, "pairing.paired")
    await programme.told(aino, "pairing.meet_mentor", alias=await programme.alias(mikael))
