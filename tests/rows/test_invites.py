"""Rows of invites: spent once, and known to the store as keyed digests only."""

import asyncio
import secrets
from datetime import timedelta

import pytest
from sqlalchemy import select

from mentorbot.programme.errors import NotThere, Stale
from mentorbot.programme.ids import InviteId
from mentorbot.programme.invite import Invite
from mentorbot.programme.people import Role
from storage import invites, tables
from storage.root_key import RootKey
from storage.transaction import Store
from tests.people import NOW, Installation, an_invite, joined

TOKEN = "Zq8vX1mB4kT7cN2wR5yH0g"
LATER = NOW + timedelta(hours=1)


async def added(store: Store) -> Invite:
    sari = await joined(store, Role.COORDINATOR)
    invite = an_invite(Role.MENTOR, issuer=sari.pid)
    assert await store.transact(lambda tx: invites.add(tx, invite, token=TOKEN))
    return invite


async def test_an_invite_is_found_by_its_links_token(store: Store) -> None:
    invite = await added(store)
    assert await store.transact(lambda tx: invites.find_by_token(tx, TOKEN)) == invite
    assert await store.transact(lambda tx: invites.get(tx, invite.id)) == invite


@pytest.mark.parametrize("token", ["", TOKEN[:-1], TOKEN + "A", TOKEN.lower(), "Ä"])
async def test_any_other_token_finds_nothing(store: Store, token: str) -> None:
    await added(store)
    assert await store.transact(lambda tx: invites.find_by_token(tx, token)) is None


async def test_an_invite_that_never_was_is_not_there(store: Store) -> None:
    with pytest.raises(NotThere):
        await store.transact(lambda tx: invites.get(tx, InviteId(bytes(16))))


async def test_the_same_invite_is_added_once(store: Store) -> None:
    invite = await added(store)
    assert not await store.transact(lambda tx: invites.add(tx, invite, token=secrets.token_urlsafe(16)))
    assert await store.transact(lambda tx: invites.find_by_token(tx, TOKEN)) == invite


async def test_an_invite_is_spent_once(store: Store) -> None:
    invite = await added(store)
    aino, mikael = await joined(store, Role.PARTICIPANT), await joined(store, Role.MENTOR)
    spent = invite.use(aino.pid, now=LATER)
    await store.transact(lambda tx: invites.save(tx, invite, spent))
    with pytest.raises(Stale):
        await store.transact(lambda tx: invites.save(tx, invite, invite.use(mikael.pid, now=LATER)))
    with pytest.raises(Stale):  # nor by somebody who read it when it was spent already
        await store.transact(lambda tx: invites.save(tx, spent, invite.use(mikael.pid, now=LATER)))
    assert await store.transact(lambda tx: invites.get(tx, invite.id)) == spent


async def test_of_those_who_spend_it_at_once_one_does(store: Store, installation: Installation) -> None:
    invite = await added(store)
    other = await installation.open()
    people = [await joined(store, Role.MENTOR) for _ in range(4)]
    outcomes = await asyncio.gather(
        *(
            opened.transact(lambda tx, by=person.pid: invites.save(tx, invite, invite.use(by, now=LATER)))  # type: ignore[misc]
            for person, opened in zip(people, (store, other) * 2, strict=True)
        ),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType"] + ["Stale"] * 3
    await other.close()


async def test_no_wrong_code_is_lost_when_two_are_told_at_once(store: Store) -> None:
    invite = await added(store)
    counted = invite.wrong_code(now=LATER)
    await store.transact(lambda tx: invites.save(tx, invite, counted))
    with pytest.raises(Stale):
        await store.transact(lambda tx: invites.save(tx, invite, counted))
    await store.transact(lambda tx: invites.save(tx, counted, counted.wrong_code(now=LATER)))
    assert (await store.transact(lambda tx: invites.get(tx, invite.id))).wrong_codes == 2


async def test_an_invite_with_a_wrong_code_since_cannot_be_spent_on_old_knowledge(store: Store) -> None:
    invite = await added(store)
    await store.transact(lambda tx: invites.save(tx, invite, invite.wrong_code(now=LATER)))
    with pytest.raises(Stale):
        await store.transact(lambda tx: invites.save(tx, invite, invite.use(invite.issuer, now=LATER)))  # type: ignore[arg-type]


async def test_the_store_holds_no_token(store: Store) -> None:
    await added(store)
    rows = await store.transact(lambda tx: list(tx.conn.execute(select(tables.invites))))
    assert rows
    assert all(TOKEN.encode() not in value for row in rows for value in row if isinstance(value, bytes))


def test_equal_codes_of_two_invites_look_different() -> None:
    root = RootKey(epoch=1, secret=bytes(32))
    one, two = InviteId(b"1" * 16), InviteId(b"2" * 16)
    assert invites.code_digest(root, one, "AB34CD") == invites.code_digest(root, one, "AB34CD")
    assert invites.code_digest(root, one, "AB34CD") != invites.code_digest(root, two, "AB34CD")
    assert invites.code_digest(root, one, "AB34CD") != invites.code_digest(
        RootKey(epoch=1, secret=b"r" * 32), one, "AB34CD"
    )
    assert invites.token_digest(root, "x") != invites.token_digest(RootKey(epoch=1, secret=b"r" * 32), "x")
