import pytest

from mentorbot.programme.errors import NotPermitted, NotThere, Stale
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import (
    Choosable,
    MeetYourMentor,
    MeetYourParticipant,
    Paired,
    PairingMentors,
    PairingParticipants,
)
from mentorbot.programme.people import Person, Role
from mentorbot.services import pairing, profile
from storage import channels
from storage.transaction import Store
from tests.people import arrived, joined, paired
from tests.usecases.queue import heard, recorded

UNDER = MessageId(7)


def on_a_button(person: Person, participants: int = 0) -> Choosable:
    return Choosable(pid=person.pid, version=person.version, alias=person.alias, participants=participants)


async def pair(store: Store, coordinator: Person, participant: Person, mentor: Person) -> None:
    await store.transact(
        lambda tx: pairing.pair(tx, coordinator, participant.pid, participant.version, mentor.pid, instead_of=UNDER)
    )


async def mentor_of(store: Store, participant: Person) -> bytes | None:
    channel = await store.transact(lambda tx: channels.of_participant(tx, participant.pid))
    return None if channel is None else channel.mentor


async def test_only_those_who_wait_are_offered_and_only_to_the_coordinator(store: Store) -> None:
    sari, mikael = await joined(store, Role.COORDINATOR), await joined(store, Role.MENTOR)
    waits, has_a_mentor = await joined(store, Role.PARTICIPANT), await joined(store, Role.PARTICIPANT)
    await arrived(store, Role.PARTICIPANT)
    await paired(store, has_a_mentor, mikael)
    await store.transact(lambda tx: pairing.offer(tx, sari))
    assert await heard(store) == {sari.pid: [PairingParticipants(waiting=(on_a_button(waits),))]}


async def test_mentors_are_offered_with_the_least_loaded_first(store: Store) -> None:
    sari, aino = await joined(store, Role.COORDINATOR), await joined(store, Role.PARTICIPANT)
    busy, free = await joined(store, Role.MENTOR), await joined(store, Role.MENTOR)
    await arrived(store, Role.MENTOR)
    await paired(store, await joined(store, Role.PARTICIPANT), busy)
    await store.transact(lambda tx: pairing.offer_mentors(tx, sari, aino.pid, aino.version, instead_of=UNDER))
    offered = PairingMentors(
        participant=on_a_button(aino), mentors=(on_a_button(free), on_a_button(busy, 1)), replaces=UNDER
    )
    assert await heard(store) == {sari.pid: [offered]}


async def test_a_pair_is_introduced_by_aliases_and_nobody_else_hears_of_it(store: Store) -> None:
    sari, mikael, aino = await _trio(store)
    await joined(store, Role.COORDINATOR)
    await joined(store, Role.MENTOR)
    await pair(store, sari, aino, mikael)
    assert await heard(store) == {
        sari.pid: [Paired(participant=aino.alias, mentor=mikael.alias, replaces=UNDER)],
        aino.pid: [MeetYourMentor(mentor=mikael.alias)],
        mikael.pid: [MeetYourParticipant(participant=aino.alias, several=False)],
    }
    assert await mentor_of(store, aino) == mikael.pid
    assert await recorded(store) == ["paired"]


async def test_a_second_participant_is_told_of_as_one_of_several(store: Store) -> None:
    sari, mikael, aino = await _trio(store)
    await paired(store, await joined(store, Role.PARTICIPANT), mikael)
    await pair(store, sari, aino, mikael)
    assert (await heard(store))[mikael.pid] == [MeetYourParticipant(participant=aino.alias, several=True)]


async def test_pairing_the_same_two_again_changes_nothing(store: Store) -> None:
    sari, mikael, aino = await _trio(store)
    await pair(store, sari, aino, mikael)
    await heard(store)
    await pair(store, sari, aino, mikael)
    assert await heard(store) == {}
    assert await recorded(store) == ["paired"]


async def test_a_participant_keeps_the_mentor_they_have(store: Store) -> None:
    sari, mikael, aino = await _trio(store)
    maria = await joined(store, Role.MENTOR)
    await pair(store, sari, aino, mikael)
    await heard(store)
    with pytest.raises(Stale):
        await pair(store, sari, aino, maria)
    with pytest.raises(Stale):
        await store.transact(lambda tx: pairing.offer_mentors(tx, sari, aino.pid, aino.version, instead_of=UNDER))
    assert await mentor_of(store, aino) == mikael.pid
    assert await heard(store) == {}


async def test_a_button_from_before_a_change_is_stale(store: Store) -> None:
    sari, mikael, aino = await _trio(store)
    await store.transact(lambda tx: profile.change_language(tx, aino, "sv", instead_of=None))
    await heard(store)
    with pytest.raises(Stale):
        await pair(store, sari, aino, mikael)
    assert await mentor_of(store, aino) is None


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.MENTOR])
async def test_nobody_but_a_coordinator_pairs(store: Store, role: Role) -> None:
    _, mikael, aino = await _trio(store)
    other = await joined(store, role)
    with pytest.raises(NotPermitted):
        await pair(store, other, aino, mikael)
    with pytest.raises(NotPermitted):
        await store.transact(lambda tx: pairing.offer(tx, other))
    with pytest.raises(NotPermitted):
        await store.transact(lambda tx: pairing.offer_mentors(tx, other, aino.pid, aino.version, instead_of=UNDER))
    assert await heard(store) == {}


async def test_only_a_participant_gets_a_mentor_and_only_a_mentor_becomes_one(store: Store) -> None:
    sari, mikael, aino = await _trio(store)
    liisa, unready = await joined(store, Role.PARTICIPANT), await arrived(store, Role.MENTOR)
    newcomer = await arrived(store, Role.PARTICIPANT)
    for participant, mentor in ((aino, liisa), (aino, sari), (aino, unready), (mikael, mikael), (newcomer, mikael)):
        with pytest.raises(NotThere):
            await pair(store, sari, participant, mentor)
    assert await heard(store) == {}
    assert await recorded(store) == []


async def _trio(store: Store) -> tuple[Person, Person, Person]:
    return (
        await joined(store, Role.COORDINATOR),
        await joined(store, Role.MENTOR),
        await joined(store, Role.PARTICIPANT),
    )
