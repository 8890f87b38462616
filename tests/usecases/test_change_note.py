"""The old mentor's note, and what is meant for them before the participant has heard of the change."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from mentorbot.programme.change import NOTE_WITHIN
from mentorbot.programme.content import Kind, Written
from mentorbot.programme.delivery import Delivery
from mentorbot.programme.errors import NotPermitted, NotThere, Stale
from mentorbot.programme.hours import Hours
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import (
    ChangeWaits,
    ChannelOver,
    ForWhom,
    MentorChanged,
    NoteAsked,
    NoteFromMentor,
    NoteNotTaken,
    Relayed,
)
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import Words
from mentorbot.services import absence, change, code_words, hours
from storage import changes, channels, claims, links, outbox
from storage.tables import people as people_table
from storage.transaction import Store, Transaction
from tests.people import NOW, at, joined, paired
from tests.usecases.circle import QUESTION, UNDER, Circle, change_now, write
from tests.usecases.queue import heard, recorded

# --- the note ---------------------------------------------------------------------------------------------------------


async def ask_for_note(store: Store, circle: Circle) -> None:
    await store.transact(
        lambda tx: change.ask_for_note(tx, circle.sari, circle.channel.id, circle.maria.pid, instead_of=UNDER)
    )
    link = {"to": circle.mikael.pid, "to_message": QUESTION, "channel": circle.channel.id, "from_message": None}
    await store.transact(lambda tx: links.link(tx, **link))  # type: ignore[arg-type]
    await store.transact(lambda tx: changes.asked_in(tx, circle.channel.id, QUESTION))


async def test_the_note_comes_before_the_marker_and_makes_the_change_happen(store: Store, circle: Circle) -> None:
    await ask_for_note(store, circle)
    due = NOW + NOTE_WITHIN
    asked = NoteAsked(channel=circle.channel.id, participant=circle.aino.alias, until=due)
    waits = ChangeWaits(pair=circle.pair, until=due, replaces=UNDER)
    assert await heard(store) == {circle.mikael.pid: [asked], circle.sari.pid: [waits]}
    photo = Written(message=MessageId(80), kind=Kind.PHOTO, replied_to=QUESTION)
    assert await store.transact(lambda tx: change.take_note(tx, circle.mikael, photo))
    assert await heard(store) == {circle.mikael.pid: [NoteNotTaken(to_message=photo.message)]}
    note = Written(message=MessageId(81), words=Words(text="Take care"), replied_to=QUESTION)
    assert await store.transact(lambda tx: change.take_note(tx, circle.mikael, note))
    assert (await heard(store))[circle.aino.pid] == [
        NoteFromMentor(mentor=circle.mikael.alias, words=note.words),
        MentorChanged(old=circle.mikael.alias, new=circle.maria.alias),
    ]
    assert not await store.transact(lambda tx: change.take_note(tx, circle.mikael, note))
    assert await recorded(store) == ["note_asked", "mentor_changed"]


async def test_an_ordinary_message_is_no_note(store: Store, circle: Circle) -> None:
    await ask_for_note(store, circle)
    for replied_to in (None, MessageId(71)):
        written = Written(message=MessageId(81), words=Words(text="Hi"), replied_to=replied_to)
        assert not await store.transact(lambda tx, w=written: change.take_note(tx, circle.mikael, w))  # type: ignore[misc]


async def test_an_answer_to_a_question_that_was_sent_just_before_a_crash_is_no_ordinary_message(
    store: Store, circle: Circle
) -> None:
    await ask_for_note(store, circle)
    await heard(store)
    await write(store, circle.mikael, "Take care", 81, answers=69)
    said = await heard(store)
    assert set(said) == {circle.mikael.pid}
    assert [type(notice) for notice in said[circle.mikael.pid]] == [ForWhom]


async def test_without_a_note_the_change_happens_when_the_time_is_over(store: Store, circle: Circle) -> None:
    await ask_for_note(store, circle)
    await heard(store)
    store.clock = at(NOW + NOTE_WITHIN - timedelta(seconds=1))
    await change.happen_due(store)
    assert await heard(store) == {}
    store.clock = at(NOW + NOTE_WITHIN)
    await change.happen_due(store)
    await change.happen_due(store)
    assert (await heard(store))[circle.aino.pid] == [MentorChanged(old=circle.mikael.alias, new=circle.maria.alias)]


async def test_whose_row_cannot_be_read_holds_up_no_other_change(store: Store, circle: Circle) -> None:
    eero = await joined(store, Role.PARTICIPANT)
    other = replace(circle, aino=eero, channel=await paired(store, eero, circle.mikael))
    for each in (circle, other):
        await store.transact(
            lambda tx, each=each: change.ask_for_note(  # type: ignore[misc]
                tx, each.sari, each.channel.id, each.maria.pid, instead_of=UNDER
            )
        )
    broken = update(people_table).where(people_table.c.pid == circle.aino.pid).values(alias=b"broken")
    await store.transact(lambda tx: tx.conn.execute(broken))
    await heard(store)
    store.clock = at(NOW + NOTE_WITHIN)
    await change.happen_due(store)
    assert (await heard(store))[eero.pid] == [MentorChanged(old=circle.mikael.alias, new=circle.maria.alias)]


async def test_a_second_change_does_not_wait_beside_the_first(store: Store, circle: Circle) -> None:
    await ask_for_note(store, circle)
    await heard(store)
    await ask_for_note(store, circle)
    liisa = await joined(store, Role.MENTOR)
    with pytest.raises(Stale):
        await store.transact(
            lambda tx: change.ask_for_note(tx, circle.sari, circle.channel.id, liisa.pid, instead_of=UNDER)
        )
    assert await heard(store) == {}
    assert await recorded(store) == ["note_asked"]


async def test_only_the_old_mentor_says_that_there_is_no_note(store: Store, circle: Circle) -> None:
    await ask_for_note(store, circle)
    await heard(store)
    for who in (circle.maria, circle.aino):
        with pytest.raises((NotThere, NotPermitted)):
            await store.transact(
                lambda tx, who=who: change.no_note(tx, who, circle.channel.id, instead_of=UNDER)  # type: ignore[misc]
            )
    assert await heard(store) == {}
    await store.transact(lambda tx: change.no_note(tx, circle.mikael, circle.channel.id, instead_of=UNDER))
    assert isinstance((await heard(store))[circle.mikael.pid][-1], ChannelOver)


# --- before the participant has heard of it ---------------------------------------------------------------------------


async def claimed_by(store: Store, person: Person) -> list[str]:
    """All that may go to somebody now, sent; of messages their words, of the rest what it is."""

    def send(tx: Transaction) -> list[str]:
        went = []
        while (row := claims.claim(tx, person.pid, epoch=0)) is not None:
            notice = outbox.open_notice(tx, row)
            went.append(notice.words.text if isinstance(notice, Relayed) else type(notice).__name__)
            claims.finish(tx, row.id, Delivery.SENT, epoch=0)
        return went

    return await store.transact(send)


@pytest.mark.parametrize("unaware_by", ["hours", "break"])
async def test_what_is_meant_for_the_old_mentor_goes_to_nobody_and_the_writer_is_told(
    store: Store, circle: Circle, leading: None, unaware_by: str
) -> None:
    aino, now = circle.aino, NOW.hour * 60 + NOW.minute
    closed = Hours(opens=(now + 120) % 1440, closes=(now + 180) % 1440)
    if unaware_by == "hours":
        await store.transact(lambda tx: hours.settle(tx, aino, closed), actor=aino.pid)
    else:
        await store.transact(lambda tx: absence.pause(tx, aino), actor=aino.pid)
    await claimed_by(store, aino)
    await change_now(store, circle)
    assert await claimed_by(store, aino) == []

    await write(store, aino, "for Mikael alone", 77)
    assert "for Mikael alone" not in await claimed_by(store, circle.maria)
    assert await claimed_by(store, aino) == ["NotCarried", "MentorChanged"]
    await write(store, aino, "for Maria", 78)
    assert "for Maria" in await claimed_by(store, circle.maria)


async def test_what_a_code_word_holds_back_of_the_old_mentors_never_comes_as_the_new_ones(
    store: Store, circle: Circle, leading: None
) -> None:
    aino, maria = circle.aino, circle.maria
    await store.transact(lambda tx: code_words.settle(tx, aino, "Kesakurpitsa", MessageId(5)), actor=aino.pid)
    await write(store, aino, "Kesakurpitsa", 6)
    await write(store, circle.mikael, "from Mikael", 7)
    await claimed_by(store, circle.mikael)
    await change_now(store, circle)
    assert "NotCarried" in await claimed_by(store, circle.mikael)
    await claimed_by(store, aino)
    channel = await store.transact(lambda tx: channels.of_participant(tx, aino.pid))
    assert channel is not None
    await write(store, maria, "from Maria", 8)
    await store.transact(lambda tx: code_words.lift(tx, maria, channel.id, NOW, instead_of=MessageId(3)))
    assert await claimed_by(store, aino) == ["from Maria"]
