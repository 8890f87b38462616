from dataclasses import dataclass, replace

import pytest
from sqlalchemy import update

from mentorbot.programme.changing import Removal
from mentorbot.programme.channel import Channel
from mentorbot.programme.content import Concern, Form, InAlbum, Kind, Written
from mentorbot.programme.delivery import Delivery
from mentorbot.programme.errors import NotPermitted, Stale
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import (
    Album,
    AskedFirst,
    Carried,
    ChangingExplained,
    EditNotCarried,
    MessageOptions,
    OnlyWordsChanged,
    OptionsClosed,
    Relayed,
    RemovalTold,
    Removed,
    Reworded,
)
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import LONGEST_MESSAGE, Words
from mentorbot.services import changing, messaging
from storage import claims, held, links, outbox
from storage.tables import channels, outbox as table
from storage.transaction import Store
from tests.people import NOW, joined, paired
from tests.usecases.queue import Heard, heard

MESSAGE, THERE, UNDER = MessageId(501), MessageId(9), MessageId(77)
WROTE = Written(message=MESSAGE, words=Words(text="At six"))
CHANGED = Written(message=MESSAGE, words=Words(text="At seven"))


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Aino and Mikael, who has another participant."""

    aino: Person
    mikael: Person
    eero: Person
    channel: Channel


@pytest.fixture
async def pair(store: Store) -> Pair:
    mikael = await joined(store, Role.MENTOR)
    aino, eero = [await joined(store, Role.PARTICIPANT) for _ in range(2)]
    channel = await paired(store, aino, mikael)
    await paired(store, eero, mikael)
    return Pair(aino=aino, mikael=mikael, eero=eero, channel=channel)


async def write(store: Store, me: Person, written: Written = WROTE) -> None:
    await store.transact(lambda tx: messaging.write(tx, me, written))


async def edit(store: Store, me: Person, written: Written = CHANGED) -> Heard:
    await store.transact(lambda tx: changing.edit(tx, me, written))
    return await heard(store)


async def take_back(store: Store, me: Person, *, instead_of: MessageId | None = None) -> Heard:
    await store.transact(lambda tx: changing.take_back(tx, me, MESSAGE, instead_of=instead_of))
    return await heard(store)


async def arrive(store: Store, pair: Pair, to: Person, *there: MessageId, form: Form = Form.TEXT) -> None:
    """What the other wrote has arrived."""
    for message in there or (THERE,):
        await store.transact(
            lambda tx, message=message: links.link(  # type: ignore[misc]
                tx, to=to.pid, to_message=message, channel=pair.channel.id, from_message=MESSAGE, form=form
            )
        )


async def begin_to_send(store: Store) -> None:
    await store.transact(lambda tx: tx.conn.execute(update(table).values(state=Delivery.SENDING)))


async def end(store: Store, pair: Pair) -> None:
    over = update(channels).where(channels.c.id == pair.channel.id).values(closed_at=NOW)
    await store.transact(lambda tx: tx.conn.execute(over))


def reworded(pair: Pair, text: str = "At seven", *, form: Form = Form.TEXT) -> Reworded:
    return Reworded(from_message=MESSAGE, alias=pair.aino.alias, words=Words(text=text), form=form)


# --- edits ------------------------------------------------------------------------------------------------------------


async def test_new_words_of_what_has_arrived_go_to_the_same_reader(store: Store, pair: Pair) -> None:
    await arrive(store, pair, pair.mikael)
    assert await edit(store, pair.aino) == {pair.mikael.pid: [reworded(pair)]}


async def test_a_mentors_new_words_go_where_the_old_ones_went(store: Store, pair: Pair) -> None:
    await arrive(store, pair, pair.aino)
    said = await edit(store, pair.mikael)
    assert said == {pair.aino.pid: [replace(reworded(pair), alias="")]}


async def test_new_words_of_what_waits_take_the_place_of_the_old_ones(store: Store, pair: Pair) -> None:
    await write(store, pair.aino)
    await write(store, pair.aino, Written(message=MessageId(502), words=Words(text="Bring the key")))
    said = (await edit(store, pair.aino))[pair.mikael.pid]
    assert [notice.words.text for notice in said if isinstance(notice, Relayed)] == ["At seven", "Bring the key"]
    assert not any(isinstance(notice, Reworded) for notice in said)


async def test_new_words_of_what_is_being_sent_go_behind_it(store: Store, pair: Pair) -> None:
    await write(store, pair.aino)
    await begin_to_send(store)
    old, new = (await edit(store, pair.aino))[pair.mikael.pid]
    assert isinstance(old, Relayed)
    assert old.words.text == "At six"
    assert new == reworded(pair)


async def test_a_change_of_a_change_that_waits_takes_its_place(store: Store, pair: Pair) -> None:
    await arrive(store, pair, pair.mikael)
    await store.transact(lambda tx: changing.edit(tx, pair.aino, CHANGED))
    again = replace(CHANGED, words=Words(text="At eight"))
    assert await edit(store, pair.aino, again) == {pair.mikael.pid: [reworded(pair, "At eight")]}


async def test_words_that_need_several_messages_go_behind_in_parts(store: Store, pair: Pair) -> None:
    await write(store, pair.aino)
    long = replace(CHANGED, words=Words(text="a" * LONGEST_MESSAGE))
    first, *parts = (await edit(store, pair.aino, long))[pair.mikael.pid]
    assert not isinstance(first, Reworded)
    assert [(part.part, part.parts) for part in parts if isinstance(part, Reworded)] == [(1, 2), (2, 2)]


async def test_a_new_caption_goes_and_its_writer_hears_that_the_picture_stays(store: Store, pair: Pair) -> None:
    await arrive(store, pair, pair.mikael, form=Form.CAPTION)
    said = await edit(store, pair.aino, replace(CHANGED, kind=Kind.PHOTO))
    assert said == {
        pair.mikael.pid: [reworded(pair, form=Form.CAPTION)],
        pair.aino.pid: [OnlyWordsChanged(to_message=MESSAGE)],
    }


async def test_a_picture_that_waits_goes_with_its_new_caption(store: Store, pair: Pair) -> None:
    await write(store, pair.aino, replace(WROTE, kind=Kind.PHOTO))
    said = await edit(store, pair.aino, replace(CHANGED, kind=Kind.PHOTO))
    (carried,) = said.pop(pair.mikael.pid)
    assert isinstance(carried, Carried)
    assert carried.words.text == "At seven"
    assert said == {}


async def test_a_picture_that_waits_and_becomes_a_file_is_asked_about(store: Store, pair: Pair) -> None:
    await write(store, pair.aino, replace(WROTE, kind=Kind.PHOTO))
    file = replace(CHANGED, kind=Kind.DOCUMENT, concerns=(Concern.FILE,))
    asked = AskedFirst(to_message=MESSAGE, concerns=(Concern.FILE,))
    assert await edit(store, pair.aino, file) == {pair.aino.pid: [asked]}


async def test_a_change_that_shows_an_account_goes_to_nobody_and_its_writer_is_told(store: Store, pair: Pair) -> None:
    await arrive(store, pair, pair.mikael)
    said = await edit(store, pair.aino, replace(CHANGED, concerns=(Concern.ACCOUNT,)))
    assert said == {pair.aino.pid: [EditNotCarried(to_message=MESSAGE)]}


async def test_what_takes_no_words_is_not_changed_and_its_writer_is_told(store: Store, pair: Pair) -> None:
    await arrive(store, pair, pair.mikael, form=Form.BARE)
    said = await edit(store, pair.aino, Written(message=MESSAGE, kind=Kind.LOCATION))
    assert said == {pair.aino.pid: [EditNotCarried(to_message=MESSAGE)]}


async def test_what_never_went_to_anybody_does_not_go_by_being_changed(store: Store, pair: Pair) -> None:
    for me in (pair.aino, pair.mikael):
        assert await edit(store, me) == {me.pid: [EditNotCarried(to_message=MESSAGE)]}


async def test_a_new_mentor_does_not_see_what_the_one_before_was_written(store: Store, pair: Pair) -> None:
    await arrive(store, pair, pair.mikael)
    await end(store, pair)
    await paired(store, pair.aino, await joined(store, Role.MENTOR))
    assert await edit(store, pair.aino) == {pair.aino.pid: [EditNotCarried(to_message=MESSAGE)]}


async def test_a_caption_in_an_album_that_waits_goes_behind_it_and_a_piece_can_be_taken_out(
    store: Store, pair: Pair
) -> None:
    piece = replace(WROTE, kind=Kind.PHOTO, album=InAlbum(group="one", file="file-1"))
    other = replace(piece, message=MessageId(502))
    for written in (piece, other):
        await write(store, pair.aino, written)
    await store.transact(lambda tx: changing.edit(tx, pair.aino, replace(CHANGED, kind=Kind.PHOTO)))
    await store.transact(lambda tx: changing.take_back(tx, pair.aino, MESSAGE))
    (left,) = (await heard(store))[pair.mikael.pid]
    assert isinstance(left, Album)
    assert [piece.from_message for piece in left.pieces] == [502]


# --- removing ---------------------------------------------------------------------------------------------------------


async def test_what_waits_is_withdrawn_and_nobody_receives_it(store: Store, pair: Pair) -> None:
    await write(store, pair.aino)
    told = RemovalTold(to_message=MESSAGE, removal=Removal.NOT_SENT)
    assert await take_back(store, pair.aino) == {pair.aino.pid: [told]}


async def test_what_is_held_goes_to_nobody(store: Store, pair: Pair) -> None:
    await write(store, pair.mikael)
    await heard(store)
    told = RemovalTold(to_message=MESSAGE, removal=Removal.NOT_SENT)
    assert await take_back(store, pair.mikael) == {pair.mikael.pid: [told]}
    assert await store.transact(lambda tx: held.find(tx, pair.mikael.pid, MESSAGE)) is None


async def test_what_has_arrived_is_removed_in_the_readers_lane(store: Store, pair: Pair) -> None:
    await arrive(store, pair, pair.mikael)
    said = await take_back(store, pair.aino, instead_of=UNDER)
    assert said == {pair.mikael.pid: [Removed(from_message=MESSAGE, told_instead_of=UNDER)]}


async def test_what_is_being_sent_is_removed_behind_it(store: Store, pair: Pair) -> None:
    await write(store, pair.aino)
    await begin_to_send(store)
    sending, removed = (await take_back(store, pair.aino))[pair.mikael.pid]
    assert isinstance(sending, Relayed)
    assert removed == Removed(from_message=MESSAGE)


async def test_saying_it_twice_removes_once_and_a_change_after_it_goes_to_nobody(store: Store, pair: Pair) -> None:
    await arrive(store, pair, pair.mikael)
    for _ in range(2):
        await store.transact(lambda tx: changing.take_back(tx, pair.aino, MESSAGE))
    assert await edit(store, pair.aino) == {
        pair.mikael.pid: [Removed(from_message=MESSAGE)],
        pair.aino.pid: [EditNotCarried(to_message=MESSAGE)],
    }


async def test_a_button_pressed_again_takes_nothing_back_again(store: Store, pair: Pair) -> None:
    await write(store, pair.aino)
    for _ in range(2):
        await store.transact(lambda tx: changing.take_back(tx, pair.aino, MESSAGE, instead_of=UNDER))
    told = RemovalTold(to_message=MESSAGE, removal=Removal.NOT_SENT, replaces=UNDER)
    assert await heard(store) == {pair.aino.pid: [told]}


@pytest.mark.parametrize("how", ["never-sent", "of-the-other", "over"])
async def test_nothing_is_removed_that_is_not_ones_own_and_within_reach(store: Store, pair: Pair, how: str) -> None:
    if how == "of-the-other":
        await arrive(store, pair, pair.aino)  # Mikael's message of that number
    if how == "over":
        await arrive(store, pair, pair.mikael)
        await end(store, pair)
    told = RemovalTold(to_message=MESSAGE, removal=Removal.NOTHING)
    assert await take_back(store, pair.aino) == {pair.aino.pid: [told]}
    with pytest.raises(Stale):
        await take_back(store, pair.aino, instead_of=UNDER)


async def test_only_those_who_write_to_each_other_have_any_of_it(store: Store, pair: Pair) -> None:
    sari = await joined(store, Role.COORDINATOR)
    for use in (
        lambda tx: changing.explain(tx, sari),
        lambda tx: changing.show_options(tx, sari, MESSAGE),
        lambda tx: changing.close_options(tx, sari, instead_of=UNDER),
        lambda tx: changing.take_back(tx, sari, MESSAGE),
    ):
        with pytest.raises(NotPermitted):
            await store.transact(use)
    assert await heard(store) == {}


async def test_the_options_are_shown_and_closed(store: Store, pair: Pair) -> None:
    await store.transact(lambda tx: changing.explain(tx, pair.aino))
    await store.transact(lambda tx: changing.show_options(tx, pair.aino, MESSAGE))
    await store.transact(lambda tx: changing.close_options(tx, pair.aino, instead_of=UNDER))
    said = [ChangingExplained(), MessageOptions(to_message=MESSAGE), OptionsClosed(replaces=UNDER)]
    assert await heard(store) == {pair.aino.pid: said}


async def test_a_claim_that_has_read_the_old_words_comes_to_nothing(store: Store, pair: Pair) -> None:
    """Between reading and claiming the words were exchanged: what was read must not be sent."""
    await write(store, pair.aino)
    (row,) = await store.transact(lambda tx: outbox.on_its_way(tx, pair.mikael.pid, pair.channel.id, MESSAGE))
    await store.transact(lambda tx: changing.edit(tx, pair.aino, CHANGED))
    seen = {"row": row.id, "was": Delivery.PENDING, "repeat": False, "by": 0}
    claim = claims._CLAIM
    assert await store.transact(lambda tx: claim.count(tx.conn, {**seen, "sealed_as": row.ref})) == 0
