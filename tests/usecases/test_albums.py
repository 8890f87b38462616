"""What was sent together arrives together, and is asked about once."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import Row, select

from mentorbot.programme.channel import Channel
from mentorbot.programme.content import MOST_IN_ALBUM, Concern, InAlbum, Kind, Written
from mentorbot.programme.delivery import Delivery
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import Album, AskedFirst, ForWhom, Notice, NotSent, Piece, Sent, SentTo
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import LONGEST_CAPTION, Words
from mentorbot.services import changing, messaging
from mentorbot.services.albums import GROWS_FOR, LEAVES_AFTER
from storage import albums, claims, outbox
from storage.leadership import _next_epoch
from storage.tables import outbox as table
from storage.transaction import Store
from tests.people import NOW, SQLITE_ONLY, at, joined, paired
from tests.usecases.queue import heard

UNDER = MessageId(77)


@dataclass(frozen=True, kw_only=True)
class Pair:
    store: Store
    aino: Person
    mikael: Person
    channel: Channel

    async def write(self, *written: Written, me: Person | None = None) -> None:
        for one in written:
            await self.store.transact(lambda tx, one=one: messaging.write(tx, me or self.aino, one))  # type: ignore[misc]

    async def rows(self) -> list[Row[tuple[object, ...]]]:
        return await self.store.transact(lambda tx: list(tx.conn.execute(select(table).order_by(table.c.id))))

    async def for_mikael(self) -> list[Notice]:
        return (await heard(self.store)).get(self.mikael.pid, [])


@pytest.fixture
async def pair(store: Store) -> Pair:
    aino, mikael = await joined(store, Role.PARTICIPANT), await joined(store, Role.MENTOR)
    return Pair(store=store, aino=aino, mikael=mikael, channel=await paired(store, aino, mikael))


def piece(number: int, kind: Kind = Kind.PHOTO, *, group: str = "g", caption: str = "", **more: object) -> Written:
    concerns = (Concern.FILE,) if kind is Kind.DOCUMENT else ()
    written = Written(
        message=MessageId(number),
        kind=kind,
        words=Words(text=caption),
        concerns=concerns,
        album=InAlbum(group=group, file=f"file {number}"),
    )
    return replace(written, **more)  # type: ignore[arg-type]


def sizes(notices: list[Notice]) -> list[int]:
    return [len(notice.pieces) for notice in notices if isinstance(notice, Album)]


# --- gathering --------------------------------------------------------------------------------------------------------


async def test_the_pieces_become_one_notice_in_their_order_with_their_own_captions(pair: Pair) -> None:
    await pair.write(piece(1, caption="Us"), piece(2, Kind.VIDEO), piece(3, caption="The sea"))
    (album,) = await pair.for_mikael()
    assert album == Album(
        sender=pair.aino.pid,
        from_message=MessageId(1),
        alias=pair.aino.alias,
        pieces=(
            Piece(from_message=MessageId(1), kind=Kind.PHOTO, file="file 1", words=Words(text="Us")),
            Piece(from_message=MessageId(2), kind=Kind.VIDEO, file="file 2"),
            Piece(from_message=MessageId(3), kind=Kind.PHOTO, file="file 3", words=Words(text="The sea")),
        ),
    )


async def test_it_waits_a_second_for_the_next_piece_and_three_in_all(pair: Pair) -> None:
    waited = []
    for number, seconds in enumerate((0, 0.8, 1.6, 2.4)):
        pair.store.clock = at(NOW + timedelta(seconds=seconds))
        await pair.write(piece(number))
        (row,) = await pair.rows()
        waited.append(row.not_before - NOW)
    assert waited == [GROWS_FOR, timedelta(seconds=1.8), timedelta(seconds=2.6), LEAVES_AFTER]


async def test_a_piece_that_comes_after_the_album_was_claimed_begins_a_new_one(pair: Pair) -> None:
    epoch = await pair.store.transact(_next_epoch)
    await pair.write(piece(1), piece(2))
    pair.store.clock = at(NOW + GROWS_FOR)
    assert await pair.store.transact(lambda tx: claims.claim(tx, pair.mikael.pid, epoch=epoch)) is not None
    await pair.write(piece(3))
    assert [row.state for row in await pair.rows()] == [Delivery.SENDING, Delivery.PENDING]
    assert sizes(await pair.for_mikael()) == [2, 1]


async def test_whoever_read_the_album_before_it_was_claimed_or_grew_changes_nothing(pair: Pair) -> None:
    epoch = await pair.store.transact(_next_epoch)
    await pair.write(piece(1))
    mark = (await pair.rows())[0].album
    before = await pair.store.transact(lambda tx: albums.growing(tx, pair.mikael.pid, mark))
    assert before is not None
    await pair.write(piece(2))
    rewrite = lambda tx: albums.rewrite(tx, before[0], before[1], until=NOW)  # noqa: E731
    assert await pair.store.transact(rewrite) is False
    now = await pair.store.transact(lambda tx: albums.growing(tx, pair.mikael.pid, mark))
    assert now is not None
    pair.store.clock = at(NOW + GROWS_FOR)
    await pair.store.transact(lambda tx: claims.claim(tx, pair.mikael.pid, epoch=epoch))
    assert await pair.store.transact(lambda tx: albums.rewrite(tx, now[0], now[1], until=NOW)) is False
    assert sizes(await pair.for_mikael()) == [2]


async def test_the_control_for_that_a_row_read_last_is_rewritten(pair: Pair) -> None:
    await pair.write(piece(1))
    mark = (await pair.rows())[0].album
    found = await pair.store.transact(lambda tx: albums.growing(tx, pair.mikael.pid, mark))
    assert found is not None
    assert await pair.store.transact(lambda tx: albums.rewrite(tx, found[0], found[1], until=NOW)) is True


async def test_two_albums_and_a_picture_beside_them_stay_apart(pair: Pair) -> None:
    alone = replace(piece(5), album=None)
    await pair.write(piece(1), piece(2, group="h"), alone, piece(3), piece(4, group="h"))
    assert sizes(await pair.for_mikael()) == [2, 2]


async def test_two_people_cannot_write_into_one_album(pair: Pair, store: Store) -> None:
    eero = await joined(store, Role.PARTICIPANT)
    await paired(store, eero, pair.mikael)
    await pair.write(piece(1))
    await pair.write(piece(2), me=eero)
    assert sizes(await pair.for_mikael()) == [1, 1]


@pytest.mark.parametrize("other", [Kind.AUDIO, Kind.DOCUMENT])
async def test_what_telegram_does_not_group_is_not_grouped(pair: Pair, other: Kind) -> None:
    await pair.write(piece(1), piece(2, other, concerns=()), piece(3, other, concerns=()))
    assert sizes(await pair.for_mikael()) == [1, 2]


async def test_more_than_telegram_takes_in_one_album_go_in_two(pair: Pair) -> None:
    await pair.write(*(piece(number) for number in range(MOST_IN_ALBUM + 2)))
    assert sizes(await pair.for_mikael()) == [MOST_IN_ALBUM, 2]


async def test_a_caption_that_does_not_fit_below_the_label_follows_in_a_message(pair: Pair) -> None:
    await pair.write(piece(1, caption="x" * LONGEST_CAPTION), piece(2))
    album, words = await pair.for_mikael()
    assert isinstance(album, Album)
    assert [one.words.text for one in album.pieces] == ["", ""]
    assert getattr(words, "words", None) == Words(text="x" * LONGEST_CAPTION)


async def test_one_piece_is_taken_back_and_the_others_go(pair: Pair) -> None:
    await pair.write(piece(1), piece(2), piece(3))

    async def withdraw(message: int) -> bool:
        return await pair.store.transact(
            lambda tx: outbox.withdraw(tx, pair.mikael.pid, pair.channel.id, MessageId(message))
        )

    assert [await withdraw(message) for message in (1, 1, 4)] == [True, False, False]
    (album,) = await pair.for_mikael()
    assert isinstance(album, Album)
    assert [one.from_message for one in album.pieces] == [2, 3]


async def test_an_album_of_which_every_piece_was_taken_back_does_not_go(pair: Pair) -> None:
    await pair.write(piece(1), piece(2))
    for message in (1, 2):
        gone = lambda tx, it=message: outbox.withdraw(tx, pair.mikael.pid, pair.channel.id, MessageId(it))  # noqa: E731
        assert await pair.store.transact(gone)
    assert [(row.state, row.body) for row in await pair.rows()] == [(Delivery.DEAD, None)]


@SQLITE_ONLY
async def test_the_album_is_found_among_what_is_unfinished_alone(pair: Pair) -> None:
    asked = f"EXPLAIN QUERY PLAN {albums.finding(b'r', b'm').compile(compile_kwargs={'literal_binds': True})}"
    plan = await pair.store.transact(lambda tx: str(tx.conn.exec_driver_sql(asked).all()))
    assert "ix_outbox_unfinished" in plan


# --- asking -----------------------------------------------------------------------------------------------------------


async def test_an_album_of_documents_is_asked_about_once_and_goes_as_one(pair: Pair) -> None:
    documents = [piece(number, Kind.DOCUMENT) for number in (1, 2, 3)]
    await pair.write(*documents)
    asked = AskedFirst(to_message=MessageId(1), concerns=(Concern.FILE,))
    assert await heard(pair.store) == {pair.aino.pid: [asked]}
    for _ in range(2):
        await pair.store.transact(lambda tx: messaging.send_asked(tx, pair.aino, MessageId(1), instead_of=UNDER))
    said = await heard(pair.store)
    assert said[pair.aino.pid] == [Sent(replaces=UNDER)]
    assert sizes(said[pair.mikael.pid]) == [3]


async def test_a_no_holds_for_the_whole_album(pair: Pair) -> None:
    await pair.write(*(piece(number, Kind.DOCUMENT) for number in (1, 2)))
    await heard(pair.store)
    await pair.store.transact(lambda tx: messaging.drop_asked(tx, pair.aino, MessageId(1), instead_of=UNDER))
    assert await heard(pair.store) == {pair.aino.pid: [NotSent(replaces=UNDER)]}
    for message in (1, 2):
        await pair.store.transact(
            lambda tx, it=message: messaging.send_asked(tx, pair.aino, MessageId(it), instead_of=UNDER)  # type: ignore[misc]
        )
    assert await heard(pair.store) == {}


async def test_a_yes_does_not_hold_for_a_piece_with_another_reason(pair: Pair) -> None:
    more = (Concern.FILE, Concern.ACCOUNT)
    await pair.write(piece(1, Kind.DOCUMENT), piece(2, Kind.DOCUMENT, concerns=more))
    _, second = (await heard(pair.store))[pair.aino.pid]
    assert second == AskedFirst(to_message=MessageId(2), concerns=more)
    await pair.store.transact(lambda tx: messaging.send_asked(tx, pair.aino, MessageId(1), instead_of=UNDER))
    assert sizes(await pair.for_mikael()) == [1]


async def test_a_changed_piece_that_waits_is_not_asked_about_again_and_goes_as_it_stands(pair: Pair) -> None:
    await pair.write(piece(1, Kind.DOCUMENT), piece(2, Kind.DOCUMENT))
    await heard(pair.store)
    changed = piece(2, Kind.DOCUMENT, caption="Changed")
    await pair.store.transact(lambda tx: changing.edit(tx, pair.aino, changed))
    assert await heard(pair.store) == {}
    await pair.store.transact(lambda tx: messaging.send_asked(tx, pair.aino, MessageId(1), instead_of=UNDER))
    (album,) = await pair.for_mikael()
    assert isinstance(album, Album)
    assert [one.words.text for one in album.pieces] == ["", "Changed"]


async def test_a_mentor_with_several_participants_is_asked_once_for_whom_an_album_is(pair: Pair) -> None:
    eero = await joined(pair.store, Role.PARTICIPANT)
    with_eero = await paired(pair.store, eero, pair.mikael)
    await pair.write(*(piece(number) for number in (1, 2, 3)), me=pair.mikael)
    (asked,) = await pair.for_mikael()
    assert isinstance(asked, ForWhom)
    await pair.store.transact(
        lambda tx: messaging.send_held(tx, pair.mikael, with_eero.id, MessageId(1), instead_of=UNDER)
    )
    said = await heard(pair.store)
    assert sizes(said[eero.pid]) == [3]
    assert said[pair.mikael.pid] == [SentTo(alias=eero.alias, replaces=UNDER)]
    assert pair.aino.pid not in said
