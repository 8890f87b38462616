"""/start, with a link and without one."""

from mentorbot.programme.invite import VALID_FOR
from mentorbot.programme.people import Role, Stage
from tests.journeys.programme import Programme, heard, newest
from tests.people import SQLITE_ONLY

pytestmark = SQLITE_ONLY


async def test_start_says_again_what_is_being_asked_at_every_stage(programme: Programme) -> None:
    made = await programme.invite(Role.PARTICIPANT)
    aino = programme.phone("Aino")
    aino.start(made.token)
    await programme.told(aino, "joining.code_asked")

    async def again(expected: str) -> int:
        seen = newest(aino)
        aino.start()
        return (await programme.told(aino, expected, after=seen)).id

    await again("joining.code_asked")
    aino.write(made.code)
    await programme.told(aino, "joining.language_asked")
    aino.press(await again("joining.language_asked"), "English")
    await programme.told(aino, "joining.limits")
    aino.press(await again("joining.limits"), (0, 0))
    await programme.told(aino, "joining.welcome_participant")
    await again("help_participant")


async def test_words_in_the_place_of_a_button_bring_the_question_again(programme: Programme) -> None:
    made = await programme.invite(Role.PARTICIPANT)
    aino = programme.phone("Aino")
    aino.start(made.token)
    await programme.told(aino, "joining.code_asked")
    aino.write(made.code)
    await programme.told(aino, "joining.language_asked")
    seen = newest(aino)
    aino.write("English please")
    await programme.told(aino, "joining.language_asked", after=seen)


async def test_the_link_of_somebody_who_is_in_changes_nothing_for_them(programme: Programme) -> None:
    mikael = await programme.already("Mikael", Role.MENTOR)
    before = await programme.person(mikael)
    made = await programme.invite(Role.COORDINATOR)
    mikael.start(made.token)
    await programme.told(mikael, "help_mentor")
    assert await programme.person(mikael) == before
    ritva = programme.phone("Ritva")
    await programme.come_in(ritva, made, Role.COORDINATOR)


async def test_link_and_code_written_in_one_go_while_the_bot_was_away_let_the_newcomer_in(
    programme: Programme,
) -> None:
    made = await programme.invite(Role.PARTICIPANT)
    aino = programme.phone("Aino")
    hold = programme.api.faults.conflict()
    await hold.happened()
    aino.start(made.token)
    aino.write(made.code)
    await programme.told(aino, "joining.language_asked")
    await programme.settled()
    assert (await programme.person(aino)).stage is Stage.VERIFIED
    assert not programme.was_told(aino, "stranger")


async def test_a_link_that_ran_out_turns_away_in_the_strangers_own_language(programme: Programme) -> None:
    made = await programme.invite(Role.PARTICIPANT)
    programme.clock.ahead = VALID_FOR
    otto = programme.phone("Otto", language="sv")
    otto.start(made.token)
    await programme.told(otto, "stranger")
    await programme.settled()
    assert heard(otto) == [programme.say(otto, "stranger")]
    assert await programme.is_unknown(otto)
