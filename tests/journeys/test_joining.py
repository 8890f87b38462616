"""From a link to a name in the programme."""

import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.locale.aliases import _words
from mentorbot.programme.people import Role, Stage
from tests.journeys.programme import LANGUAGE_BUTTONS, Programme, heard, saying


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
async def test_a_newcomer_joins_in_their_own_language(programme: Programme, language: str) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    aino = programme.phone("Aino", language=language, username="aino_k")
    otto = programme.phone("Otto")
    made = await programme.invite(Role.PARTICIPANT)
    await programme.come_in(aino, made, Role.PARTICIPANT, language=language)
    await programme.settled()

    alias = await programme.alias(aino)
    qualities, things = _words(language)
    quality, _, thing = alias.partition(" ")
    assert quality in qualities
    assert thing in things
    assert programme.was_told(aino, "joining.welcome_participant", alias=alias)
    assert programme.was_told(sari, "joining.joined_participant", alias=alias)
    assert not any("Aino" in text or "aino_k" in text for text in heard(sari))
    assert heard(otto) == []


async def test_the_limits_come_before_the_yes_and_in_the_language_that_was_chosen(programme: Programme) -> None:
    aino = programme.phone("Aino", language="en")
    made = await programme.invite(Role.PARTICIPANT)
    aino.start(made.token)
    await programme.told(aino, "joining.code_asked")
    aino.write(f" {made.code[:3].lower()}-{made.code[3:].lower()} ")
    asked = await programme.told(aino, "joining.language_asked")
    assert asked.keyboard[0] == ("English",), "Telegram's own setting is the first guess"
    aino.press(asked.id, LANGUAGE_BUTTONS["sv"])
    programme.languages[aino.id] = "sv"
    limits = await programme.told(aino, "joining.limits")
    await programme.settled()

    person = await programme.person(aino)
    assert person.stage is Stage.INFORMED
    assert person.alias == ""
    assert limits.keyboard == (
        (programme.say(aino, "joining.accept"),),
        (programme.say(aino, "joining.postpone"),),
    )


async def test_a_newcomer_who_puts_it_off_can_still_say_yes(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    aino = programme.phone("Aino")
    made = await programme.invite(Role.PARTICIPANT)
    aino.start(made.token)
    await programme.told(aino, "joining.code_asked")
    aino.write(made.code)
    asked = await programme.told(aino, "joining.language_asked")
    aino.press(asked.id, "English")
    limits = await programme.told(aino, "joining.limits")
    aino.press(limits.id, programme.say(aino, "joining.postpone"))
    postponed = await programme.told(aino, "joining.postponed")
    await programme.settled()
    assert not any(saying("en", "joining.joined_participant").search(text) for text in heard(sari))

    aino.press(postponed.id, programme.say(aino, "joining.accept"))
    await programme.told(aino, "joining.welcome_participant")
    await programme.told(sari, "joining.joined_participant")


async def test_a_coordinator_invites_from_the_chat_and_only_they_see_link_and_code(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR, language="fi")
    other = await programme.already("Ritva", Role.COORDINATOR)
    made = await _invited_by(programme, sari, "invites.mentor")
    mikael = programme.phone("Mikael", language="sv")
    mikael.start(made[0])
    await programme.told(mikael, "joining.code_asked")
    mikael.write(made[1])
    asked = await programme.told(mikael, "joining.language_asked")
    mikael.press(asked.id, "Svenska")
    limits = await programme.told(mikael, "joining.limits")
    mikael.press(limits.id, programme.say(mikael, "joining.accept"))
    await programme.told(mikael, "joining.welcome_mentor")
    await programme.settled()

    alias = await programme.alias(mikael)
    assert programme.was_told(sari, "joining.joined_mentor", alias=alias)
    assert not any(alias in text or made[0] in text or made[1] in text for text in heard(other))


async def test_the_same_invite_button_makes_one_invite(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    sari.write("/invite")
    offered = await programme.told(sari, "invites.offered")
    for _ in range(3):
        sari.press(offered.id, programme.say(sari, "invites.participant"))
    await programme.told(sari, "invites.code_participant")
    await programme.settled()
    assert sum("?start=" in text for text in heard(sari)) == 1


async def test_a_used_link_lets_nobody_in_and_alarms_whoever_made_it(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    other = await programme.already("Ritva", Role.COORDINATOR)
    token, code = await _invited_by(programme, sari, "invites.participant")
    aino = programme.phone("Aino")
    aino.start(token)
    await programme.told(aino, "joining.code_asked")
    aino.write(code)
    await programme.told(aino, "joining.language_asked")
    otto = programme.phone("Otto", language="sv")
    otto.start(token)
    await programme.told(otto, "stranger")
    await programme.told(sari, "invites.alarm_used")
    await programme.settled()

    assert heard(otto) == [programme.say(otto, "stranger")]
    assert await programme.is_unknown(otto)
    assert not programme.was_told(other, "invites.alarm_used")
    assert not programme.was_told(aino, "invites.alarm_used")


async def test_five_wrong_codes_lock_the_invite_and_turn_the_guesser_away(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    token, code = await _invited_by(programme, sari, "invites.participant")
    otto = programme.phone("Otto")
    otto.start(token)
    await programme.told(otto, "joining.code_asked")
    for _ in range(5):
        otto.write("WRONG2")
    await programme.told(otto, "stranger")
    await programme.told(sari, "invites.alarm_locked")
    await programme.settled()
    assert await programme.is_unknown(otto)

    aino = programme.phone("Aino")
    aino.start(token)
    await programme.told(aino, "stranger")
    aino.write(code)
    await programme.settled()
    assert await programme.is_unknown(aino)


async def test_an_outsider_gets_one_sentence_and_leaves_no_row(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    before = len(heard(sari))
    otto = programme.phone("Otto")
    otto.write("Is anybody there?")
    await programme.told(otto, "stranger")
    otto.start("a-token-that-was-never-made")
    otto.write("/pair")
    await programme.settled()
    assert heard(otto) == [programme.say(otto, "stranger")]
    assert await programme.is_unknown(otto)
    assert len(heard(sari)) == before


async def _invited_by(programme: Programme, coordinator: Phone, button: str) -> tuple[str, str]:
    """Token and code of an invite that a coordinator makes in the chat."""
    coordinator.write("/invite")
    offered = await programme.told(coordinator, "invites.offered")
    coordinator.press(offered.id, programme.say(coordinator, button))
    role = button.removeprefix("invites.")
    link = await coordinator.wait_for(lambda shown: "?start=" in shown.text)
    code = await programme.told(coordinator, f"invites.code_{role}")
    marked = next(entity for entity in code.entities if entity["type"] == "code")
    return link.text.rpartition("?start=")[2], code.text[marked["offset"] : marked["offset"] + marked["length"]]
