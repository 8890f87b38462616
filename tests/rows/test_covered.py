"""Rows of `covered` and `shown_below`: what stands behind a participant's lines."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from mentorbot.programme.content import Form
from mentorbot.programme.errors import SealBroken
from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.notices import Carried, NotCarried, Notice, Privacy, Relayed
from mentorbot.programme.people import Role
from mentorbot.programme.wording import Words
from storage import covered, links, people, tables
from storage.covered import Covered
from storage.transaction import Store, Transaction
from tests.people import NOW, at, joined, paired

LINE, OTHER = MessageId(7), MessageId(8)
WORDS = Relayed(from_message=MessageId(3), words=Words(text="The address is Lane 5"))
UNTIL = NOW + timedelta(minutes=1)


@pytest.fixture
async def aino(store: Store) -> Pid:
    return (await joined(store, Role.PARTICIPANT)).pid


async def put(
    store: Store, pid: Pid, line: MessageId, notice: Notice = WORDS, *, below: tuple[MessageId, ...] = ()
) -> None:
    await store.transact(lambda tx: covered.cover(tx, pid, line, notice, channel=None))
    await store.transact(lambda tx: covered.note_below(tx, pid, line, below))


async def left(store: Store) -> list[int]:
    """How many rows the two tables have."""
    counts = [select(func.count()).select_from(table) for table in (tables.covered, tables.shown_below)]
    return await store.transact(lambda tx: [tx.conn.execute(count).scalar_one() for count in counts])


async def behind(store: Store, pid: Pid, line: MessageId = LINE) -> Covered | None:
    return await store.transact(lambda tx: covered.find(tx, pid, line))


async def test_what_was_put_behind_a_line_is_found_there_by_its_owner_alone(store: Store, aino: Pid) -> None:
    eero = (await joined(store, Role.PARTICIPANT)).pid
    copied = Carried(sender=eero, form=Form.CAPTION, from_message=MessageId(4))
    for line, notice in ((LINE, WORDS), (OTHER, copied)):
        await put(store, aino, line, notice)
    found = Covered(line=LINE, notice=WORDS, channel=None, at=NOW, visible=False, shown_until=None)
    assert await behind(store, aino) == found
    other = await behind(store, aino, OTHER)
    assert other is not None
    assert other.notice == copied
    assert await behind(store, eero) is None


async def test_it_is_sealed_to_its_line_with_its_kind(store: Store, aino: Pid) -> None:
    for line, notice in ((LINE, WORDS), (OTHER, Privacy())):
        await put(store, aino, line, notice)
    bodies = await store.transact(lambda tx: list(tx.conn.execute(select(tables.covered.c.body)).scalars()))
    assert len({len(body) for body in bodies}) == 1
    assert not any(word in body for body in bodies for word in (b"Lane", b"Relayed", b"Privacy"))
    moved = update(tables.covered).where(tables.covered.c.line == OTHER).values(body=bodies[0], ref=b"another")
    await store.transact(lambda tx: tx.conn.execute(moved))
    with pytest.raises(SealBroken):
        await behind(store, aino, OTHER)


async def test_it_is_exchanged_shown_and_hidden(store: Store, aino: Pid) -> None:
    await put(store, aino, LINE)
    await store.transact(lambda tx: covered.exchange(tx, aino, LINE, NotCarried(to_message=None)))
    await store.transact(lambda tx: covered.show(tx, aino, LINE, until=UNTIL))
    showing = await behind(store, aino)
    assert showing is not None
    assert showing.notice == NotCarried(to_message=None)
    assert [showing.is_showing(now) for now in (NOW, UNTIL - timedelta(seconds=1), UNTIL)] == [True, True, False]
    await store.transact(lambda tx: covered.hide(tx, aino, LINE, shown_until=UNTIL))
    hidden = await behind(store, aino)
    assert hidden is not None
    assert (hidden.visible, hidden.shown_until, hidden.is_showing(NOW)) == (False, UNTIL, False)


async def test_what_is_shown_anew_in_the_meantime_is_not_noted_as_hidden(store: Store, aino: Pid) -> None:
    later = UNTIL + timedelta(minutes=1)
    await put(store, aino, LINE)
    await store.transact(lambda tx: covered.show(tx, aino, LINE, until=later))
    await store.transact(lambda tx: covered.hide(tx, aino, LINE, shown_until=UNTIL))
    found = await behind(store, aino)
    assert found is not None
    assert (found.visible, found.shown_until) == (True, later)


async def test_what_stands_below_a_line_goes_with_its_links(store: Store, aino: Pid) -> None:
    person = await store.transact(lambda tx: people.get(tx, aino))
    channel = await paired(store, person, await joined(store, Role.MENTOR))
    below = (MessageId(12), MessageId(11))
    await put(store, aino, LINE, below=below)

    def link(tx: Transaction) -> None:
        for message in (LINE, *below):
            links.link(tx, to=aino, to_message=message, channel=channel.id, from_message=MessageId(3))

    await store.transact(link)
    assert await store.transact(lambda tx: covered.below(tx, aino, LINE)) == sorted(below)
    await store.transact(lambda tx: covered.forget_below(tx, aino, LINE))
    assert await store.transact(lambda tx: covered.below(tx, aino, LINE)) == []
    left = await store.transact(lambda tx: links.went_as(tx, channel.id, MessageId(3), to=aino))
    assert [link.message for link in left] == [LINE]


async def test_the_newest_line_is_known(store: Store, aino: Pid) -> None:
    assert await store.transact(lambda tx: covered.newest(tx, aino)) is None
    for minutes, line in ((2, OTHER), (1, LINE)):
        store.clock = at(NOW + timedelta(minutes=minutes))
        await put(store, aino, line)
    assert await store.transact(lambda tx: covered.newest(tx, aino)) == NOW + timedelta(minutes=2)


async def test_old_ones_are_purged_but_not_from_under_what_is_on_the_screen(store: Store, aino: Pid) -> None:
    for line in (LINE, OTHER):
        await put(store, aino, line)
    await store.transact(lambda tx: covered.show(tx, aino, OTHER, until=UNTIL))
    await store.transact(lambda tx: covered.purge(tx, before=NOW))
    assert await behind(store, aino) is not None
    await store.transact(lambda tx: covered.purge(tx, before=NOW + timedelta(seconds=1)))
    assert (await behind(store, aino), await behind(store, aino, OTHER) is None) == (None, False)


async def test_nothing_is_left_of_a_line_or_of_a_person_that_is_gone(store: Store, aino: Pid) -> None:
    for line in (LINE, OTHER):
        await put(store, aino, line, below=(MessageId(line + 10),))
    assert await left(store) == [2, 2]
    await store.transact(lambda tx: covered.forget(tx, aino, [LINE]))
    assert await left(store) == [1, 1]
    await store.transact(lambda tx: people.remove(tx, aino))
    assert await left(store) == [0, 0]
