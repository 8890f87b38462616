"""Rows 41 and 42: a button that is forged, another's or old is refused and audited; one pressed twice acts once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select, update

from handlers.telegram.buttons import Action, Press, token_for
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.programme.people import Role
from storage import safety
from storage.tables import audit, channels, people
from tests.journeys.conftest import programme
from tests.journeys.programme import Programme, heard, newest
from tests.people import SQLITE_ONLY, Installation

from .tables import changes, counts

__all__ = ["programme"]


async def refused(programme: Programme) -> list[bytes]:
    """Whose presses were refused, oldest first."""
    query = select(audit.c.actor).where(audit.c.action == "button_refused").order_by(audit.c.number)
    return await programme.store.transact(lambda tx: list(tx.conn.execute(query).scalars()))


async def answers(phone: Phone, pressed: Iterable[str]) -> set[str | None]:
    """What these presses were answered with."""
    return {(await phone.wait_for_toast(query)).text for query in pressed}


def data_of(phone: Phone, message: int, row: int = 0) -> str:
    """What a button carries."""
    data: str = phone.button(message, (row, 0))["callback_data"]
    return data


def received(programme: Programme) -> Counter[str]:
    """How many messages everybody was sent, or saw changed."""
    people = programme.api.telegram.people
    calls = [call for call in programme.api.transcript if call.method.startswith(("send", "copy", "edit"))]
    return Counter(people[int(call.params["chat_id"])].first_name for call in calls if call.effect)


# --- row 41: forged, another's, old -----------------------------------------------------------------------------------


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


# --- row 42: twice ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A button that is about to be pressed, and everything that it does: what everybody receives, and the rows."""

    presser: Phone
    message: int
    data: str
    received: Mapping[str, int]
    rows: Mapping[str, int] = field(default_factory=dict)
    then_a_stranger: bool = False  # after the first press: nobody answers the second


async def asked_for_a_language(programme: Programme) -> tuple[Phone, int]:
    """Somebody new, after the code."""
    aino = programme.phone("Aino")
    made = await programme.invite(Role.PARTICIPANT)
    aino.start(made.token)
    await programme.told(aino, "joining.code_asked")
    aino.write(made.code)
    return aino, (await programme.told(aino, "joining.language_asked")).id


async def informed(programme: Programme, aino: Phone, language: int) -> int:
    aino.press(language, "English")
    return (await programme.told(aino, "joining.limits")).id


async def mentors_offered(programme: Programme, coordinator: Phone, participant: Phone) -> int:
    """The message in which a coordinator chooses a mentor."""
    seen = newest(coordinator)
    coordinator.write("/pair")
    who = await programme.told(coordinator, "pairing.who", after=seen)
    coordinator.press(who.id, await programme.alias(participant))
    await programme.told(coordinator, "pairing.with_whom", after=seen)
    return who.id


async def button_for(programme: Programme, phone: Phone, message: int, whom: Phone) -> str:
    """What the button with somebody's alias on it carries."""
    alias = await programme.alias(whom)
    labels = [row[0] for row in phone.message(message).keyboard]
    return data_of(phone, message, row=next(at for at, label in enumerate(labels) if alias in label))


async def mentors_people(programme: Programme, mentor: Phone) -> str:
    seen = newest(mentor)
    mentor.write("/people")
    return data_of(mentor, (await programme.told(mentor, "people.nobody_chosen", after=seen)).id)


async def _choose_language(programme: Programme) -> Scene:
    aino, language = await asked_for_a_language(programme)
    return Scene(presser=aino, message=language, data=data_of(aino, language), received={"Aino": 1})


async def _at_the_limits(programme: Programme, row: int, received: Mapping[str, int], **rows: int) -> Scene:
    await programme.already("Sari", Role.COORDINATOR)
    aino, language = await asked_for_a_language(programme)
    limits = await informed(programme, aino, language)
    return Scene(presser=aino, message=limits, data=data_of(aino, limits, row), received=received, rows=rows)


async def _accept(programme: Programme) -> Scene:
    return await _at_the_limits(programme, 0, {"Aino": 1, "Sari": 1}, audit=1)


async def _postpone(programme: Programme) -> Scene:
    return await _at_the_limits(programme, 1, {"Aino": 1})


async def _change_language(programme: Programme) -> Scene:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    aino.write("/language")
    offered = (await programme.told(aino, "profile.language_offered")).id
    return Scene(presser=aino, message=offered, data=data_of(aino, offered, row=1), received={"Aino": 1})


async def _invite(programme: Programme, row: int) -> Scene:
    sari = await programme.already("Sari", Role.COORDINATOR)
    sari.write("/invite")
    offered = (await programme.told(sari, "invites.offered")).id
    rows = {"invites": 1, "audit": 1}
    return Scene(presser=sari, message=offered, data=data_of(sari, offered, row), received={"Sari": 2}, rows=rows)


async def _invite_participant(programme: Programme) -> Scene:
    return await _invite(programme, 0)


async def _invite_mentor(programme: Programme) -> Scene:
    return await _invite(programme, 1)


async def _pair_participant(programme: Programme) -> Scene:
    sari = await programme.already("Sari", Role.COORDINATOR)
    await programme.already("Aino", Role.PARTICIPANT)
    await programme.already("Mikael", Role.MENTOR)
    sari.write("/pair")
    who = (await programme.told(sari, "pairing.who")).id
    return Scene(presser=sari, message=who, data=data_of(sari, who), received={"Sari": 1})


async def _pair_with(programme: Programme) -> Scene:
    sari = await programme.already("Sari", Role.COORDINATOR)
    aino = await programme.already("Aino", Role.PARTICIPANT)
    await programme.already("Mikael", Role.MENTOR)
    offered = await mentors_offered(programme, sari, aino)
    return Scene(
        presser=sari,
        message=offered,
        data=data_of(sari, offered),
        received={"Sari": 1, "Aino": 1, "Mikael": 1},
        rows={"channels": 1, "links": 2, "audit": 1},
    )


async def mentor_of_two(programme: Programme) -> Phone:
    mikael = await programme.already("Mikael", Role.MENTOR)
    for name in ("Aino", "Eero"):
        await programme.already_paired(await programme.already(name, Role.PARTICIPANT), mikael)
    return mikael


async def _choose_person(programme: Programme) -> Scene:
    mikael = await mentor_of_two(programme)
    data = await mentors_people(programme, mikael)
    return Scene(presser=mikael, message=newest(mikael), data=data, received={"Mikael": 1}, rows={"choices": 1})


async def _send_held(programme: Programme) -> Scene:
    mikael = await mentor_of_two(programme)
    mikael.write("For one of you")
    asked = (await programme.told(mikael, "channel.for_whom")).id
    return Scene(
        presser=mikael,
        message=asked,
        data=data_of(mikael, asked),
        received={"Mikael": 1, "Aino": 1},
        rows={"held": -1, "links": 2},
    )


async def _drop_held(programme: Programme) -> Scene:
    mikael = await mentor_of_two(programme)
    mikael.write("For nobody")
    asked = (await programme.told(mikael, "channel.for_whom")).id
    data = data_of(mikael, asked, row=2)
    return Scene(presser=mikael, message=asked, data=data, received={"Mikael": 1}, rows={"held": -1})


async def _asked(programme: Programme, row: int, received: Mapping[str, int], **rows: int) -> Scene:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    await programme.already_paired(aino, await programme.already("Mikael", Role.MENTOR))
    aino.send_contact("+358401234567", "Somebody")
    asked = (await programme.told(aino, "channel.asked_first")).id
    return Scene(presser=aino, message=asked, data=data_of(aino, asked, row), received=received, rows=rows)


async def _send_asked(programme: Programme) -> Scene:
    return await _asked(programme, 0, {"Aino": 1, "Mikael": 2}, held=-1, links=2, attention=1)


async def _drop_asked(programme: Programme) -> Scene:
    return await _asked(programme, 1, {"Aino": 1}, held=-1)


async def _options(programme: Programme, row: int, received: Mapping[str, int], **rows: int) -> Scene:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    await programme.already_paired(aino, await programme.already("Mikael", Role.MENTOR))
    written = aino.write("To be taken back")
    await programme.settled()
    aino.write("/options", reply_to=written)
    shown = (await programme.told(aino, "changing.options")).id
    return Scene(presser=aino, message=shown, data=data_of(aino, shown, row), received=received, rows=rows)


async def _delete_there(programme: Programme) -> Scene:
    return await _options(programme, 0, {"Aino": 1}, links=-1)


async def _close_options(programme: Programme) -> Scene:
    return await _options(programme, 1, {"Aino": 1})


async def _send_as_photo(programme: Programme) -> Scene:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    await programme.already_paired(aino, await programme.already("Mikael", Role.MENTOR))
    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    aino.send_file("document", picture.getvalue(), mime_type="image/png")
    asked = (await programme.told(aino, "channel.asked_first")).id
    received, rows = {"Aino": 1, "Mikael": 1}, {"held": -1, "links": 1, "attention": 1}
    return Scene(presser=aino, message=asked, data=data_of(aino, asked, 1), received=received, rows=rows)


async def _resume(programme: Programme) -> Scene:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    await programme.already_paired(aino, await programme.already("Mikael", Role.MENTOR))
    aino.write("/pause")
    begun = (await programme.told(aino, "absence.pause_begun")).id
    received = {"Aino": 1, "Mikael": 1}
    return Scene(
        presser=aino, message=begun, data=data_of(aino, begun), received=received, rows={"absences": -1, "links": 1}
    )


async def _set_answering(programme: Programme) -> Scene:
    mikael = await programme.already("Mikael", Role.MENTOR)
    mikael.write("/answering")
    shown = (await programme.told(mikael, "answering.no_hours")).id
    data = data_of(mikael, shown, 1)
    return Scene(presser=mikael, message=shown, data=data, received={"Mikael": 1}, rows={"answering": 1})


async def _go_away(programme: Programme) -> Scene:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)
    mikael.write("/away")
    shown = (await programme.told(mikael, "away.not_away")).id
    rows = {"answering": 1, "attention": 1, "links": 1}
    received = {"Aino": 1, "Mikael": 1}
    return Scene(presser=mikael, message=shown, data=data_of(mikael, shown, 2), received=received, rows=rows)


async def _come_back(programme: Programme) -> Scene:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)
    mikael.write(f"/away {datetime.now(UTC) + timedelta(days=30):%d.%m.}")
    shown = (await programme.told(mikael, "away.until")).id
    await programme.told(aino, "away.mentor_away")
    received = {"Aino": 1, "Mikael": 1}
    return Scene(presser=mikael, message=shown, data=data_of(mikael, shown), received=received, rows={"links": 1})


async def _leave_asked(programme: Programme, row: int, received: Mapping[str, int], **rows: int) -> Scene:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    await programme.already_paired(aino, await programme.already("Mikael", Role.MENTOR))
    aino.write("/leave")
    asked = (await programme.told(aino, "leaving.asked")).id
    data = data_of(aino, asked, row)
    return Scene(presser=aino, message=asked, data=data, received=received, rows=rows, then_a_stranger="people" in rows)


async def _stay(programme: Programme) -> Scene:
    return await _leave_asked(programme, 0, {"Aino": 1})


async def _leave(programme: Programme) -> Scene:
    gone = {"people": -1, "channels": -1, "person_keys": -1, "audit": 1}
    return await _leave_asked(programme, 1, {"Aino": 1, "Mikael": 1}, **gone)


async def _settles(programme: Programme, button: str) -> Scene:
    """A button under /safety."""
    aino = await programme.already("Aino", Role.PARTICIPANT)
    aino.write("/safety")
    menu = await programme.told(aino, "safety.shown")
    data: str = aino.button(menu.id, programme.say(aino, button))["callback_data"]
    return Scene(presser=aino, message=menu.id, data=data, received={"Aino": 1}, rows={"safety": 1})


async def _set_protected(programme: Programme) -> Scene:
    return await _settles(programme, "safety.protect_on")


async def _set_discreet(programme: Programme) -> Scene:
    pressed = await _settles(programme, "safety.only_line_on")
    return replace(pressed, rows={"safety": 1, "covered": 1})  # the answer, too, is covered after a minute


async def _show_covered(programme: Programme) -> Scene:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)
    pid = (await programme.person(aino)).pid
    await programme.store.transact(lambda tx: safety.settle(tx, pid, discreet=True))
    mikael.write("Hello")
    line = (await programme.told(aino, "covering.line")).id
    return Scene(presser=aino, message=line, data=data_of(aino, line), received={"Aino": 1})


async def _cover_again(programme: Programme) -> Scene:
    line = await _show_covered(programme)
    await programme.settled()
    line.presser.press_data(line.message, line.data)
    shown = await programme.told(line.presser, "covering.until")
    return replace(line, data=data_of(line.presser, shown.id))


async def _wants_another(programme: Programme, received: Mapping[str, int], *, sure: bool, **rows: int) -> Scene:
    await programme.already("Sari", Role.COORDINATOR)
    aino = await programme.already("Aino", Role.PARTICIPANT)
    await programme.already_paired(aino, await programme.already("Mikael", Role.MENTOR))
    aino.write("/mentor")
    shown = (await programme.told(aino, "change.mentor")).id
    if sure:
        aino.press(shown, (0, 0))
        await programme.told(aino, "change.sure")
    return Scene(presser=aino, message=shown, data=data_of(aino, shown), received=received, rows=rows)


async def _ask_mentor(programme: Programme) -> Scene:
    return await _wants_another(programme, {"Aino": 1}, sure=False)


async def _ask_mentor_surely(programme: Programme) -> Scene:
    return await _wants_another(programme, {"Aino": 1, "Sari": 1}, sure=True, changes=1, audit=1)


async def _changing(
    programme: Programme, presses: Iterable[tuple[int, str]], row: int, received: Mapping[str, int], **rows: int
) -> Scene:
    """A coordinator on the way to another mentor for Aino: each press, and what is said then."""
    sari = await programme.already("Sari", Role.COORDINATOR)
    aino = await programme.already("Aino", Role.PARTICIPANT)
    await programme.already_paired(aino, await programme.already("Mikael", Role.MENTOR))
    await programme.already("Maria", Role.MENTOR)
    sari.write("/pair")
    shown = (await programme.told(sari, "pairing.nobody_waits")).id
    for pressed, id_ in presses:
        sari.press(shown, (pressed, 0))
        await programme.told(sari, id_)
    return Scene(presser=sari, message=shown, data=data_of(sari, shown, row), received=received, rows=rows)


_TO_THE_MENTORS = ((0, "change.whose"), (0, "change.to_whom"))
_TO_THE_WAYS = (*_TO_THE_MENTORS, (0, "change.how"))


async def _change_list(programme: Programme) -> Scene:
    return await _changing(programme, (), 0, {"Sari": 1})


async def _change_choose(programme: Programme) -> Scene:
    return await _changing(programme, _TO_THE_MENTORS[:1], 0, {"Sari": 1})


async def _change_to(programme: Programme) -> Scene:
    return await _changing(programme, _TO_THE_MENTORS, 0, {"Sari": 1})


async def _change_now(programme: Programme) -> Scene:
    received = {"Sari": 1, "Aino": 1, "Mikael": 1, "Maria": 1}
    return await _changing(programme, _TO_THE_WAYS, 0, received, channels=1, links=3, choices=1, audit=1)


async def _change_note(programme: Programme) -> Scene:
    return await _changing(programme, _TO_THE_WAYS, 1, {"Sari": 1, "Mikael": 1}, changes=1, links=1, audit=1)


async def _no_note(programme: Programme) -> Scene:
    asked = await _change_note(programme)
    asked.presser.press_data(asked.message, asked.data)
    await programme.settled()
    mikael = next(phone for phone in programme.api.telegram.people.values() if phone.first_name == "Mikael")
    question = newest(mikael)
    return Scene(
        presser=mikael,
        message=question,
        data=data_of(mikael, question),
        received={"Sari": 1, "Aino": 1, "Mikael": 1, "Maria": 1},
        rows={"channels": 1, "links": 3, "choices": 1, "changes": -1, "audit": 1},
    )


async def _set_wipe_asks(programme: Programme) -> Scene:
    return await _settles(programme, "safety.wipe_ask_off")


async def _choose_erase(programme: Programme) -> Scene:
    return replace(await _settles(programme, "auto_erase.choose"), rows={})


async def _set_erase(programme: Programme) -> Scene:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    aino.write("/erase")
    shown = (await programme.told(aino, "auto_erase.explained")).id
    data = data_of(aino, shown, 2)
    return Scene(presser=aino, message=shown, data=data, received={"Aino": 1}, rows={"safety": 1})


async def _propose_there(programme: Programme) -> Scene:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    await programme.already_paired(aino, await programme.already("Mikael", Role.MENTOR))
    aino.write("/erase 6")
    shown = (await programme.told(aino, "auto_erase.explained")).id
    data: str = aino.button(shown, programme.say(aino, "auto_erase.propose_there"))["callback_data"]
    received = {"Aino": 1, "Mikael": 1}
    return Scene(presser=aino, message=shown, data=data, received=received, rows={"agreements": 1})


async def _proposed_there(programme: Programme, row: int, **rows: int) -> Scene:
    asked = await _propose_there(programme)
    asked.presser.press_data(asked.message, asked.data)
    mikael = next(phone for phone in programme.api.telegram.people.values() if phone.first_name == "Mikael")
    question = (await mikael.wait_for(lambda shown: shown.from_bot)).id
    received = {"Aino": 1, "Mikael": 1}
    return Scene(presser=mikael, message=question, data=data_of(mikael, question, row), received=received, rows=rows)


async def _agree_there(programme: Programme) -> Scene:
    return await _proposed_there(programme, 0)


async def _decline_there(programme: Programme) -> Scene:
    return await _proposed_there(programme, 1, agreements=-1)


async def _end_there(programme: Programme) -> Scene:
    agreeing = await _agree_there(programme)
    agreeing.presser.press_data(agreeing.message, agreeing.data)
    await programme.settled()
    data = data_of(agreeing.presser, agreeing.message)
    return replace(agreeing, data=data, rows={"agreements": -1})


async def _wipe_asked(programme: Programme, row: int, received: Mapping[str, int]) -> Scene:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    aino.write("/wipe")
    asked = (await programme.told(aino, "wiping.asked")).id
    return Scene(presser=aino, message=asked, data=data_of(aino, asked, row), received=received)


async def _wipe(programme: Programme) -> Scene:
    return await _wipe_asked(programme, 0, {})


async def _drop_wipe(programme: Programme) -> Scene:
    return await _wipe_asked(programme, 1, {"Aino": 1})


async def _choose_hours(programme: Programme) -> Scene:
    return replace(await _settles(programme, "safety.hours_choose"), rows={})


async def _set_hours(programme: Programme) -> Scene:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    aino.write("/hours")
    shown = (await programme.told(aino, "safety.hours_shown")).id
    return Scene(presser=aino, message=shown, data=data_of(aino, shown), received={"Aino": 1}, rows={"safety": 1})


async def _show_code_word(programme: Programme) -> Scene:
    return replace(await _settles(programme, "safety.code_word_about"), rows={})


async def _remove_code_word(programme: Programme) -> Scene:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    await programme.already_paired(aino, await programme.already("Mikael", Role.MENTOR))
    aino.write("/codeword umbrella")
    await programme.told(aino, "code_word.settled")
    aino.write("/codeword")
    shown = (await programme.told(aino, "code_word.explained")).id
    data = data_of(aino, shown)
    return Scene(presser=aino, message=shown, data=data, received={"Aino": 1, "Mikael": 1}, rows={"links": 1})


async def _lift_hold(programme: Programme) -> Scene:
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)
    aino.write("/codeword umbrella")
    await programme.told(aino, "code_word.settled")
    aino.write("My umbrella")
    alert = (await programme.told(mikael, "code_word.used")).id
    data = data_of(mikael, alert)
    return Scene(presser=mikael, message=alert, data=data, received={"Mikael": 1}, rows={"audit": 1})


SCENES: dict[Action, Callable[[Programme], Awaitable[Scene]]] = {
    Action.CHOOSE_LANGUAGE: _choose_language,
    Action.ACCEPT: _accept,
    Action.POSTPONE: _postpone,
    Action.CHANGE_LANGUAGE: _change_language,
    Action.INVITE_MENTOR: _invite_mentor,
    Action.INVITE_PARTICIPANT: _invite_participant,
    Action.PAIR_PARTICIPANT: _pair_participant,
    Action.PAIR_WITH: _pair_with,
    Action.CHOOSE_PERSON: _choose_person,
    Action.SEND_HELD: _send_held,
    Action.DROP_HELD: _drop_held,
    Action.SEND_ASKED: _send_asked,
    Action.SEND_AS_PHOTO: _send_as_photo,
    Action.DROP_ASKED: _drop_asked,
    Action.DELETE_THERE: _delete_there,
    Action.CLOSE_OPTIONS: _close_options,
    Action.ASK_MENTOR: _ask_mentor,
    Action.ASK_MENTOR_SURELY: _ask_mentor_surely,
    Action.CHANGE_LIST: _change_list,
    Action.CHANGE_CHOOSE: _change_choose,
    Action.CHANGE_TO: _change_to,
    Action.CHANGE_NOW: _change_now,
    Action.CHANGE_NOTE: _change_note,
    Action.NO_NOTE: _no_note,
    Action.SET_DISCREET: _set_discreet,
    Action.SHOW_COVERED: _show_covered,
    Action.COVER_AGAIN: _cover_again,
    Action.SET_ANSWERING: _set_answering,
    Action.GO_AWAY: _go_away,
    Action.COME_BACK: _come_back,
    Action.RESUME: _resume,
    Action.LEAVE: _leave,
    Action.STAY: _stay,
    Action.WIPE: _wipe,
    Action.DROP_WIPE: _drop_wipe,
    Action.SET_WIPE_ASKS: _set_wipe_asks,
    Action.SET_PROTECTED: _set_protected,
    Action.CHOOSE_HOURS: _choose_hours,
    Action.SET_HOURS: _set_hours,
    Action.CHOOSE_ERASE: _choose_erase,
    Action.SET_ERASE: _set_erase,
    Action.PROPOSE_ERASE_THERE: _propose_there,
    Action.AGREE_ERASE_THERE: _agree_there,
    Action.DECLINE_ERASE_THERE: _decline_there,
    Action.END_ERASE_THERE: _end_there,
    Action.SHOW_CODE_WORD: _show_code_word,
    Action.REMOVE_CODE_WORD: _remove_code_word,
    Action.LIFT_HOLD: _lift_hold,
}


def without_scene(scenes: Iterable[Action]) -> set[Action]:
    return set(Action) - set(scenes)


def test_row_42_there_is_a_scene_for_every_button_and_one_without_is_found() -> None:
    assert without_scene(SCENES) == set()
    assert without_scene(action for action in SCENES if action is not Action.PAIR_WITH) == {Action.PAIR_WITH}


@dataclass(frozen=True, kw_only=True)
class Before:
    """What there was when a scene was set."""

    programme: Programme
    installation: Installation
    received: Counter[str]
    rows: dict[str, int]

    async def effect(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """What everybody has received since, and which rows came or went."""
        await self.programme.settled()
        rows = changes(self.rows, await counts(self.installation))
        return dict(received(self.programme) - self.received), rows


async def set_up(programme: Programme, installation: Installation, action: Action) -> tuple[Scene, Before]:
    """A scene just after a full minute: the moments that the bot tells do not change meanwhile."""
    programme.clock.ahead = timedelta(seconds=61 - programme.clock().second)
    scene = await SCENES[action](programme)
    await programme.settled()
    now = Before(
        programme=programme,
        installation=installation,
        received=received(programme),
        rows=await counts(installation),
    )
    return scene, now


@SQLITE_ONLY
@pytest.mark.parametrize("action", SCENES)
async def test_row_42_pressed_again_it_has_no_second_effect_and_the_same_answer(
    programme: Programme, installation: Installation, action: Action
) -> None:
    scene, before = await set_up(programme, installation, action)
    for again in (False, True):
        query = scene.presser.press_data(scene.message, scene.data)
        if not (again and scene.then_a_stranger):
            assert (await scene.presser.wait_for_toast(query)).text is None
        assert await before.effect() == (scene.received, scene.rows)
    assert await refused(programme) == []


@SQLITE_ONLY
@pytest.mark.parametrize("action", SCENES)
async def test_row_42_pressed_twice_at_once_it_has_one_effect_and_one_answer(
    programme: Programme, installation: Installation, action: Action
) -> None:
    scene, before = await set_up(programme, installation, action)
    pressed = [scene.presser.press_data(scene.message, scene.data) for _ in range(2)]
    assert await answers(scene.presser, pressed[:1] if scene.then_a_stranger else pressed) == {None}
    assert await before.effect() == (scene.received, scene.rows)
    assert await refused(programme) == []
    polls = programme.api.transcript.calls("getUpdates")
    assert any(all(query.encode() in poll.answer for query in pressed) for poll in polls), "not in one poll"


async def test_row_42_two_coordinators_who_press_the_same_at_once_open_one_channel(
    programme: Programme, installation: Installation
) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    ritva = await programme.already("Ritva", Role.COORDINATOR)
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR)
    offered = [(who, await mentors_offered(programme, who, aino)) for who in (sari, ritva)]
    await programme.settled()
    before = await counts(installation)
    pressed = [(who, who.press_data(message, data_of(who, message))) for who, message in offered]
    await asyncio.gather(*(who.wait_for_toast(query) for who, query in pressed))
    await programme.settled()
    moved = changes(before, await counts(installation))
    assert (moved["channels"], moved["links"]) == (1, 2)
    assert len(heard(aino)) == len(heard(mikael)) == 1


@SQLITE_ONLY
async def test_row_42_control_two_effects_are_counted_as_two(programme: Programme, installation: Installation) -> None:
    scene, before = await set_up(programme, installation, Action.INVITE_PARTICIPANT)
    for row in range(2):  # two buttons, not one twice
        scene.presser.press(scene.message, (row, 0))
    assert await before.effect() == ({"Sari": 4}, {"invites": 2, "audit": 2})
