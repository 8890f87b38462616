"""Rows of people: compare and set, aliases that nobody shares, and who is where."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from mentorbot.programme.errors import AliasRefused, NotThere, SealBroken, Stale, ValueRefused
from mentorbot.programme.ids import Pid
from mentorbot.programme.people import Person, Role, Stage
from storage import people, tables
from storage.transaction import Store, Transaction
from tests.people import NOW, Installation, arrived, at, joined, paired

NOBODY = Pid(bytes(16))


async def renamed(store: Store, person: Person, alias: str) -> Person:
    return await store.transact(lambda tx: people.save(tx, person, replace(person, alias=alias)))


async def test_a_person_comes_back_as_they_were_saved(store: Store, installation: Installation) -> None:
    aino = await joined(store, Role.PARTICIPANT, language="fi", alias="Koivu")
    assert (aino.role, aino.language, aino.alias, aino.stage) == (Role.PARTICIPANT, "fi", "Koivu", Stage.ACTIVE)
    again = await installation.open()
    assert await again.transact(lambda tx: people.get(tx, aino.pid)) == aino
    await again.close()


async def test_who_arrived_has_no_alias_yet(store: Store) -> None:
    aino = await arrived(store, Role.PARTICIPANT)
    assert await store.transact(lambda tx: people.get(tx, aino.pid)) == aino
    assert aino.alias == ""


async def test_nobody_is_not_there(store: Store) -> None:
    assert await store.transact(lambda tx: people.find(tx, NOBODY)) is None
    with pytest.raises(NotThere):
        await store.transact(lambda tx: people.get(tx, NOBODY))


async def test_one_person_cannot_be_added_twice(store: Store) -> None:
    aino = await arrived(store, Role.PARTICIPANT)
    with pytest.raises(ValueRefused):
        await store.transact(lambda tx: people.add(tx, aino))


async def test_the_second_to_save_is_told_so(store: Store) -> None:
    aino = await arrived(store, Role.PARTICIPANT)
    advanced = aino.advance(Stage.VERIFIED, now=NOW)
    saved = await store.transact(lambda tx: people.save(tx, aino, advanced))
    assert saved.version == aino.version + 1
    with pytest.raises(Stale):
        await store.transact(lambda tx: people.save(tx, aino, advanced))
    assert await store.transact(lambda tx: people.get(tx, aino.pid)) == saved


async def test_of_two_that_save_at_once_one_wins(store: Store, installation: Installation) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    other = await installation.open()
    outcomes = await asyncio.gather(
        *(renamed(opened, aino, alias) for opened in (store, other) for alias in ("Koivu", "Haapa")),
        return_exceptions=True,
    )
    (winner,) = [outcome for outcome in outcomes if isinstance(outcome, Person)]
    assert [type(outcome) for outcome in outcomes if outcome is not winner] == [Stale] * 3
    assert await store.transact(lambda tx: people.get(tx, aino.pid)) == winner
    await other.close()


# --- aliases ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alias", ["Koivu", "koivu", "KOIVU", "Ｋoivu"])
async def test_nobody_gets_an_alias_that_somebody_has(store: Store, alias: str) -> None:
    await joined(store, Role.PARTICIPANT, alias="Koivu")
    mikael = await joined(store, Role.MENTOR, alias="Lind")
    assert await store.transact(lambda tx: people.alias_taken(tx, alias))
    with pytest.raises(AliasRefused):
        await renamed(store, mikael, alias)
    assert await store.transact(lambda tx: people.get(tx, mikael.pid)) == mikael


async def test_a_refused_alias_spoils_nothing_else_in_the_transaction(store: Store) -> None:
    await joined(store, Role.PARTICIPANT, alias="Koivu")
    mikael = await joined(store, Role.MENTOR, alias="Lind")

    def try_then_save(tx: Transaction) -> Person:
        with pytest.raises(AliasRefused):
            people.save(tx, mikael, replace(mikael, alias="Koivu"))
        return people.save(tx, mikael, replace(mikael, alias="Haapa"))

    assert (await store.transact(try_then_save)).alias == "Haapa"


async def test_of_two_that_want_one_alias_at_once_one_gets_it(store: Store) -> None:
    wanting = [await joined(store, Role.PARTICIPANT) for _ in range(4)]
    outcomes = await asyncio.gather(*(renamed(store, person, "Koivu") for person in wanting), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AliasRefused"] * 3 + ["Person"]


async def test_an_alias_that_was_given_up_is_free(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT, alias="Koivu")
    await renamed(store, aino, "Haapa")
    assert not await store.transact(lambda tx: people.alias_taken(tx, "Koivu"))
    assert (await joined(store, Role.PARTICIPANT, alias="Koivu")).alias == "Koivu"


async def test_the_refusal_says_neither_who_has_the_alias_nor_what_it_is(store: Store) -> None:
    await joined(store, Role.PARTICIPANT, alias="Koivu")
    mikael = await joined(store, Role.MENTOR, alias="Lind")
    with pytest.raises(AliasRefused) as refusal:
        await renamed(store, mikael, "Koivu")
    assert "Koivu" not in f"{refusal.value} {refusal.value!r}"
    assert refusal.value.__cause__ is None
    row = select(tables.people.c.alias, tables.people.c.alias_index)
    for alias, index in await store.transact(lambda tx: list(tx.conn.execute(row))):
        assert b"oivu" not in alias + index


async def test_ones_own_alias_may_be_written_otherwise(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT, alias="Koivu")
    assert (await renamed(store, aino, "KOIVU")).alias == "KOIVU"


# --- lists ------------------------------------------------------------------------------------------------------------


async def test_active_people_are_listed_by_role_the_longest_first(store: Store) -> None:
    expected = []
    for minute in (2, 0, 1):
        store.clock = at(NOW + timedelta(minutes=minute))
        expected.append(await joined(store, Role.MENTOR))
        await joined(store, Role.PARTICIPANT)
        await arrived(store, Role.MENTOR)
    found = await store.transact(lambda tx: people.active(tx, Role.MENTOR))
    assert found == sorted(expected, key=lambda person: person.since)


async def test_only_active_participants_without_a_mentor_wait(store: Store) -> None:
    mikael = await joined(store, Role.MENTOR)
    aino, waiting = await joined(store, Role.PARTICIPANT), await joined(store, Role.PARTICIPANT)
    await arrived(store, Role.PARTICIPANT)
    channel = await paired(store, aino, mikael)
    assert await store.transact(people.waiting_participants) == [waiting]

    closed = update(tables.channels).where(tables.channels.c.id == channel.id).values(closed_at=NOW)
    await store.transact(lambda tx: tx.conn.execute(closed))
    assert {person.pid for person in await store.transact(people.waiting_participants)} == {aino.pid, waiting.pid}


async def test_mentors_participants_are_counted(store: Store) -> None:
    mikael, idle = await joined(store, Role.MENTOR), await joined(store, Role.MENTOR)
    for _ in range(3):
        await paired(store, await joined(store, Role.PARTICIPANT), mikael)
    counted = await store.transact(lambda tx: people.participants_of(tx, [mikael.pid, idle.pid]))
    assert counted == {mikael.pid: 3}
    assert await store.transact(lambda tx: people.participants_of(tx, [])) == {}


async def test_those_who_told_no_code_yet_are_found_by_their_invite(store: Store) -> None:
    aino, other = await arrived(store, Role.PARTICIPANT), await arrived(store, Role.PARTICIPANT)
    assert await store.transact(lambda tx: people.arrivals_of(tx, aino.invite)) == [aino.pid]
    await store.transact(lambda tx: people.save(tx, other, other.advance(Stage.VERIFIED, now=tx.now)))
    assert await store.transact(lambda tx: people.arrivals_of(tx, other.invite)) == []


async def test_those_who_did_not_finish_joining_are_found_by_their_age(store: Store) -> None:
    aino = await arrived(store, Role.PARTICIPANT)
    await joined(store, Role.MENTOR)
    assert await store.transact(lambda tx: people.unfinished_before(tx, NOW)) == []
    later = NOW + timedelta(microseconds=1)
    assert await store.transact(lambda tx: people.unfinished_before(tx, later)) == [aino.pid]
    await store.transact(lambda tx: people.remove(tx, aino.pid))
    assert await store.transact(lambda tx: people.unfinished_before(tx, later)) == []


# --- broken seals -----------------------------------------------------------------------------------------------------


async def test_one_broken_alias_leaves_everybody_else_in_the_list(store: Store) -> None:
    broken, *whole = [await joined(store, Role.MENTOR) for _ in range(3)]
    table = tables.people
    sealed = await store.transact(
        lambda tx: tx.conn.execute(select(table.c.alias).where(table.c.pid == broken.pid)).scalar_one()
    )
    flipped = sealed[:40] + bytes([sealed[40] ^ 1]) + sealed[41:]
    await store.transact(
        lambda tx: tx.conn.execute(update(table).where(table.c.pid == broken.pid).values(alias=flipped))
    )
    with pytest.raises(SealBroken):
        await store.transact(lambda tx: people.get(tx, broken.pid))
    listed = await store.transact(lambda tx: people.active(tx, Role.MENTOR))
    assert {person.pid for person in listed} == {person.pid for person in whole}


async def test_a_forgotten_person_whose_row_is_still_there_is_in_no_list(store: Store) -> None:
    gone, *others = [await joined(store, Role.MENTOR) for _ in range(3)]
    await store.keyring.forget(gone.pid)
    listed = await store.transact(lambda tx: people.active(tx, Role.MENTOR))
    assert {person.pid for person in listed} == {person.pid for person in others}


async def test_a_refusal_of_something_sent_before_they_came_back_does_not_make_anybody_unreachable(
    store: Store,
) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    before, back, after = (NOW + timedelta(seconds=n) for n in (1, 2, 3))
    store.clock = at(back)
    await store.transact(lambda tx: people.set_reachable(tx, aino.pid))
    for sent in (before, back):
        assert not await store.transact(lambda tx, sent=sent: people.set_unreachable(tx, aino.pid, refused=sent))  # type: ignore[misc]
    assert (await store.transact(lambda tx: people.get(tx, aino.pid))).unreachable_since is None
    # The control: what was refused later says that they are gone again.
    store.clock = at(after)
    assert await store.transact(lambda tx: people.set_unreachable(tx, aino.pid, refused=after))
    assert not await store.transact(lambda tx: people.set_unreachable(tx, aino.pid, refused=after))
    assert (await store.transact(lambda tx: people.get(tx, aino.pid))).unreachable_since == after
