"""Somebody blocks the bot, takes a break, or leaves."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import func, select

from mentorbot.demo.bot_api.errors import ApiError
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.shown import ShownMessage
from mentorbot.programme.people import Role
from mentorbot.programme.reaction import ARRIVED
from storage.tables import UNFINISHED, outbox
from tests.journeys.programme import Programme, heard, until


async def pair_of(programme: Programme) -> tuple[Phone, Phone]:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)
    return aino, mikael


def written(phone: Phone, *texts: str) -> list[str]:
    """Which of these the bot brought, in the order in which they came."""
    return [text for shown in heard(phone) for text in texts if text in shown]


async def test_what_waits_for_a_participant_who_blocked_the_bot_comes_in_order_when_they_are_back(
    programme: Programme,
) -> None:
    aino, mikael = await pair_of(programme)
    alias = await programme.alias(aino)
    aino.block()
    await programme.told(mikael, "absence.participant_waits", alias=alias)
    for text in ("First", "Second"):
        mikael.write(text)
    await until(has_in_queue(programme, aino, 2))
    assert heard(aino) == []
    assert len(heard(mikael)) == 1
    assert "block" not in heard(mikael)[0]
    aino.unblock()
    await programme.told(mikael, "absence.participant_again", alias=alias)
    await programme.settled()
    assert written(aino, "First", "Second") == ["First", "Second"]
    assert len(heard(mikael)) == 2


@pytest.mark.parametrize("why", ["user is deactivated", "bot was blocked by the user"])
async def test_a_refusal_alone_holds_the_queue_and_tells_the_other_end(programme: Programme, why: str) -> None:
    aino, mikael = await pair_of(programme)
    refused = ApiError(403, f"Forbidden: {why}")
    programme.api.faults.fail("sendMessage", refused, chat=mikael.id)
    aino.write("Are you there?")
    await programme.told(aino, "absence.mentor_waits")
    assert heard(mikael) == []
    mikael.write("I am")
    await programme.told(aino, "absence.mentor_again")
    await mikael.wait_for(lambda shown: "Are you there?" in shown.text)


async def test_during_a_break_nothing_comes_but_what_they_ask_for_and_what_they_write_goes_out(
    programme: Programme,
) -> None:
    aino, mikael = await pair_of(programme)
    alias = await programme.alias(aino)
    aino.write("/pause")
    paused = await programme.told(aino, "absence.pause_begun")
    await programme.told(mikael, "absence.participant_pauses", alias=alias)
    for text in ("First", "Second"):
        mikael.write(text)
    await until(has_in_queue(programme, aino, 2))
    aino.write("I am well")
    await mikael.wait_for(lambda shown: "I am well" in shown.text)
    aino.write("/help")
    await programme.told(aino, "help_participant")
    assert written(aino, "First", "Second") == []
    assert (await programme.person(aino)).paused_since is not None

    aino.press(paused.id, programme.say(aino, "absence.go_on"))
    await programme.told(mikael, "absence.participant_again", alias=alias)
    await programme.settled()
    assert written(aino, "First", "Second") == ["First", "Second"]
    assert programme.was_told(aino, "absence.pause_over")


async def test_during_a_break_no_reaction_and_no_sign_of_arrival_comes_and_both_are_there_after_it(
    programme: Programme,
) -> None:
    aino, mikael = await pair_of(programme)
    before = aino.write("Before the break")
    there = await programme.brought(mikael, "Before the break")
    await until(shows(aino, before, ARRIVED))
    answer = mikael.write("Take care")
    here = await programme.brought(aino, "Take care")
    aino.write("/pause")
    paused = await programme.told(aino, "absence.pause_begun")
    calls = programme.api.transcript.calls
    pushed = [call for call in calls("setMessageReaction") if call.params["chat_id"] == aino.id]

    mikael.react(there.id, "❤")
    during = aino.write("I am well")
    well = await programme.brought(mikael, "I am well")
    await until(has_in_queue(programme, aino, 2))
    mikael.react(well.id, "👍")
    aino.react(here.id, "🔥")
    await until(shows(mikael, answer, "🔥"))
    await until(has_in_queue(programme, aino, 3))
    assert [call for call in calls("setMessageReaction") if call.params["chat_id"] == aino.id] == pushed

    aino.press(paused.id, programme.say(aino, "absence.go_on"))
    await until(shows(aino, during, "👍"))
    assert aino.message(before).reactions == ("❤",)
    came = [call.params["reaction"][0]["emoji"] for call in calls("setMessageReaction")[-3:]]
    assert came == ["❤", ARRIVED, "👍"]


async def test_a_participant_leaves_and_is_a_stranger(programme: Programme) -> None:
    aino, mikael = await pair_of(programme)
    sari = await programme.already("Sari", Role.COORDINATOR)
    alias = await programme.alias(aino)
    aino.write("My address is Lane 5")
    await mikael.wait_for(lambda shown: "Lane 5" in shown.text)
    aino.write("/leave")
    asked = await programme.told(aino, "leaving.asked")
    aino.press(asked.id, programme.say(aino, "leaving.leave"))
    await programme.told(mikael, "leaving.has_left_mentor", alias=alias)
    await programme.told(sari, "leaving.has_left", alias=alias)
    await aino.wait_for(is_at(asked.id, programme.say(aino, "leaving.gone")))
    await programme.settled()
    assert written(mikael, "Lane 5") == []
    assert await programme.is_unknown(aino)

    aino.write("Hello?")
    await programme.told(aino, "stranger")
    mikael.write("Hello?")
    await programme.told(mikael, "channel.no_participant_yet")


async def test_who_stays_loses_nothing(programme: Programme) -> None:
    aino, mikael = await pair_of(programme)
    aino.write("/leave")
    asked = await programme.told(aino, "leaving.asked")
    aino.press(asked.id, programme.say(aino, "leaving.stay"))
    await programme.told(aino, "leaving.stays")
    assert not aino.message(asked.id).keyboard
    mikael.write("Still there?")
    await aino.wait_for(lambda shown: "Still there?" in shown.text)


def is_at(message: int, text: str) -> Callable[[ShownMessage], bool]:
    return lambda shown: shown.id == message and shown.text == text


def has_in_queue(programme: Programme, phone: Phone, count: int) -> Callable[[], Awaitable[bool]]:
    """Whether as many notices wait for somebody, and nothing of them is on its way."""

    async def true() -> bool:
        pid = (await programme.person(phone)).pid
        query = select(func.count()).where(outbox.c.recipient == pid, UNFINISHED)
        return await programme.store.transact(lambda tx: int(tx.conn.execute(query).scalar_one())) == count

    return true


def shows(phone: Phone, message: int, *reactions: str) -> Callable[[], Awaitable[bool]]:
    async def true() -> bool:
        return phone.message(message).reactions == reactions

    return true
