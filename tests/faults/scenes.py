"""A scene for every button: what it does when it is pressed, for everybody who is in it."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

from PIL import Image
from sqlalchemy import select

from handlers.telegram.buttons import Action
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.programme.notices import TopicsShown
from mentorbot.programme.people import Role
from storage import outbox, safety
from storage.tables import audit
from tests.journeys.programme import Programme, newest


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


async def _set_topics(programme: Programme) -> Scene:
    mikael = await programme.already("Mikael", Role.MENTOR)
    pid = (await programme.person(mikael)).pid
    await programme.store.transact(lambda tx: outbox.put(tx, pid, TopicsShown(on=False, possible=True)))
    mikael.write("/help")
    shown = (await programme.told(mikael, "topics.are_off")).id
    return Scene(presser=mikael, message=shown, data=data_of(mikael, shown), received={"Mikael": 1}, rows={})


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


async def _substitute(programme: Programme, step: int) -> Scene:
    """A substitute for Mikael: wanted, named, asked, agreed, taken; each step is a button of somebody's."""
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR)
    maria = await programme.already("Maria", Role.MENTOR)
    await programme.already_paired(aino, mikael)
    mikael.write(f"/away {datetime.now(UTC) + timedelta(days=30):%d.%m.}")
    texts = ((mikael, "wanted"), (mikael, "whom"), (maria, "question"), (aino, "offered"), (aino, "here"))
    at = 0
    for number, (phone, id_) in enumerate(texts[: step + 1]):
        at = (await programme.told(phone, f"substitute.{id_}")).id
        await programme.settled()
        if number < step:
            phone.press_data(at, data_of(phone, at))
    received, rows = _SUBSTITUTE[step]
    presser = texts[step][0]
    return Scene(presser=presser, message=at, data=data_of(presser, at), received=received, rows=rows)


_SUBSTITUTE: Mapping[int, tuple[Mapping[str, int], Mapping[str, int]]] = {
    0: ({"Mikael": 1}, {}),
    1: ({"Mikael": 1, "Maria": 1}, {"substitute_asks": 1, "audit": 1}),
    2: ({"Mikael": 1, "Maria": 1, "Aino": 1}, {"links": 1}),
    3: (
        {"Aino": 2, "Mikael": 1, "Maria": 1},
        {"channels": 1, "substitutions": 1, "links": 3, "choices": 1, "audit": 1},
    ),
    4: ({"Aino": 3, "Mikael": 1, "Maria": 1}, {"channels": 1, "links": 4, "choices": 1, "audit": 1, "attention": 1}),
}
"""What follows from each step."""


async def _choose_substitute(programme: Programme) -> Scene:
    return await _substitute(programme, 0)


async def _no_substitute(programme: Programme) -> Scene:
    scene = await _substitute(programme, 0)
    return replace(scene, data=data_of(scene.presser, scene.message, 1))


async def _ask_substitute(programme: Programme) -> Scene:
    return await _substitute(programme, 1)


async def _answer_for_another(programme: Programme) -> Scene:
    return await _substitute(programme, 2)


async def _take_substitute(programme: Programme) -> Scene:
    return await _substitute(programme, 3)


async def _decline_substitute(programme: Programme) -> Scene:
    scene = await _substitute(programme, 3)
    data = data_of(scene.presser, scene.message, 1)
    return replace(scene, data=data, received={"Aino": 1}, rows={})


async def _end_substitution(programme: Programme) -> Scene:
    return await _substitute(programme, 4)


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
    Action.SET_TOPICS: _set_topics,
    Action.GO_AWAY: _go_away,
    Action.COME_BACK: _come_back,
    Action.CHOOSE_SUBSTITUTE: _choose_substitute,
    Action.NO_SUBSTITUTE: _no_substitute,
    Action.ASK_SUBSTITUTE: _ask_substitute,
    Action.ANSWER_FOR_ANOTHER: _answer_for_another,
    Action.TAKE_SUBSTITUTE: _take_substitute,
    Action.DECLINE_SUBSTITUTE: _decline_substitute,
    Action.END_SUBSTITUTION: _end_substitution,
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
