"""A decision and the settling of its update are one transaction."""

from zoneinfo import ZoneInfo

import pytest

from handlers.telegram.api import Api
from handlers.telegram.context import AlreadySettled, Desk, Surroundings
from handlers.telegram.pace import Limits, Pace
from handlers.telegram.strangers import Strangers
from mentorbot.programme.errors import NotPermitted, NotThere
from mentorbot.programme.ids import Pid, TelegramId
from mentorbot.programme.notices import Help, NotUnderstood, Privacy
from mentorbot.programme.people import Person, Role
from mentorbot.services import invitations, profile
from storage import inbox, outbox, people
from storage.inbox import Arrival
from storage.transaction import Store, Transaction
from tests.people import AINO, OTTO, joined
from tests.usecases.queue import heard

ZONE = ZoneInfo("Europe/Helsinki")


async def desk_of(store: Store, api: Api, pid: Pid | None, sender: TelegramId = AINO) -> Desk:
    """The desk with one stored update on it."""
    ((row, _),) = await inbox.keep(store, [Arrival(update_id=1, identity=b"one", body=b"{}")])
    strangers = Strangers(api, Pace(Limits()), default_language="en", zone=ZONE)
    surroundings = Surroundings(store=store, strangers=strangers, default_language="en", zone=ZONE)
    return Desk(surroundings=surroundings, row=row, sender=sender, language_code="en", pid=pid)


async def waiting(store: Store) -> int:
    return len(await store.transact(inbox.waiting))


def say_help(tx: Transaction, me: Person) -> None:
    outbox.put(tx, me.pid, Help(role=me.role))


async def test_a_decision_settles_its_update(store: Store, api: Api) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    desk = await desk_of(store, api, aino.pid)
    await desk.decide(say_help)
    assert await heard(store) == {aino.pid: [Help(role=Role.PARTICIPANT)]}
    assert await waiting(store) == 0


async def test_what_is_decided_for_somebody_is_their_own_doing(store: Store, api: Api) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    desk = await desk_of(store, api, aino.pid)
    assert await desk.decide(lambda tx, me: tx.actor) == aino.pid
    assert await store.transact(lambda tx: tx.actor) is None


async def test_a_decision_that_raises_leaves_nothing_behind_and_the_update_waiting(store: Store, api: Api) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    desk = await desk_of(store, api, aino.pid)

    def half_way(tx: Transaction, me: Person) -> None:
        say_help(tx, me)
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        await desk.decide(half_way)
    assert await heard(store) == {}
    assert await waiting(store) == 1


async def test_an_update_has_one_effect_however_often_it_is_decided(store: Store, api: Api) -> None:
    """A commit can succeed while only the word of it is lost; the update is then handled again."""
    aino = await joined(store, Role.PARTICIPANT)
    desk = await desk_of(store, api, aino.pid)
    await desk.decide(say_help)
    with pytest.raises(AlreadySettled):
        await desk.decide(say_help)
    assert await heard(store) == {aino.pid: [Help(role=Role.PARTICIPANT)]}


async def test_what_is_not_for_this_role_is_not_understood(store: Store, api: Api) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    desk = await desk_of(store, api, aino.pid)
    await desk.command(invitations.offer)
    assert await heard(store) == {aino.pid: [NotUnderstood()]}
    assert await waiting(store) == 0


async def test_outside_a_command_a_refusal_is_for_the_caller_to_answer(store: Store, api: Api) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    desk = await desk_of(store, api, aino.pid)
    with pytest.raises(NotPermitted):
        await desk.decide(invitations.offer)
    assert await waiting(store) == 1


@pytest.mark.parametrize("known", [True, False])
async def test_nothing_is_decided_for_somebody_who_is_not_there(store: Store, api: Api, known: bool) -> None:
    pid = await store.keyring.admit(OTTO) if known else None
    desk = await desk_of(store, api, pid, OTTO)
    with pytest.raises(NotThere):
        await desk.decide(profile.show_privacy)
    assert await heard(store) == {}


async def test_whoever_writes_can_be_reached_again(store: Store, api: Api) -> None:
    aino, liisa = await joined(store, Role.PARTICIPANT), await joined(store, Role.PARTICIPANT)
    for person in (aino, liisa):
        await store.transact(lambda tx, pid=person.pid: people.set_unreachable(tx, pid, refused=tx.now))  # type: ignore[misc]
    desk = await desk_of(store, api, aino.pid)
    await desk.decide(profile.show_privacy)
    assert (await store.transact(lambda tx: people.get(tx, aino.pid))).unreachable_since is None
    assert (await store.transact(lambda tx: people.get(tx, liisa.pid))).unreachable_since is not None
    assert await heard(store) == {aino.pid: [Privacy()]}


async def test_settling_alone_does_nothing_else(store: Store, api: Api) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    desk = await desk_of(store, api, aino.pid)
    await desk.settle()
    assert await waiting(store) == 0
    assert await heard(store) == {}


async def test_whoever_is_forgotten_has_no_key_any_more(store: Store, api: Api) -> None:
    pid, other = await store.keyring.admit(OTTO), await store.keyring.admit(AINO)
    desk = await desk_of(store, api, pid, OTTO)
    await desk.forget([pid])
    await desk.surroundings.strangers.finish()
    assert await store.keyring.everyone() == [other]
