"""Another mentor, just while something is being sent, written, edited or removed."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import select

from mentorbot.programme.changing import Removal
from mentorbot.programme.content import Written
from mentorbot.programme.delivery import Delivery
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import (
    Album,
    ChannelOver,
    EditNotCarried,
    MeetYourParticipant,
    Passed,
    ReachableAgain,
    Reacted,
    Relayed,
    RemovalTold,
    Reworded,
    Waits,
)
from mentorbot.programme.people import Role
from mentorbot.programme.reaction import Reactions
from mentorbot.programme.wording import Words
from mentorbot.services import absence, albums, change, changing
from mentorbot.services.reactions import react
from storage import channels, claims, outbox
from storage.tables import outbox as outbox_table
from storage.transaction import Store, Transaction
from tests.people import NOW, POSTGRESQL_ONLY, at, joined
from tests.usecases.circle import (
    UNDER,
    Circle,
    change_now,
    claim,
    edit,
    end,
    for_mikael,
    received,
    say_to_mikael,
    send_piece,
    texts,
    write,
)
from tests.usecases.queue import heard


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
