from datetime import timedelta

import pytest

from mentorbot.programme.errors import NotPermitted
from mentorbot.programme.ids import InviteId, Pid
from mentorbot.programme.invite import CODE_LENGTH, CODE_LETTERS, VALID_FOR, Invite, InviteState
from mentorbot.programme.notices import InviteAlarm, InviteCode, InviteMade, InviteOffered
from mentorbot.programme.people import Person, Role
from mentorbot.services import invitations
from storage import invites, people
from storage.tables import invites as table
from storage.transaction import Store
from tests.people import NOW, an_invite, arrived, joined
from tests.usecases.queue import heard, recorded

ID = InviteId(b"an invite's id..")


async def test_a_coordinator_is_asked_whom_to_invite_and_nobody_else_hears_of_it(store: Store) -> None:
    sari = await joined(store, Role.COORDINATOR)
    await joined(store, Role.COORDINATOR)
    await store.transact(lambda tx: invitations.offer(tx, sari))
    said = await heard(store)
    assert list(said) == [sari.pid]
    (offered,) = said[sari.pid]
    assert isinstance(offered, InviteOffered)
    assert offered.mentor != offered.participant


async def test_link_and_code_go_to_the_coordinator_alone_in_two_messages(store: Store) -> None:
    sari = await joined(store, Role.COORDINATOR)
    await joined(store, Role.COORDINATOR)
    await store.transact(lambda tx: invitations.make_for(tx, sari, Role.MENTOR, ID))
    said = await heard(store)
    assert list(said) == [sari.pid]
    link, code = said[sari.pid]
    assert isinstance(link, InviteMade)
    assert isinstance(code, InviteCode)
    assert code.expires_at == NOW + VALID_FOR
    assert len(code.code) == CODE_LENGTH
    assert set(code.code) <= set(CODE_LETTERS)
    found = await store.transact(lambda tx: invites.find_by_token(tx, link.token))
    assert found is not None
    assert (found.id, found.role, found.issuer) == (ID, Role.MENTOR, sari.pid)
    assert await recorded(store) == ["invite_made"]


async def test_the_same_invite_is_made_once(store: Store) -> None:
    sari = await joined(store, Role.COORDINATOR)
    for _ in range(2):
        await store.transact(lambda tx: invitations.make_for(tx, sari, Role.MENTOR, ID))
    assert [type(notice) for notice in (await heard(store))[sari.pid]] == [InviteMade, InviteCode]
    assert await recorded(store) == ["invite_made"]


async def test_neither_token_nor_code_is_stored(store: Store) -> None:
    made = await store.transact(lambda tx: invitations.make(tx, Role.COORDINATOR, issuer=None))
    assert made is not None
    rows = await store.transact(lambda tx: str(tx.conn.execute(table.select()).mappings().all()))
    assert made.token not in rows
    assert made.code not in rows


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.MENTOR])
async def test_nobody_but_a_coordinator_may_invite(store: Store, role: Role) -> None:
    other = await joined(store, role)
    await _refused(store, other)


async def test_a_coordinator_who_has_not_joined_yet_may_not_invite(store: Store) -> None:
    await _refused(store, await arrived(store, Role.COORDINATOR))


async def _refused(store: Store, who: Person) -> None:
    with pytest.raises(NotPermitted):
        await store.transact(lambda tx: invitations.offer(tx, who))
    with pytest.raises(NotPermitted):
        await store.transact(lambda tx: invitations.make_for(tx, who, Role.PARTICIPANT, ID))
    assert await heard(store) == {}
    assert await recorded(store) == []


async def test_an_alarm_goes_to_the_one_who_made_the_invite(store: Store) -> None:
    sari, ritva = await joined(store, Role.COORDINATOR), await joined(store, Role.COORDINATOR)
    invite = await _kept(store, an_invite(issuer=sari.pid, made_at=NOW - VALID_FOR - timedelta(hours=1)))
    await store.transact(lambda tx: invitations.alarm(tx, invite))
    said = await heard(store)
    assert said == {sari.pid: [InviteAlarm(role=Role.PARTICIPANT, state=InviteState.EXPIRED, made_at=invite.made_at)]}
    assert ritva.pid not in said
    assert await recorded(store) == ["invite_alarm"]


async def test_without_its_issuer_an_alarm_goes_to_all_coordinators_but_the_one_who_came_by_it(
    store: Store,
) -> None:
    sari, ritva = await joined(store, Role.COORDINATOR), await joined(store, Role.COORDINATOR)
    mikael, aino = await joined(store, Role.MENTOR), await joined(store, Role.PARTICIPANT)
    used = await store.transact(lambda tx: invites.get(tx, ritva.invite))
    spent = used.use(ritva.pid, now=NOW)
    await store.transact(lambda tx: invitations.alarm(tx, spent))
    said = await heard(store)
    assert list(said) == [sari.pid]
    assert not {ritva.pid, mikael.pid, aino.pid} & said.keys()


async def test_an_issuer_who_is_gone_is_stood_in_for(store: Store) -> None:
    sari = await joined(store, Role.COORDINATOR)
    gone = await joined(store, Role.COORDINATOR)
    invite = await _kept(store, an_invite(issuer=gone.pid))
    await store.transact(lambda tx: people.remove(tx, gone.pid))
    assert await store.transact(lambda tx: invitations.those_responsible(tx, invite)) == [sari.pid]


async def test_a_mentor_who_is_named_as_issuer_is_told_nothing(store: Store) -> None:
    mikael, sari = await joined(store, Role.MENTOR), await joined(store, Role.COORDINATOR)
    invite = await _kept(store, an_invite(issuer=Pid(mikael.pid)))
    assert await store.transact(lambda tx: invitations.those_responsible(tx, invite)) == [sari.pid]


async def _kept(store: Store, invite: Invite) -> Invite:
    await store.transact(lambda tx: invites.add(tx, invite, token="a token"))
    return invite
