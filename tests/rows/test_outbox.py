"""Rows of the outbox: each recipient's notices in their order, each state once, each text gone when it is over."""

import asyncio
import dataclasses
import secrets
import typing
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from mentorbot.programme.delivery import Delivery, Rank
from mentorbot.programme.errors import IllegalTransition, NotThere, SealBroken, Stale
from mentorbot.programme.ids import Pid
from mentorbot.programme.notices import AliasShown, Notice
from mentorbot.programme.people import Person, Role
from storage import claims, outbox, people, tables
from storage.claims import Claimed
from storage.transaction import Store
from tests.people import NOW, Installation, at, joined, paired

LEADER, NEXT_LEADER = 1, 2


async def leads(store: Store, epoch: int) -> None:
    await store.transact(lambda tx: tx.conn.execute(update(tables.leadership).values(epoch=epoch)))


@pytest.fixture
async def aino(store: Store) -> Person:
    """Somebody to write to, while the leader with the epoch LEADER leads."""
    await leads(store, LEADER)
    return await joined(store, Role.PARTICIPANT, language="fi")


async def put(store: Store, to: Person, *aliases: str, owner: Pid | None = None) -> None:
    for alias in aliases:
        notice = AliasShown(alias=alias, changed=False)
        await store.transact(lambda tx, notice=notice: outbox.put(tx, to.pid, notice, owner=owner))  # type: ignore[misc]


async def claim(store: Store, recipient: Person, *, epoch: int = LEADER) -> Claimed | None:
    return await store.transact(lambda tx: claims.claim(tx, recipient.pid, epoch=epoch))


async def claimed(store: Store, recipient: Person, *, epoch: int = LEADER) -> Claimed:
    found = await claim(store, recipient, epoch=epoch)
    assert found is not None
    return found


async def finish(store: Store, row: Claimed, outcome: Delivery = Delivery.SENT, *, epoch: int = LEADER) -> None:
    await store.transact(lambda tx: claims.finish(tx, row.id, outcome, epoch=epoch))


async def postpone(store: Store, row: Claimed, outcome: Delivery, *, seconds: float = 0, epoch: int = LEADER) -> None:
    until = store.clock() + timedelta(seconds=seconds)
    await store.transact(lambda tx: claims.postpone(tx, row.id, outcome, epoch=epoch, until=until))


async def said(store: Store, row: Claimed) -> Notice:
    return await store.transact(lambda tx: outbox.open_notice(tx, row))


async def states(store: Store) -> list[tuple[str, bool]]:
    """Each row's state, and whether its text is still there."""
    query = select(tables.outbox.c.state, tables.outbox.c.body).order_by(tables.outbox.c.id)
    rows = await store.transact(lambda tx: list(tx.conn.execute(query)))
    return [(row.state, row.body is not None) for row in rows]


# --- order ------------------------------------------------------------------------------------------------------------


async def test_a_recipients_notices_are_claimed_one_by_one_in_their_order(store: Store, aino: Person) -> None:
    await put(store, aino, "first", "second")
    first = await claimed(store, aino)
    assert await claim(store, aino) is None  # one is being sent: the next one waits
    await finish(store, first)
    second = await claimed(store, aino)
    await finish(store, second)
    assert await claim(store, aino) is None
    assert first.language == "fi"
    assert first.recipient == first.owner == aino.pid
    assert (first.attempts, first.possible_repeat) == (1, False)


async def test_a_notice_says_what_was_put_into_it(store: Store, aino: Person) -> None:
    await put(store, aino, "Koivu")
    assert await said(store, await claimed(store, aino)) == AliasShown(alias="Koivu", changed=False)


async def test_nobodys_queue_waits_for_anybody_elses(store: Store, aino: Person) -> None:
    mikael = await joined(store, Role.MENTOR)
    await put(store, aino, "for Aino")
    await put(store, mikael, "for Mikael")
    await claimed(store, aino)
    assert await said(store, await claimed(store, mikael)) == AliasShown(alias="for Mikael", changed=False)


async def test_a_postponed_notice_holds_back_those_behind_it(store: Store, aino: Person) -> None:
    await put(store, aino, "first", "second")
    await postpone(store, await claimed(store, aino), Delivery.RETRY, seconds=7)
    store.clock = at(NOW + timedelta(seconds=6.9))
    assert await claim(store, aino) is None
    store.clock = at(NOW + timedelta(seconds=7))
    again = await claimed(store, aino)
    assert await said(store, again) == AliasShown(alias="first", changed=False)
    assert again.attempts == 2


# --- states -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", [Delivery.SENT, Delivery.DEAD])
async def test_a_finished_notice_is_empty_and_never_claimed_again(
    store: Store, aino: Person, outcome: Delivery
) -> None:
    await put(store, aino, "Koivu")
    await finish(store, await claimed(store, aino), outcome)
    assert await states(store) == [(outcome, False)]
    assert await claim(store, aino) is None
    assert await store.transact(outbox.unfinished) == 0


@pytest.mark.parametrize(("outcome", "repeat"), [(Delivery.RETRY, False), (Delivery.UNKNOWN, True)])
async def test_only_what_may_have_arrived_is_marked_as_a_possible_repeat(
    store: Store, aino: Person, outcome: Delivery, repeat: bool
) -> None:
    await put(store, aino, "Koivu")
    await postpone(store, await claimed(store, aino), outcome)
    assert (await claimed(store, aino)).possible_repeat is repeat


async def test_a_possible_repeat_stays_one(store: Store, aino: Person) -> None:
    await put(store, aino, "Koivu")
    for outcome in (Delivery.UNKNOWN, Delivery.RETRY, Delivery.RETRY):
        await postpone(store, await claimed(store, aino), outcome)
    last = await claimed(store, aino)
    assert (last.possible_repeat, last.attempts) == (True, 4)


@pytest.mark.parametrize("outcome", [Delivery.PENDING, Delivery.SENDING, Delivery.RETRY, Delivery.UNKNOWN])
async def test_a_notice_is_not_emptied_before_it_is_over(store: Store, aino: Person, outcome: Delivery) -> None:
    await put(store, aino, "Koivu")
    with pytest.raises(IllegalTransition):
        await finish(store, await claimed(store, aino), outcome)
    assert await states(store) == [("sending", True)]


@pytest.mark.parametrize("outcome", [Delivery.PENDING, Delivery.SENDING, Delivery.SENT, Delivery.DEAD])
async def test_a_notice_that_is_over_is_not_postponed(store: Store, aino: Person, outcome: Delivery) -> None:
    await put(store, aino, "Koivu")
    with pytest.raises(IllegalTransition):
        await postpone(store, await claimed(store, aino), outcome)
    assert await states(store) == [("sending", True)]


async def test_an_outcome_is_recorded_once(store: Store, aino: Person) -> None:
    await put(store, aino, "Koivu")
    row = await claimed(store, aino)
    await finish(store, row)
    with pytest.raises(Stale):
        await finish(store, row, Delivery.DEAD)
    with pytest.raises(Stale):
        await postpone(store, row, Delivery.RETRY)
    assert await states(store) == [("sent", False)]


async def test_finished_rows_are_purged_by_their_age(store: Store, aino: Person) -> None:
    await put(store, aino, "sent", "waiting")
    await finish(store, await claimed(store, aino))
    await store.transact(lambda tx: outbox.purge(tx, before=NOW))
    assert await states(store) == [("sent", False), ("pending", True)]
    await store.transact(lambda tx: outbox.purge(tx, before=NOW + timedelta(microseconds=1)))
    assert await states(store) == [("pending", True)]


# --- leaders ----------------------------------------------------------------------------------------------------------


async def test_of_those_who_claim_at_once_one_does(store: Store, installation: Installation, aino: Person) -> None:
    await put(store, aino, "Koivu")
    other = await installation.open()
    claims = await asyncio.gather(*(claim(opened, aino) for opened in (store, other) * 4))
    assert sum(found is not None for found in claims) == 1
    await other.close()


async def test_a_leader_of_yesterday_claims_nothing(store: Store, aino: Person) -> None:
    await put(store, aino, "Koivu")
    await leads(store, NEXT_LEADER)
    assert await claim(store, aino, epoch=LEADER) is None
    assert await states(store) == [("pending", True)]
    assert await claim(store, aino, epoch=NEXT_LEADER) is not None


async def test_what_an_earlier_leader_was_sending_may_have_arrived(store: Store, aino: Person) -> None:
    mikael = await joined(store, Role.MENTOR)
    await put(store, aino, "being sent")
    await put(store, mikael, "waiting")
    left = await claimed(store, aino)
    await leads(store, NEXT_LEADER)
    assert await store.transact(lambda tx: claims.adopt(tx, epoch=NEXT_LEADER)) == 1

    with pytest.raises(Stale):
        await finish(store, left, epoch=LEADER)
    with pytest.raises(Stale):
        await postpone(store, left, Delivery.RETRY, epoch=LEADER)
    assert (await claimed(store, aino, epoch=NEXT_LEADER)).possible_repeat
    assert not (await claimed(store, mikael, epoch=NEXT_LEADER)).possible_repeat


async def test_a_leader_adopts_nothing_of_its_own(store: Store, aino: Person) -> None:
    await put(store, aino, "Koivu")
    row = await claimed(store, aino)
    assert await store.transact(lambda tx: claims.adopt(tx, epoch=LEADER)) == 0
    await finish(store, row)


# --- who is due -------------------------------------------------------------------------------------------------------


async def due(store: Store) -> set[Pid]:
    found = await store.transact(claims.due_recipients)
    assert len(found) == len(set(found))
    return set(found)


async def test_everybody_with_something_to_be_sent_now_is_due(store: Store, aino: Person) -> None:
    mikael, sari = await joined(store, Role.MENTOR), await joined(store, Role.COORDINATOR)
    await put(store, aino, "one", "two")
    await put(store, mikael, "one")
    await put(store, sari, "one")
    assert await due(store) == {aino.pid, mikael.pid, sari.pid}
    await finish(store, await claimed(store, mikael))
    await postpone(store, await claimed(store, sari), Delivery.RETRY, seconds=5)
    assert await due(store) == {aino.pid}
    store.clock = at(NOW + timedelta(seconds=5))
    assert await due(store) == {aino.pid, sari.pid}


async def test_the_queue_of_somebody_unreachable_is_held_and_not_lost(store: Store, aino: Person) -> None:
    await put(store, aino, "Koivu")
    await store.transact(lambda tx: people.set_unreachable(tx, aino.pid, refused=NOW))
    assert await claim(store, aino) is None
    assert await due(store) == set()
    assert await store.transact(outbox.unfinished) == 1
    await store.transact(lambda tx: people.set_reachable(tx, aino.pid))
    assert await due(store) == {aino.pid}
    assert await claim(store, aino) is not None


async def test_who_takes_a_break_hears_what_they_ask_for_and_nothing_that_others_start(
    store: Store, aino: Person
) -> None:
    channel = await paired(store, aino, await joined(store, Role.MENTOR))
    for alias in ("first", "second"):
        notice = AliasShown(alias=alias, changed=False)
        await store.transact(lambda tx, notice=notice: outbox.put(tx, aino.pid, notice, channel=channel.id))  # type: ignore[misc]
    await put(store, aino, "outside the channel")
    await store.transact(lambda tx: people.set_paused(tx, aino.pid, NOW))
    assert await due(store) == set()
    for rank in (Rank.ANSWER, Rank.CHORE):
        notice = AliasShown(alias=rank.name, changed=False)
        await store.transact(
            lambda tx, notice=notice, rank=rank: outbox.put(tx, aino.pid, notice, rank=rank, channel=channel.id)  # type: ignore[misc]
        )
        assert await due(store) == {aino.pid}
        asked_for = await claimed(store, aino)
        assert await said(store, asked_for) == notice
        await finish(store, asked_for)
        assert await claim(store, aino) is None

    await store.transact(lambda tx: people.set_paused(tx, aino.pid, None))
    came = []
    while (row := await claim(store, aino)) is not None:
        came.append(await said(store, row))
        await finish(store, row)
    assert {notice.alias for notice in came if isinstance(notice, AliasShown)} == {
        "first",
        "second",
        "outside the channel",
    }
    assert came.index(AliasShown(alias="first", changed=False)) < came.index(AliasShown(alias="second", changed=False))


async def test_with_a_person_goes_what_was_to_be_said_to_or_about_them(store: Store, aino: Person) -> None:
    mikael = await joined(store, Role.MENTOR)
    await paired(store, await joined(store, Role.PARTICIPANT), mikael)
    await put(store, aino, "to Aino")
    await put(store, mikael, "about Aino", owner=aino.pid)
    await put(store, mikael, "about Mikael")
    await store.transact(lambda tx: people.remove(tx, aino.pid))
    assert await states(store) == [("pending", True)]


# --- seals ------------------------------------------------------------------------------------------------------------


async def test_a_notice_is_read_with_its_owners_key_alone(store: Store, aino: Person) -> None:
    mikael = await joined(store, Role.MENTOR)
    await put(store, mikael, "about Aino", owner=aino.pid)
    row = await claimed(store, mikael)
    await store.keyring.forget(aino.pid)
    with pytest.raises(NotThere):
        await said(store, row)


@pytest.mark.parametrize("change", [{"owner": "mikael"}, {"ref": "random"}, {"body": "other"}, {"notice": "Privacy!"}])
async def test_a_row_that_was_tampered_with_cannot_be_read(store: Store, aino: Person, change: dict[str, str]) -> None:
    mikael = await joined(store, Role.MENTOR)
    await put(store, aino, "one")
    await put(store, mikael, "two")
    row, other = await claimed(store, aino), await claimed(store, mikael)
    forged: dict[str, typing.Any] = {"mikael": mikael.pid, "random": secrets.token_bytes(16), "other": other.sealed}
    ((field, value),) = change.items()
    names = {"body": "sealed", "notice": "kind"}
    tampered = dataclasses.replace(row, **{names.get(field, field): forged.get(value, value)})
    with pytest.raises(SealBroken):
        await said(store, tampered)
    assert await said(store, row) == AliasShown(alias="one", changed=False)


async def test_a_notice_of_another_kind_is_not_made_of_this_ones_words(store: Store, aino: Person) -> None:
    await put(store, aino, "Koivu")
    row = await claimed(store, aino)
    with pytest.raises(SealBroken):
        await said(store, dataclasses.replace(row, kind="CodeWrong"))
