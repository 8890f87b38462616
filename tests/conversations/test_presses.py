"""Forged, foreign, stale and repeated presses: one answer, one line in the audit chain, no effect."""

import asyncio

import pytest
from sqlalchemy import select

from handlers.telegram.buttons import Action, Press, token_for
from mentorbot.programme.people import Role
from storage.tables import audit
from tests.journeys.programme import Programme, heard
from tests.people import SQLITE_ONLY

pytestmark = SQLITE_ONLY

FORGED = ["", "x", "A" * 64, "~" * 64, "/start", "\x00" * 10, "ä" * 32]


async def refusals(programme: Programme) -> list[bytes]:
    """Whose presses were refused, in order."""
    query = select(audit.c.actor).where(audit.c.action == "button_refused").order_by(audit.c.number)
    return await programme.store.transact(lambda tx: list(tx.conn.execute(query).scalars()))


async def test_whatever_a_forged_button_carries_the_answer_is_the_same(programme: Programme) -> None:
    aino = await programme.already("Aino", Role.PARTICIPANT, language="sv")
    message = aino.write("/help")
    await programme.told(aino, "help_participant")
    answers = set()
    for data in FORGED:
        toast = await aino.wait_for_toast(aino.press_data(message, data))
        answers.add(toast.text)
    assert answers == {programme.say(aino, "button.old")}
    assert await refusals(programme) == [(await programme.person(aino)).pid] * len(FORGED)


async def test_a_button_of_somebody_else_is_answered_like_a_forged_one(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    mikael = await programme.already("Mikael", Role.MENTOR)
    sari.write("/invite")
    offered = await programme.told(sari, "invites.offered")
    data = sari.button(offered.id, (0, 0))["callback_data"]
    toast = await mikael.wait_for_toast(mikael.press_data(offered.id, data))
    assert toast.text == programme.say(mikael, "button.old")
    await programme.settled()
    assert heard(mikael) == []
    assert not any("?start=" in text for text in heard(sari))
    assert await refusals(programme) == [(await programme.person(mikael)).pid]


async def test_an_outsiders_press_is_not_answered_and_leaves_no_trace(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    otto = programme.phone("Otto")
    otto.write("Hello")
    await programme.told(otto, "stranger")
    sari.write("/invite")
    offered = await programme.told(sari, "invites.offered")
    otto.press_data(1, sari.button(offered.id, (0, 0))["callback_data"])
    await programme.settled()
    assert otto.toasts == []
    assert await refusals(programme) == []
    assert await programme.is_unknown(otto)


async def test_a_stale_button_does_nothing(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR)
    sari.write("/pair")
    who = await programme.told(sari, "pairing.who")
    aino.write("/alias Quiet Birch")
    await programme.told(aino, "profile.alias_changed")
    toast = await sari.wait_for_toast(sari.press(who.id, (0, 0)))
    assert toast.text == programme.say(sari, "button.old")
    await programme.settled()
    assert sari.message(who.id).text == who.text
    assert heard(mikael) == []


@pytest.mark.parametrize("times", [2, 5])
async def test_pressed_many_times_at_once_it_has_one_effect_and_one_answer(programme: Programme, times: int) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR)
    sari.write("/pair")
    who = await programme.told(sari, "pairing.who")
    sari.press(who.id, await programme.alias(aino))
    await programme.told(sari, "pairing.with_whom")
    queries = [sari.press(who.id, (0, 0)) for _ in range(times)]
    toasts = await asyncio.gather(*(sari.wait_for_toast(query) for query in queries))
    await programme.settled()
    assert {toast.text for toast in toasts} == {None}
    assert len(heard(aino)) == 1
    assert len(heard(mikael)) == 1
    assert await refusals(programme) == []


async def test_a_language_that_is_not_one_is_refused(programme: Programme) -> None:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    person = await programme.person(aino)
    press = Press(action=Action.CHANGE_LANGUAGE, object=b"xx")
    data = token_for(programme.store.root.buttons, person.pid, press)
    toast = await aino.wait_for_toast(aino.press_data(1, data))
    assert toast.text == programme.say(aino, "button.old")
    assert (await programme.person(aino)).language == "en"


async def test_a_press_that_telegram_has_forgotten_takes_effect_all_the_same(programme: Programme) -> None:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    aino.write("/language")
    offered = await programme.told(aino, "profile.language_offered")
    programme.api.faults.bad_request("answerCallbackQuery", "query is too old and response timeout expired")
    aino.press(offered.id, "Svenska")
    programme.languages[aino.id] = "sv"
    await programme.told(aino, "profile.language_changed")
    assert aino.toasts == []
