from datetime import timedelta

import pytest
from sqlalchemy import func, select

from mentorbot.programme.channel import CHOICE_LASTS, Channel
from mentorbot.programme.content import Written
from mentorbot.programme.errors import NotPermitted, NotThere, Stale
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import (
    CopiesRemoved,
    ForWhom,
    HasLeft,
    LeaveAsked,
    MeetYourParticipant,
    Privacy,
    Relayed,
    RenamedOther,
    Stays,
)
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import Words
from mentorbot.services import change, leaving, messaging, retention
from storage import channels, held, links, outbox, people
from storage.tables import DATA
from storage.transaction import Store
from tests.people import AINO, NOW, at, joined, paired
from tests.usecases.queue import heard, recorded

WORDS = Words(text="How are you?")
YOUNG, OLD = timedelta(hours=47), timedelta(hours=49)


@pytest.fixture
async def aino(store: Store) -> Person:
    return await joined(store, Role.PARTICIPANT, telegram_id=AINO)


async def leave(store: Store, person: Person) -> None:
    await store.transact(lambda tx: leaving.leave(tx, person, person.version))


async def test_what_happens_is_said_before_anything_does(store: Store, aino: Person) -> None:
    await store.transact(lambda tx: leaving.ask(tx, aino))
    await store.transact(lambda tx: leaving.stay(tx, aino, instead_of=MessageId(5)))
    assert await heard(store) == {aino.pid: [LeaveAsked(version=aino.version), Stays(replaces=MessageId(5))]}
    assert await store.transact(lambda tx: people.get(tx, aino.pid)) == aino


async def test_nothing_of_theirs_is_left_and_the_others_keep_what_is_theirs(
    store: Store, aino: Person, mikael: Person
) -> None:
    eero, sari = await joined(store, Role.PARTICIPANT), await joined(store, Role.COORDINATOR)
    channel, other = await paired(store, aino, mikael), await paired(store, eero, mikael)
    waits = Written(message=MessageId(4), words=Words(text="not yet"))
    await store.transact(lambda tx: held.hold(tx, aino.pid, waits))
    await store.transact(lambda tx: outbox.put(tx, mikael.pid, Privacy(), owner=aino.pid, channel=channel.id))
    await store.transact(lambda tx: outbox.put(tx, mikael.pid, Privacy(), owner=eero.pid, channel=other.id))
    await leave(store, aino)
    await store.keyring.forget(aino.pid)  # what is queued for the others must not depend on it
    assert await heard(store) == {
        mikael.pid: [Privacy(), HasLeft(alias=aino.alias, to_mentor=True)],
        sari.pid: [HasLeft(alias=aino.alias, to_mentor=False)],
    }
    assert list(await store.transact(lambda tx: channels.of_mentor(tx, mikael.pid))) == [other.id]
    for table in DATA.sorted_tables:
        if table.name in ("audit", "audit_head", "data_identity", "leadership", "inbox"):
            continue
        kept = await store.transact(lambda tx, table=table: list(tx.conn.execute(select(table))))  # type: ignore[misc]
        ids = {value for row in kept for value in row if isinstance(value, bytes)}
        assert not ids & {aino.pid, channel.id}, table.name
    assert await recorded(store) == ["left"]


async def test_a_mentor_is_told_the_name_that_they_know_and_nothing_of_somebody_they_never_met(
    store: Store, aino: Person, mikael: Person
) -> None:
    eero = await joined(store, Role.PARTICIPANT)
    for person, waits in (
        (aino, [RenamedOther(old="Koivu", new="Paju"), RenamedOther(old="Paju", new=aino.alias)]),
        (eero, [MeetYourParticipant(participant=eero.alias, several=True)]),
    ):
        channel = await paired(store, person, mikael)
        for notice in waits:
            await store.transact(
                lambda tx, notice=notice, channel=channel, person=person: outbox.put(  # type: ignore[misc]
                    tx, mikael.pid, notice, owner=person.pid, channel=channel.id
                )
            )
        await leave(store, person)
    assert await heard(store) == {mikael.pid: [HasLeft(alias="Koivu", to_mentor=True)]}


async def test_young_copies_are_removed_from_the_chat_of_every_mentor_they_had_and_old_ones_cannot_be(
    store: Store, aino: Person, mikael: Person
) -> None:
    channel = await paired(store, aino, mikael)
    other = await paired(store, await joined(store, Role.PARTICIPANT), mikael)
    before = {1: OLD, 2: YOUNG, 3: YOUNG}
    for message, age in before.items():
        store.clock = at(NOW - age)
        await store.transact(
            lambda tx, message=message: links.link(  # type: ignore[misc]
                tx, to=mikael.pid, to_message=MessageId(message), channel=channel.id, from_message=MessageId(9)
            )
        )
    await store.transact(
        lambda tx: links.link(tx, to=mikael.pid, to_message=MessageId(8), channel=other.id, from_message=None)
    )
    await store.transact(
        lambda tx: links.link(tx, to=aino.pid, to_message=MessageId(7), channel=channel.id, from_message=None)
    )
    store.clock = at(NOW)
    await leave(store, aino)
    removed = CopiesRemoved(messages=(MessageId(2), MessageId(3)))
    assert await heard(store) == {mikael.pid: [removed, HasLeft(alias=aino.alias, to_mentor=True)]}


async def test_whose_key_a_crash_left_behind_is_forgotten_at_the_next_start(store: Store, aino: Person) -> None:
    await leave(store, aino)
    assert await store.keyring.find(AINO) == aino.pid
    await retention.forget_orphans(store)
    assert await store.keyring.find(AINO) is None
    with pytest.raises(NotThere):
        await store.keyring.data_key(aino.pid)


async def test_what_arrived_while_its_writer_left_is_removed_and_nothing_else_is(
    store: Store, aino: Person, mikael: Person
) -> None:
    arrived = [MessageId(31)]
    await store.transact(lambda tx: leaving.recall(tx, aino.pid, mikael.pid, arrived))
    assert await heard(store) == {}
    await store.transact(lambda tx: people.remove(tx, aino.pid))
    await store.transact(lambda tx: leaving.recall(tx, aino.pid, mikael.pid, arrived))
    assert await heard(store) == {mikael.pid: [CopiesRemoved(messages=(MessageId(31),))]}


async def test_a_mentor_does_not_leave_like_this_and_an_old_button_does_nothing(
    store: Store, aino: Person, mikael: Person
) -> None:
    with pytest.raises(NotPermitted):
        await leave(store, mikael)
    with pytest.raises(Stale):
        await store.transact(lambda tx: leaving.leave(tx, aino, aino.version - 1))
    everyone = select(func.count()).select_from(DATA.tables["people"])
    assert await store.transact(lambda tx: tx.conn.execute(everyone).scalar_one()) == 2


async def test_what_a_mentor_writes_just_after_somebody_left_goes_to_nobody_else_unasked(
    store: Store, aino: Person, mikael: Person
) -> None:
    eero = await joined(store, Role.PARTICIPANT)
    for participant in (aino, eero):
        await paired(store, participant, mikael)
    await leave(store, aino)
    await store.transact(lambda tx: messaging.write(tx, mikael, Written(message=MessageId(7), words=WORDS)))
    said = await heard(store)
    assert eero.pid not in said
    assert ForWhom in [type(notice) for notice in said[mikael.pid]]

    store.clock = at(NOW + CHOICE_LASTS + timedelta(seconds=1))
    await store.transact(lambda tx: messaging.write(tx, mikael, Written(message=MessageId(8), words=WORDS)))
    assert [type(notice) for notice in (await heard(store))[eero.pid]] == [Relayed]


async def changed(store: Store, participant: Person, channel: Channel) -> None:
    sari, maria = await joined(store, Role.COORDINATOR), await joined(store, Role.MENTOR)
    await store.transact(lambda tx: change.change_now(tx, sari, channel.id, maria.pid, instead_of=MessageId(1)))
    assert list(await store.transact(lambda tx: channels.of_mentor(tx, maria.pid)))


async def test_nothing_is_guessed_after_a_change_even_when_the_participant_has_left_since(
    store: Store, aino: Person, mikael: Person
) -> None:
    eero = await joined(store, Role.PARTICIPANT)
    channel, _ = await paired(store, aino, mikael), await paired(store, eero, mikael)
    await changed(store, aino, channel)
    await leave(store, aino)
    await heard(store)
    await store.transact(lambda tx: messaging.write(tx, mikael, Written(message=MessageId(7), words=WORDS)))
    said = await heard(store)
    assert eero.pid not in said
    assert ForWhom in [type(notice) for notice in said[mikael.pid]]


async def test_a_former_mentor_who_has_not_heard_of_the_change_hears_that_the_participant_left(
    store: Store, aino: Person, mikael: Person
) -> None:
    channel = await paired(store, aino, mikael)
    await changed(store, aino, channel)
    await leave(store, aino)
    assert HasLeft(alias=aino.alias, to_mentor=True) in (await heard(store))[mikael.pid]


async def test_a_mentor_who_was_away_is_asked_for_a_while_after_they_are_back(
    store: Store, aino: Person, mikael: Person
) -> None:
    eero = await joined(store, Role.PARTICIPANT)
    for participant in (aino, eero):
        await paired(store, participant, mikael)
    await leave(store, aino)
    store.clock = at(NOW + timedelta(hours=3))
    await store.transact(lambda tx: people.set_reachable(tx, mikael.pid))
    store.clock = at(NOW + timedelta(hours=3, minutes=9))
    await store.transact(lambda tx: messaging.write(tx, mikael, Written(message=MessageId(7), words=WORDS)))
    said = await heard(store)
    assert eero.pid not in said
    assert ForWhom in [type(notice) for notice in said[mikael.pid]]
