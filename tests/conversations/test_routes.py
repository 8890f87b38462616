"""Which update goes where: whatever somebody sends, they are answered, and it goes to nobody else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.programme.people import Role
from mentorbot.programme.wording import LABEL_MARK
from storage.inbox import UpdateState
from storage.tables import inbox
from tests.conversations.parts import message
from tests.journeys.programme import Programme, heard, newest, until
from tests.people import SQLITE_ONLY

pytestmark = SQLITE_ONLY


async def pair_of(programme: Programme) -> tuple[Phone, Phone]:
    """A participant and their mentor."""
    aino = await programme.already("Aino", Role.PARTICIPANT)
    mikael = await programme.already("Mikael", Role.MENTOR)
    await programme.already_paired(aino, mikael)
    return aino, mikael


async def states(programme: Programme) -> list[str]:
    query = select(inbox.c.state).order_by(inbox.c.id)
    return await programme.store.transact(lambda tx: list(tx.conn.execute(query).scalars()))


@pytest.mark.parametrize("command", ["/restart", "/start@another_bot", "/ALIASES", "/invite now", "/people"])
async def test_a_command_that_is_not_there_for_this_person_goes_to_nobody(programme: Programme, command: str) -> None:
    aino, mikael = await pair_of(programme)
    aino.write(command)
    await programme.told(aino, "not_understood")
    await programme.settled()
    assert heard(aino) == [programme.say(aino, "not_understood")]
    assert heard(mikael) == []


async def test_a_command_in_the_middle_of_a_sentence_is_part_of_it(programme: Programme) -> None:
    aino, mikael = await pair_of(programme)
    aino.write("What does /invite do?")
    arrived = await mikael.wait_for(lambda shown: "What does /invite do?" in shown.text)
    await programme.settled()
    assert arrived.text.endswith("What does /invite do?")
    assert heard(aino) == []


REFUSED: dict[str, Callable[[Phone], object]] = {
    "poll": lambda phone: phone.send_poll("Where?", ["Here", "There"]),
    "story": lambda phone: phone.send({"story": {"chat": {"id": 1, "type": "private"}, "id": 3}}),
    "other": lambda phone: phone.send({"of_a_kind_to_come": {"secret": "x"}}),
}
ASKED: dict[str, Callable[[Phone], object]] = {
    "document": lambda phone: phone.send_file("document", b"d", file_name="address.pdf"),
    "contact": lambda phone: phone.send_contact("+358401234567", "Aino"),
}
CARRIED: dict[str, Callable[[Phone], object]] = {
    "photo": lambda phone: phone.send_file("photo", b"p", caption="My house"),
    "voice": lambda phone: phone.send_file("voice", b"v"),
    "video_note": lambda phone: phone.send_file("video_note", b"v"),
    "sticker": lambda phone: phone.send_file("sticker", b"s"),
    "location": lambda phone: phone.send_location(60.17, 24.94),
    "dice": lambda phone: phone.send_dice(),
}


@pytest.mark.parametrize("kind", REFUSED)
async def test_what_cannot_be_carried_is_refused_with_a_sentence(programme: Programme, kind: str) -> None:
    aino, mikael = await pair_of(programme)
    for phone in (aino, mikael):
        REFUSED[kind](phone)
        await programme.told(phone, "channel.refused", what=programme.say(phone, f"content.{kind}"))
    await programme.settled()
    assert len(heard(aino)) == len(heard(mikael)) == 1
    assert not programme.api.transcript.calls("copyMessage")


@pytest.mark.parametrize("kind", ASKED)
async def test_what_may_show_too_much_goes_once_its_writer_has_said_so(programme: Programme, kind: str) -> None:
    aino, mikael = await pair_of(programme)
    ASKED[kind](aino)
    asked = await programme.told(aino, "channel.asked_first")
    await programme.settled()
    assert heard(mikael) == []
    aino.press(asked.id, programme.say(aino, "channel.send_anyway"))
    await programme.told(aino, "channel.sent")
    await programme.settled()
    arrived = mikael.messages[-1].media
    assert arrived is not None
    assert arrived.kind == kind


@pytest.mark.parametrize("kind", CARRIED)
async def test_what_is_carried_stands_under_the_label_of_its_writer(programme: Programme, kind: str) -> None:
    aino, mikael = await pair_of(programme)
    CARRIED[kind](aino)
    await programme.settled()
    label = f"▌ \u2068{await programme.alias(aino)}\u2069"
    arrived = mikael.messages
    assert arrived[0].text.split("\n")[0] == label
    assert arrived[-1].media is not None
    assert arrived[-1].media.kind == kind
    assert arrived[-1] is arrived[0] or arrived[-1].reply_to == arrived[0].id


@pytest.mark.parametrize("kind", CARRIED)
async def test_what_a_mentor_sends_needs_no_label(programme: Programme, kind: str) -> None:
    aino, mikael = await pair_of(programme)
    CARRIED[kind](mikael)
    await programme.settled()
    (arrived,) = aino.messages
    assert arrived.media is not None
    assert arrived.media.kind == kind
    assert LABEL_MARK not in arrived.text


async def test_telegrams_own_remarks_are_passed_over(programme: Programme) -> None:
    aino, mikael = await pair_of(programme)
    aino.send({"message_auto_delete_timer_changed": {"message_auto_delete_time": 86_400}})
    aino.send({"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": aino.id, "type": "private"}}})
    await programme.settled()
    assert heard(aino) == heard(mikael) == []
    assert await states(programme) == [UpdateState.DONE] * 2


async def test_a_live_location_that_moves_is_refused_once(programme: Programme) -> None:
    aino, mikael = await pair_of(programme)
    sent = aino.send_location(60.17, 24.94, live_period=900)
    await programme.told(aino, "channel.refused")
    moved = dict(aino.chat.messages[sent].body) | {"edit_date": 1}
    for _ in range(3):
        programme.api.telegram.updates.push("edited_message", moved)
    await programme.settled()
    assert len(heard(aino)) == 1
    assert heard(mikael) == []


async def test_an_update_that_cannot_be_handled_is_set_aside_and_the_next_one_goes_on(
    programme: Programme,
) -> None:
    aino, mikael = await pair_of(programme)
    broken = message(aino.id, text="Lost for sure")
    del broken["message"]["message_id"], broken["update_id"]
    programme.api.faults.inject(broken)
    aino.write("This one arrives")
    await programme.told(aino, "set_aside")
    await mikael.wait_for(lambda shown: "This one arrives" in shown.text)
    await programme.settled()
    assert await states(programme) == [UpdateState.ASIDE, UpdateState.DONE]
    assert not any("Lost for sure" in text for text in heard(mikael))


async def test_somebody_who_is_on_the_way_in_reaches_nobody(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    made = await programme.invite(Role.MENTOR)
    nina = programme.phone("Nina")
    nina.start(made.token)
    await programme.told(nina, "joining.code_asked")
    steps: list[tuple[Callable[[], object], str]] = [
        (lambda: nina.write("/people"), "not_understood"),
        (lambda: nina.write("/help"), "not_understood"),
        (lambda: nina.write("/privacy"), "joining.code_asked"),
        (lambda: nina.send_file("photo", b"p"), "joining.code_asked"),
        (lambda: nina.write("/start"), "joining.code_asked"),
    ]
    for act, answer in steps:
        seen = newest(nina)
        act()
        await programme.told(nina, answer, after=seen)
    await programme.settled()
    assert heard(sari) == []


async def test_a_coordinator_who_writes_is_told_what_they_can_do(programme: Programme) -> None:
    sari = await programme.already("Sari", Role.COORDINATOR)
    aino, mikael = await pair_of(programme)
    sari.write("Hello everybody")
    await programme.told(sari, "help_coordinator")
    await programme.settled()
    assert heard(aino) == heard(mikael) == []


async def test_whoever_blocks_the_bot_and_comes_back_gets_what_waited(programme: Programme) -> None:
    aino, mikael = await pair_of(programme)
    mikael.block()
    aino.write("While you were away")
    await _until_unreachable(programme, mikael)
    assert heard(mikael) == []
    mikael.unblock()
    programme.clock.ahead = timedelta(minutes=10)
    await mikael.wait_for(lambda shown: "While you were away" in shown.text)
    await programme.settled()
    assert len(heard(mikael)) == 1


async def test_whoever_writes_is_back_even_if_telegrams_word_of_it_was_lost(programme: Programme) -> None:
    aino, mikael = await pair_of(programme)
    mikael.block()
    aino.write("While you were away")
    await _until_unreachable(programme, mikael)
    mikael.chat.blocked = False
    programme.clock.ahead = timedelta(minutes=10)
    mikael.write("I am here")
    await mikael.wait_for(lambda shown: "While you were away" in shown.text)
    await programme.settled()
    assert (await programme.person(mikael)).unreachable_since is None


async def test_a_group_with_a_participant_in_it_is_left_and_read_by_nobody(programme: Programme) -> None:
    aino, mikael = await pair_of(programme)
    group = programme.api.telegram.group("Friends")
    group.add_bot(aino)
    group.write(aino, "/help")
    await programme.settled()
    assert heard(aino) == heard(mikael) == []
    assert group.messages[-1].body["text"] == "/help"

    async def left() -> bool:
        return not group.bot_is_member

    await until(left)


async def _until_unreachable(programme: Programme, phone: Phone) -> None:
    async def unreachable() -> bool:
        return (await programme.person(phone)).unreachable_since is not None

    await until(unreachable)
