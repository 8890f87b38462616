"""Another mentor: who hears what, and where goes what was under way."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from mentorbot.programme.change import ASKED_ONCE_IN, NOTE_WITHIN
from mentorbot.programme.changing import Removal
from mentorbot.programme.channel import Channel
from mentorbot.programme.content import InAlbum, Kind, Written
from mentorbot.programme.delivery import Delivery
from mentorbot.programme.errors import NotPermitted, NotThere, Stale
from mentorbot.programme.hours import Hours
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import (
    Album,
    AnotherMentorAsked,
    Changeable,
    Changed,
    ChangeMentors,
    ChangeParticipants,
    ChangeWaits,
    ChannelOver,
    Choosable,
    CopiesRemoved,
    EditNotCarried,
    EraseThereProposed,
    ForWhom,
    MeetYourParticipant,
    MentorAsked,
    MentorChanged,
    MentorShown,
    NotCarried,
    NoteAsked,
    NoteFromMentor,
    NoteNotTaken,
    Notice,
    Passed,
    Privacy,
    ReachableAgain,
    Reacted,
    Relayed,
    RemovalTold,
    RenamedOther,
    Reworded,
    Waits,
)
from mentorbot.programme.people import Person, Role
from mentorbot.programme.reaction import Reactions
from mentorbot.programme.wording import Words
from mentorbot.services import absence, albums, change, changing, code_words, erase_there, hours, messaging, profile
from mentorbot.services.reactions import react
from storage import changes, channels, claims, held, links, outbox, people, safety
from storage.claims import Claimed
from storage.tables import leadership, outbox as outbox_table, people as people_table
from storage.transaction import Store, Transaction
from tests.people import NOW, POSTGRESQL_ONLY, at, joined, paired
from tests.usecases.queue import heard, recorded

UNDER, QUESTION = MessageId(7), MessageId(70)


@dataclass(frozen=True, kw_only=True)
class Circle:
    aino: Person
    mikael: Person
    maria: Person
    sari: Person
    channel: Channel

    @property
    def pair(self) -> Changeable:
        return Changeable(channel=self.channel.id, participant=self.aino.alias, mentor=self.mikael.alias)


@pytest.fixture
async def circle(store: Store) -> Circle:
    aino, mikael = await joined(store, Role.PARTICIPANT), await joined(store, Role.MENTOR)
    return Circle(
        aino=aino,
        mikael=mikael,
        maria=await joined(store, Role.MENTOR),
        sari=await joined(store, Role.COORDINATOR),
        channel=await paired(store, aino, mikael),
    )


async def change_now(store: Store, circle: Circle) -> None:
    await store.transact(
        lambda tx: change.change_now(tx, circle.sari, circle.channel.id, circle.maria.pid, instead_of=UNDER)
    )


async def write(store: Store, who: Person, text: str, message: int, *, answers: int | None = None) -> None:
    replied_to = None if answers is None else MessageId(answers)
    written = Written(message=MessageId(message), words=Words(text=text), replied_to=replied_to)
    await store.transact(lambda tx: messaging.write(tx, who, written), actor=who.pid)


async def edit(store: Store, who: Person, text: str, message: int) -> None:
    written = Written(message=MessageId(message), words=Words(text=text))
    await store.transact(lambda tx: changing.edit(tx, who, written))


async def send_piece(store: Store, who: Person, message: int) -> None:
    part = InAlbum(group="g", file=f"file-{message}")
    written = Written(message=MessageId(message), kind=Kind.PHOTO, album=part)
    await store.transact(lambda tx: messaging.write(tx, who, written))


async def received(store: Store, circle: Circle, first: int, last: int) -> None:
    """Mikael has messages with these numbers, which Aino wrote as 5000 more than that."""

    def unit(tx: Transaction) -> None:
        for message in range(first, last):
            links.link(
                tx,
                to=circle.mikael.pid,
                to_message=MessageId(message),
                channel=circle.channel.id,
                from_message=MessageId(message + 5_000),
            )

    await store.transact(unit)


async def claim(store: Store, who: Person) -> Claimed | None:
    return await store.transact(lambda tx: claims.claim(tx, who.pid, epoch=0))


async def texts(store: Store) -> dict[bytes, list[str]]:
    """What is queued of what people wrote."""
    return {
        pid: said
        for pid, notices in (await heard(store)).items()
        if (said := [notice.words.text for notice in notices if isinstance(notice, Relayed)])
    }


@pytest.fixture
async def leading(store: Store) -> None:
    """Claims are this test's own."""
    await store.transact(lambda tx: tx.conn.execute(update(leadership).values(epoch=0)))


# --- asking -----------------------------------------------------------------------------------------------------------


async def test_the_coordinators_hear_once_a_day_and_the_mentor_never(store: Store, circle: Circle) -> None:
    await store.transact(lambda tx: change.show_mentor(tx, circle.aino))
    shown = MentorShown(channel=circle.channel.id, mentor=circle.mikael.alias)
    assert await heard(store) == {circle.aino.pid: [shown]}
    told, answered = AnotherMentorAsked(pair=circle.pair), MentorAsked(replaces=UNDER)
    both = {circle.sari.pid: [told], circle.aino.pid: [answered]}

    async def ask() -> None:
        await store.transact(lambda tx: change.ask_surely(tx, circle.aino, circle.channel.id, instead_of=UNDER))

    await ask()
    assert await heard(store) == both
    await ask()
    assert await heard(store) == {circle.aino.pid: [answered]}
    store.clock = at(NOW + ASKED_ONCE_IN)
    await ask()
    assert await heard(store) == both
    assert await recorded(store) == ["mentor_change_asked"] * 2


async def test_only_the_channels_own_participant_can_ask(store: Store, circle: Circle) -> None:
    other = await joined(store, Role.PARTICIPANT)
    for who, refusal in ((other, NotThere), (circle.mikael, NotPermitted), (circle.sari, NotPermitted)):
        with pytest.raises(refusal):
            await store.transact(
                lambda tx, who=who: change.ask_surely(tx, who, circle.channel.id, instead_of=UNDER)  # type: ignore[misc]
            )
    assert await heard(store) == {}


async def test_a_coordinator_chooses_among_the_other_mentors(store: Store, circle: Circle) -> None:
    await store.transact(lambda tx: change.offer(tx, circle.sari, instead_of=UNDER))
    await store.transact(lambda tx: change.offer_mentors(tx, circle.sari, circle.channel.id, instead_of=UNDER))
    maria = Choosable(pid=circle.maria.pid, version=circle.maria.version, alias=circle.maria.alias)
    assert (await heard(store))[circle.sari.pid] == [
        ChangeParticipants(pairs=(circle.pair,), replaces=UNDER),
        ChangeMentors(pair=circle.pair, mentors=(maria,), replaces=UNDER),
    ]


# --- the moment -------------------------------------------------------------------------------------------------------


async def test_what_waits_goes_to_the_new_mentor_behind_the_introduction(store: Store, circle: Circle) -> None:
    aino, mikael, maria = circle.aino, circle.mikael, circle.maria
    await write(store, aino, "one", 1)
    await write(store, aino, "two", 2)
    await write(store, mikael, "before", 3)
    await change_now(store, circle)
    await write(store, aino, "three", 4)
    said = await heard(store)
    assert [type(notice) for notice in said[mikael.pid]] == [ChannelOver]
    assert said[maria.pid][0] == MeetYourParticipant(participant=aino.alias, several=False)
    assert [notice.words.text for notice in said[maria.pid][1:] if isinstance(notice, Relayed)] == [
        "one",
        "two",
        "three",
    ]
    first, marker = said[aino.pid]
    assert isinstance(first, Relayed)
    assert first.words.text == "before"
    assert marker == MentorChanged(old=mikael.alias, new=maria.alias)
    assert said[circle.sari.pid] == [Changed(participant=aino.alias, mentor=maria.alias, replaces=UNDER)]
    assert await recorded(store) == ["mentor_changed"]


async def test_the_marker_stands_between_what_the_old_and_what_the_new_mentor_wrote(
    store: Store, circle: Circle, leading: None
) -> None:
    await write(store, circle.mikael, "one", 1)
    await write(store, circle.mikael, "two", 2)
    sending = await claim(store, circle.aino)
    await change_now(store, circle)
    await write(store, circle.maria, "three", 3)
    got = []
    while sending is not None:
        row = sending
        notice = await store.transact(lambda tx, row=row: outbox.open_notice(tx, row))  # type: ignore[misc]
        got.append(notice.words.text if isinstance(notice, Relayed) else type(notice).__name__)
        await end(store, sending, "sent")
        last = row.strand
        sending = await store.transact(lambda tx, at=last: claims.claim(tx, circle.aino.pid, epoch=0, last=at))  # type: ignore[misc]
    assert got == ["one", "two", "MentorChanged", "three"]


async def test_a_change_happens_once(store: Store, circle: Circle) -> None:
    await change_now(store, circle)
    await heard(store)
    await change_now(store, circle)
    assert await heard(store) == {}
    assert await recorded(store) == ["mentor_changed"]
    liisa = await joined(store, Role.MENTOR)
    with pytest.raises(NotThere):
        await store.transact(
            lambda tx: change.change_now(tx, circle.sari, circle.channel.id, liisa.pid, instead_of=UNDER)
        )
    assert await heard(store) == {}


async def test_what_the_old_mentor_received_lately_is_deleted_and_given_to_nobody(store: Store, circle: Circle) -> None:
    await received(store, circle, 1, 11)
    store.clock = at(NOW + timedelta(hours=48))
    await received(store, circle, 11, 121)
    await change_now(store, circle)
    said = await heard(store)
    removed = [notice for notice in said[circle.mikael.pid] if isinstance(notice, CopiesRemoved)]
    assert removed == [CopiesRemoved(messages=tuple(MessageId(message) for message in range(11, 121)))]
    assert [type(notice) for notice in said[circle.maria.pid]] == [MeetYourParticipant]


async def test_nothing_of_the_old_mentors_goes_through_the_closed_channel(store: Store, circle: Circle) -> None:
    eero = await joined(store, Role.PARTICIPANT)
    await paired(store, eero, circle.mikael)
    mikael = circle.mikael
    await store.transact(lambda tx: messaging.choose(tx, mikael, circle.channel.id, instead_of=None))
    await store.transact(lambda tx: held.hold(tx, mikael.pid, Written(message=MessageId(9), words=Words(text="?"))))
    link = {"to": mikael.pid, "to_message": MessageId(30), "channel": circle.channel.id, "from_message": MessageId(1)}
    await store.transact(lambda tx: links.link(tx, **link))  # type: ignore[arg-type]
    await change_now(store, circle)
    assert NotCarried(to_message=MessageId(9)) in (await heard(store))[mikael.pid]
    await write(store, mikael, "a reply to Aino", 31, answers=30)
    await write(store, mikael, "for whoever is chosen", 32)
    said = await heard(store)
    assert set(said) == {mikael.pid}
    assert all(isinstance(notice, ForWhom) for notice in said[mikael.pid])
    for press in (messaging.choose, messaging.send_held):
        arguments = (circle.channel.id,) if press is messaging.choose else (circle.channel.id, MessageId(31))
        with pytest.raises(NotThere):
            await store.transact(
                lambda tx, press=press, arguments=arguments: press(tx, mikael, *arguments, instead_of=UNDER)  # type: ignore[misc]
            )


async def say_to_mikael(store: Store, circle: Circle, *notices: Notice) -> None:
    """Something waits for Mikael in the channel."""
    for notice in notices:
        await store.transact(
            lambda tx, notice=notice: outbox.put(  # type: ignore[misc]
                tx, circle.mikael.pid, notice, owner=circle.aino.pid, channel=circle.channel.id
            )
        )


async def for_mikael(store: Store, circle: Circle) -> list[tuple[str, str, bool]]:
    """What was ever queued for Mikael: its kind, its state, and whether there is still anything in it."""
    query = select(outbox_table).where(outbox_table.c.recipient == circle.mikael.pid).order_by(outbox_table.c.id)
    rows = await store.transact(lambda tx: tx.conn.execute(query).all())
    return [(row.notice, row.state, row.body is not None) for row in rows]


async def test_what_waits_to_be_said_to_the_old_mentor_ends_with_the_channel(store: Store, circle: Circle) -> None:
    await store.transact(lambda tx: absence.pause(tx, circle.aino))
    paused = await store.transact(lambda tx: people.get(tx, circle.aino.pid))
    await store.transact(lambda tx: absence.resume(tx, paused))
    aino = await store.transact(lambda tx: people.get(tx, circle.aino.pid))
    await store.transact(lambda tx: profile.change_alias(tx, aino, "Kuusama", own_names=()))
    kinds = [kind.__name__ for kind in (Waits, ReachableAgain, RenamedOther)]
    assert await for_mikael(store, circle) == [(kind, Delivery.PENDING, True) for kind in kinds], "the control"
    await change_now(store, circle)
    ended = [(kind, Delivery.DEAD, False) for kind in kinds]
    assert await for_mikael(store, circle) == [*ended, (ChannelOver.__name__, Delivery.PENDING, True)]
    said = await heard(store)
    assert said[circle.mikael.pid] == [ChannelOver(participant=circle.aino.alias)], "the name that he knows"
    assert said[circle.maria.pid] == [MeetYourParticipant(participant="Kuusama", several=False)]


async def test_a_mentor_who_has_never_heard_of_the_participant_hears_nothing(store: Store, circle: Circle) -> None:
    await say_to_mikael(store, circle, MeetYourParticipant(participant=circle.aino.alias, several=False))
    await change_now(store, circle)
    assert circle.mikael.pid not in await heard(store)


async def test_what_was_asked_of_the_old_mentor_outside_the_channel_ends_too(store: Store, circle: Circle) -> None:
    await store.transact(lambda tx: safety.settle(tx, circle.aino.pid, erase_after=24))
    await store.transact(lambda tx: erase_there.propose(tx, circle.aino))
    assert await for_mikael(store, circle) == [(EraseThereProposed.__name__, Delivery.PENDING, True)], "the control"
    await change_now(store, circle)
    assert (await heard(store))[circle.mikael.pid] == [ChannelOver(participant=circle.aino.alias)]


async def test_what_is_said_of_somebody_else_stays(store: Store, circle: Circle) -> None:
    eero = await joined(store, Role.PARTICIPANT)
    other = await paired(store, eero, circle.mikael)
    waits = Waits(alias=eero.alias, paused=True)
    await store.transact(lambda tx: outbox.put(tx, circle.mikael.pid, waits, owner=eero.pid, channel=other.id))
    apart = Privacy()
    await store.transact(lambda tx: outbox.put(tx, circle.mikael.pid, apart, owner=eero.pid))
    await change_now(store, circle)
    assert (await heard(store))[circle.mikael.pid] == [waits, apart, ChannelOver(participant=circle.aino.alias)]


# --- what is being sent in that moment --------------------------------------------------------------------------------


async def end(store: Store, sending: Claimed, how: str) -> None:
    """What becomes of something that is being sent, by a leader with epoch 0."""
    if how == "adopted":
        await store.transact(lambda tx: tx.conn.execute(update(leadership).values(epoch=1)))
        await store.transact(lambda tx: claims.adopt(tx, epoch=1))
        await store.transact(lambda tx: tx.conn.execute(update(leadership).values(epoch=0)))
    elif how == "given back":
        await store.transact(lambda tx: claims.give_back(tx, sending.recipient, epoch=0))
    elif how in ("retry", "unknown"):
        outcome = Delivery(how)
        await store.transact(lambda tx: claims.postpone(tx, sending.id, outcome, epoch=0, until=NOW))
    else:
        outcome = Delivery(how)
        await store.transact(lambda tx: claims.finish(tx, sending.id, outcome, epoch=0))


@pytest.mark.parametrize("how", ["sent", "dead", "retry", "unknown", "given back", "adopted"])
async def test_what_is_being_sent_to_the_old_mentor_goes_to_the_new_one_in_its_place_and_never_again_to_the_old(
    store: Store, circle: Circle, leading: None, how: str
) -> None:
    await write(store, circle.aino, "one", 1)
    await write(store, circle.aino, "two", 2)
    sending = await claim(store, circle.mikael)
    assert sending is not None
    await change_now(store, circle)
    await end(store, sending, how)
    while (to_mikael := await claim(store, circle.mikael)) is not None:
        assert to_mikael.kind == "ChannelOver"
        await end(store, to_mikael, "sent")
    assert await texts(store) == {circle.maria.pid: ["one", "two"]}


@pytest.mark.parametrize("how", ["sent", "dead", "retry", "unknown", "given back", "adopted"])
async def test_what_is_just_being_said_to_the_old_mentor_is_not_said_again(
    store: Store, circle: Circle, leading: None, how: str
) -> None:
    await say_to_mikael(store, circle, Waits(alias=circle.aino.alias, paused=True))
    sending = await claim(store, circle.mikael)
    assert sending is not None
    await change_now(store, circle)
    await say_to_mikael(store, circle, ReachableAgain(alias=circle.aino.alias))  # by whoever saw the channel open
    await end(store, sending, how)
    over = await claim(store, circle.mikael)
    assert over is not None
    assert over.kind == ChannelOver.__name__
    await end(store, over, "sent")
    assert await claim(store, circle.mikael) is None
    finished = Delivery.SENT if how == "sent" else Delivery.DEAD
    assert await for_mikael(store, circle) == [
        (Waits.__name__, finished, False),
        (ChannelOver.__name__, Delivery.SENT, False),
        (ReachableAgain.__name__, Delivery.DEAD, False),
    ]


@pytest.mark.parametrize("how", ["sent", "retry", "adopted"])
async def test_what_was_being_sent_is_not_doubled_by_a_second_change(
    store: Store, circle: Circle, leading: None, how: str
) -> None:
    await write(store, circle.aino, "one", 1)
    sending = await claim(store, circle.mikael)
    assert sending is not None
    await change_now(store, circle)
    second = await store.transact(lambda tx: channels.of_participant(tx, circle.aino.pid))
    assert second is not None
    liisa = await joined(store, Role.MENTOR)
    await store.transact(lambda tx: change.change_now(tx, circle.sari, second.id, liisa.pid, instead_of=UNDER))
    await end(store, sending, how)
    await claim(store, circle.mikael)
    assert await texts(store) == {liisa.pid: ["one"]}


async def test_an_edit_that_waits_goes_where_its_message_goes(store: Store, circle: Circle, leading: None) -> None:
    await write(store, circle.aino, "one", 1)
    sending = await claim(store, circle.mikael)
    assert sending is not None
    await edit(store, circle.aino, "one, mended", 1)
    await change_now(store, circle)
    waiting = (await heard(store))[circle.maria.pid][1:]
    assert [(type(notice), notice.words.text) for notice in waiting if isinstance(notice, Passed)] == [
        (Relayed, "one"),
        (Reworded, "one, mended"),
    ]


async def test_an_edit_of_what_the_old_mentor_has_goes_to_nobody_and_its_writer_is_told(
    store: Store, circle: Circle, leading: None
) -> None:
    await received(store, circle, 50, 51)
    source = MessageId(5_050)
    await edit(store, circle.aino, "mended", source)
    await change_now(store, circle)
    said = await heard(store)
    assert said[circle.maria.pid] == [MeetYourParticipant(participant=circle.aino.alias, several=False)]
    assert EditNotCarried(to_message=source) in said[circle.aino.pid]
    assert not any(isinstance(notice, Passed) for notice in said[circle.mikael.pid])


async def test_an_edit_after_the_change_goes_into_what_waits_for_the_new_mentor(
    store: Store, circle: Circle, leading: None
) -> None:
    await write(store, circle.aino, "one", 1)
    sending = await claim(store, circle.mikael)
    assert sending is not None
    await change_now(store, circle)
    await edit(store, circle.aino, "one, mended", 1)
    assert await texts(store) == {circle.maria.pid: ["one, mended"]}


@pytest.mark.parametrize("after", [False, True], ids=["before-the-change", "after-the-change"])
async def test_what_its_writer_removes_while_it_is_being_sent_does_not_go_to_the_new_mentor(
    store: Store, circle: Circle, leading: None, after: bool
) -> None:
    await write(store, circle.aino, "one", 1)
    sending = await claim(store, circle.mikael)
    assert sending is not None
    if after:
        await change_now(store, circle)
    await store.transact(lambda tx: changing.take_back(tx, circle.aino, MessageId(1)))
    if not after:
        await change_now(store, circle)
    await end(store, sending, "unknown")
    assert await claim(store, circle.mikael) is not None
    assert await texts(store) == {}


async def test_an_album_that_still_grows_goes_to_the_new_mentor_whole(store: Store, circle: Circle) -> None:
    await send_piece(store, circle.aino, 1)
    await change_now(store, circle)
    await send_piece(store, circle.aino, 2)
    said = await heard(store)
    (album,) = [notice for notice in said[circle.maria.pid] if isinstance(notice, Album)]
    assert [piece.from_message for piece in album.pieces] == [1, 2]
    assert not any(isinstance(notice, Album) for notice in said[circle.mikael.pid])


async def test_a_piece_that_its_writer_removes_while_its_album_is_being_sent_does_not_go_to_the_new_mentor(
    store: Store, circle: Circle, leading: None
) -> None:
    await send_piece(store, circle.aino, 1)
    await send_piece(store, circle.aino, 2)
    store.clock = at(NOW + albums.LEAVES_AFTER)
    assert await claim(store, circle.mikael) is not None
    await store.transact(lambda tx: changing.take_back(tx, circle.aino, MessageId(1)))
    await change_now(store, circle)
    (album,) = [notice for notice in (await heard(store))[circle.maria.pid] if isinstance(notice, Album)]
    assert [piece.from_message for piece in album.pieces] == [2]


async def test_a_reaction_that_waits_goes_to_nobody_else(store: Store, circle: Circle) -> None:
    await received(store, circle, 50, 51)
    reactions = Reactions(message=MessageId(5_050), before=(), after=("👍",))
    await store.transact(lambda tx: react(tx, circle.aino, reactions))
    assert await store.transact(
        lambda tx: outbox.is_waiting(tx, circle.mikael.pid, Reacted, channel=circle.channel.id)
    ), "the control"
    await change_now(store, circle)
    said = await heard(store)
    assert not any(isinstance(notice, Reacted) for notices in said.values() for notice in notices)


async def test_the_new_mentor_hears_that_the_participant_takes_a_break(store: Store, circle: Circle) -> None:
    await store.transact(lambda tx: absence.pause(tx, circle.aino))
    await heard(store)
    await change_now(store, circle)
    assert (await heard(store))[circle.maria.pid] == [
        MeetYourParticipant(participant=circle.aino.alias, several=False),
        Waits(alias=circle.aino.alias, paused=True),
    ]


async def test_a_message_that_was_queued_as_the_channel_closed_is_not_sent_to_the_old_mentor(
    store: Store, circle: Circle, leading: None
) -> None:
    await change_now(store, circle)
    late = Relayed(from_message=MessageId(1), words=Words(text="late"))
    await store.transact(
        lambda tx: outbox.put(tx, circle.mikael.pid, late, owner=circle.aino.pid, channel=circle.channel.id)
    )
    over = await claim(store, circle.mikael)
    assert over is not None
    await store.transact(lambda tx: claims.finish(tx, over.id, Delivery.SENT, epoch=0))
    assert await claim(store, circle.mikael) is None
    assert await texts(store) == {circle.maria.pid: ["late"]}


async def test_a_change_and_a_claim_at_once_leave_each_message_with_one_mentor(
    store: Store, circle: Circle, leading: None
) -> None:
    for message in range(1, 6):
        await write(store, circle.aino, str(message), message)
    _, claimed = await asyncio.gather(change_now(store, circle), claim(store, circle.mikael))
    query = select(outbox_table.c.recipient, outbox_table.c.source).where(
        outbox_table.c.source.is_not(None), outbox_table.c.state.in_((Delivery.PENDING, Delivery.SENDING))
    )
    rows = await store.transact(lambda tx: tx.conn.execute(query.order_by(outbox_table.c.id)).all())
    assert [row.source for row in rows if row.recipient == circle.maria.pid] == [1, 2, 3, 4, 5]
    begun = [row.source for row in rows if row.recipient == circle.mikael.pid]
    assert begun == ([1] if claimed is not None and claimed.kind == "Relayed" else [])


async def while_it_changes(store: Store, circle: Circle, unit: Callable[[Transaction], None]) -> None:
    """Do something that has seen the old channel open, and meets the change before it can write."""
    changed, seen = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        changed.set()
        await seen.wait()

    def change_and_wait(tx: Transaction) -> None:
        change.change_now(tx, circle.sari, circle.channel.id, circle.maria.pid, instead_of=UNDER)
        store.data.wait(tx.conn, wait())

    async with asyncio.TaskGroup() as together, asyncio.timeout(30):
        together.create_task(store.transact(change_and_wait))
        await changed.wait()
        together.create_task(store.transact(unit))
        await asyncio.sleep(0.3)
        seen.set()


@POSTGRESQL_ONLY
async def test_what_its_writer_removes_in_that_very_moment_goes_to_nobody(
    store: Store, circle: Circle, leading: None
) -> None:
    await write(store, circle.aino, "one", 1)
    await while_it_changes(store, circle, lambda tx: changing.take_back(tx, circle.aino, MessageId(1)))
    said = await heard(store)
    assert said[circle.maria.pid] == [MeetYourParticipant(participant=circle.aino.alias, several=False)]
    assert RemovalTold(to_message=MessageId(1), removal=Removal.NOT_SENT) in said[circle.aino.pid]


@POSTGRESQL_ONLY
async def test_an_edit_in_that_very_moment_goes_to_the_new_mentor(store: Store, circle: Circle, leading: None) -> None:
    await write(store, circle.aino, "one", 1)
    mended = Written(message=MessageId(1), words=Words(text="one, mended"))
    await while_it_changes(store, circle, lambda tx: changing.edit(tx, circle.aino, mended))
    while (sending := await claim(store, circle.mikael)) is not None:
        assert sending.kind == "ChannelOver"
        await end(store, sending, "sent")
    said = await heard(store)
    assert [notice.words.text for notice in said[circle.maria.pid] if isinstance(notice, Passed)][-1] == "one, mended"


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
