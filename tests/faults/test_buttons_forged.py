"""Row 41: a button that is forged, another's or old is refused and audited."""

import pytest
from sqlalchemy import update

from handlers.telegram.buttons import Action, Press, token_for
from mentorbot.programme.people import Role
from storage.tables import channels, people
from tests.journeys.conftest import programme
from tests.journeys.programme import Programme, heard
from tests.people import SQLITE_ONLY, Installation

from .scenes import (
    SCENES,
    answers,
    asked_for_a_language,
    button_for,
    data_of,
    informed,
    mentors_offered,
    mentors_people,
    received,
    refused,
)
from .tables import changes, counts

__all__ = ["programme"]


@SQLITE_ONLY
async def test_row_41_a_button_with_any_one_character_changed_is_refused_and_audited(
    programme: Programme, installation: Installation
) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    sari.write("/invite")
    offered = await programme.told(sari, "invites.offered")
    await programme.settled()
    true, before = data_of(sari, offered.id), await counts(installation)
    changed = [f"{true[:at]}{'A' if true[at] != 'A' else 'B'}{true[at + 1 :]}" for at in range(len(true))]
    made_up = ["", "x", true[:-1], f"{true} ", true[::-1], true.lower(), "0" * 64, "~" * 64, "\u00e4" * 32, "/invite"]
    toasts = await answers(sari, [sari.press_data(offered.id, data) for data in [*changed, *made_up]])
    await programme.settled()
    assert toasts == {programme.say(sari, "button.old")}
    times = len(changed) + len(made_up)
    assert await refused(programme) == [(await programme.person(sari)).pid] * times
    assert changes(before, await counts(installation)) == {"audit": times}

    # The control: as it is, it works.
    assert await answers(sari, [sari.press_data(offered.id, true)]) == {None}
    await programme.settled()
    assert len(await refused(programme)) == times
    assert programme.was_told(sari, "invites.link")


@SQLITE_ONLY
async def test_row_41_a_button_of_somebody_elses_is_refused_and_audited(
    programme: Programme, installation: Installation
) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    others = [
        await programme.already("Ritva", Role.COORDINATOR),  # she may do the same, by a button of her own
        await programme.already("Mikael", Role.MENTOR),
        await programme.already("Aino", Role.PARTICIPANT),
    ]
    sari.write("/invite")
    offered = await programme.told(sari, "invites.offered")
    await programme.settled()
    data, before = data_of(sari, offered.id), await counts(installation)
    for other in others:
        assert await answers(other, [other.press_data(offered.id, data)]) == {programme.say(other, "button.old")}
    await programme.settled()
    assert await refused(programme) == [(await programme.person(other)).pid for other in others]
    assert changes(before, await counts(installation)) == {"audit": len(others)}
    assert [heard(other) for other in others] == [[], [], []]


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.COORDINATOR])
@SQLITE_ONLY
async def test_row_41_a_true_button_is_authorised_anew_at_every_press(
    programme: Programme, installation: Installation, role: Role
) -> None:
    """Somebody has a button of each kind that was sealed for them, and has not even told the code yet."""
    aino = programme.phone("Aino")
    aino.start((await programme.invite(role)).token)
    await programme.told(aino, "joining.code_asked")
    await programme.settled()
    pid = (await programme.person(aino)).pid
    key, before, said = programme.store.root.buttons, await counts(installation), heard(aino)
    buttons = [token_for(key, pid, Press(action=action, subject=pid, object=b"fi")) for action in Action]
    toasts = await answers(aino, [aino.press_data(1, data) for data in buttons])
    await programme.settled()
    assert toasts == {programme.say(aino, "button.old")}
    assert await refused(programme) == [pid] * len(Action)
    assert changes(before, await counts(installation)) == {"audit": len(Action)}
    assert heard(aino) == said


async def test_row_41_of_two_coordinators_one_pairs_and_the_other_is_too_late(
    programme: Programme, installation: Installation
) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    ritva = await programme.already("Ritva", Role.COORDINATOR)
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mentors = [await programme.already(name, Role.MENTOR) for name in ("Mikael", "Maria")]
    before = await counts(installation)
    queries = []
    for coordinator, mentor in zip((sari, ritva), mentors, strict=True):
        message = await mentors_offered(programme, coordinator, aino)
        queries.append((coordinator, message, await button_for(programme, coordinator, message, mentor)))
    pressed = [(who, who.press_data(message, data)) for who, message, data in queries]  # both in one poll
    said = [(await who.wait_for_toast(query)).text for who, query in pressed]
    await programme.settled()

    late = said.index(programme.say(sari, "button.old"))
    assert said[1 - late] is None
    assert await refused(programme) == [(await programme.person(pressed[late][0])).pid]
    assert changes(before, await counts(installation))["channels"] == 1
    assert heard(mentors[late]) == []
    assert len(heard(mentors[1 - late])) == len(heard(aino)) == 1

    # Long after, it is the same.
    who, message, data = queries[late]
    assert await answers(who, [who.press_data(message, data)]) == {programme.say(who, "button.old")}
    assert len(await refused(programme)) == 2


@SQLITE_ONLY
async def test_row_41_what_led_to_a_yes_is_old_after_it(programme: Programme, installation: Installation) -> None:
    aino, language = await asked_for_a_language(programme)
    swedish = data_of(aino, language, row=2)
    limits = await informed(programme, aino, language)
    later = data_of(aino, limits, row=1)
    aino.press(limits, (0, 0))
    await programme.told(aino, "joining.welcome_participant")
    await programme.settled()
    before, said = await counts(installation), heard(aino)
    toasts = await answers(aino, [aino.press_data(limits, data) for data in (swedish, later)])
    await programme.settled()
    assert toasts == {programme.say(aino, "button.old")}
    assert changes(before, await counts(installation)) == {"audit": 2}
    assert heard(aino) == said
    assert (await programme.person(aino)).language == "en"


@SQLITE_ONLY
async def test_row_41_who_has_another_mentor_now_cannot_be_written_to_by_an_old_button(
    programme: Programme, installation: Installation
) -> None:
    held = await SCENES[Action.SEND_HELD](programme)
    choose = await mentors_people(programme, held.presser)
    await programme.settled()
    pid = (await programme.person(held.presser)).pid
    close = update(channels).where(channels.c.mentor == pid).values(closed_at=programme.clock())
    await programme.store.transact(lambda tx: tx.conn.execute(close))
    before, said = await counts(installation), received(programme)
    pressed = [held.presser.press_data(held.message, data) for data in (held.data, choose)]
    assert await answers(held.presser, pressed) == {programme.say(held.presser, "button.old")}
    await programme.settled()
    assert await refused(programme) == [pid, pid]
    assert changes(before, await counts(installation)) == {"audit": 2}
    assert received(programme) == said


@SQLITE_ONLY
async def test_row_41_a_button_made_for_what_somebody_was_before_is_old(
    programme: Programme, installation: Installation
) -> None:
    scene = await SCENES[Action.PAIR_WITH](programme)
    rename = update(people).where(people.c.role == Role.PARTICIPANT).values(version=people.c.version + 1)
    await programme.store.transact(lambda tx: tx.conn.execute(rename))
    before, said = await counts(installation), received(programme)
    toasts = await answers(scene.presser, [scene.presser.press_data(scene.message, scene.data)])
    await programme.settled()
    assert toasts == {programme.say(scene.presser, "button.old")}
    assert changes(before, await counts(installation)) == {"audit": 1}
    assert received(programme) == said
