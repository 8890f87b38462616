"""/alias and /language, as they are typed."""

import pytest

from mentorbot.programme.people import Role
from tests.journeys.programme import Programme, heard
from tests.people import SQLITE_ONLY

pytestmark = SQLITE_ONLY


async def test_alias_alone_shows_it(programme: Programme) -> None:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    aino.write("/alias")
    await programme.told(aino, "profile.alias_shown", alias=await programme.alias(aino))


@pytest.mark.parametrize("typed", ["/alias Quiet Birch", "/alias   Quiet    Birch  ", "/ALIAS Quiet Birch"])
async def test_an_alias_may_have_several_words(programme: Programme, typed: str) -> None:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    aino.write(typed)
    await programme.told(aino, "profile.alias_changed", alias="Quiet Birch")
    assert await programme.alias(aino) == "Quiet Birch"


@pytest.mark.parametrize("typed", ["Aino", "Korhonen", "aino_k", "Kind Korhonen", "Aino-Maria"])
async def test_every_name_that_telegram_shows_of_oneself_is_refused(programme: Programme, typed: str) -> None:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    aino.user.update(last_name="Korhonen", username="aino_k")
    old = await programme.alias(aino)
    aino.write(f"/alias {typed}")
    await programme.told(aino, "profile.alias_not_taken", alias=old)
    assert await programme.alias(aino) == old


@pytest.mark.parametrize("typed", ["\u202eevil", "▌ x", "x\u200by", "a\x00b", "<i>x</i>", "@somebody"])
async def test_an_alias_has_nothing_that_could_deceive(programme: Programme, typed: str) -> None:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    old = await programme.alias(aino)
    aino.write(f"/alias {typed}")
    await programme.told(aino, "profile.alias_not_taken", alias=old)
    assert await programme.alias(aino) == old


@pytest.mark.parametrize(("label", "language"), [("Suomi", "fi"), ("Svenska", "sv")])
async def test_a_language_is_chosen_by_its_own_name(programme: Programme, label: str, language: str) -> None:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    aino.write("/language")
    offered = await programme.told(aino, "profile.language_offered")
    assert {row[0] for row in offered.keyboard} == {"Suomi", "Svenska", "English"}
    aino.press(offered.id, label)
    programme.languages[aino.id] = language
    await programme.told(aino, "profile.language_changed")
    await programme.settled()
    assert heard(aino) == [programme.say(aino, "profile.language_changed")]
    assert (await programme.person(aino)).language == language
