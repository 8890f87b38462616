from dataclasses import replace

import pytest

from mentorbot.programme.errors import NotPermitted
from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.notices import (
    AliasNotTaken,
    AliasShown,
    CodeAsked,
    Help,
    LanguageChanged,
    LanguageOffered,
    Privacy,
    RenamedOther,
)
from mentorbot.programme.people import Person, Role, Stage
from mentorbot.services import profile
from storage import people
from storage.transaction import Store
from tests.people import arrived, joined, paired
from tests.usecases.queue import heard, recorded

UNDER = MessageId(3)
NAMES = ("Aino", "Korhonen", "aino_k")


async def change_alias(store: Store, me: Person, typed: str) -> None:
    await store.transact(lambda tx: profile.change_alias(tx, me, typed, own_names=NAMES))


async def now(store: Store, pid: Pid) -> Person:
    return await store.transact(lambda tx: people.get(tx, pid))


async def test_ones_own_alias_is_shown_to_oneself(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT, alias="Quiet Birch")
    await store.transact(lambda tx: profile.show_alias(tx, aino))
    assert await heard(store) == {aino.pid: [AliasShown(alias="Quiet Birch", changed=False)]}


async def test_another_alias_is_taken_and_only_its_owner_is_told(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    await joined(store, Role.MENTOR)
    await change_alias(store, aino, "  Quiet   Birch ")
    assert await heard(store) == {aino.pid: [AliasShown(alias="Quiet Birch", changed=True)]}
    assert (await now(store, aino.pid)).alias == "Quiet Birch"
    assert await recorded(store) == ["alias_changed"]


async def test_the_other_end_of_the_channel_is_told_of_another_alias(store: Store) -> None:
    aino, mikael = await joined(store, Role.PARTICIPANT, alias="Quiet Birch"), await joined(store, Role.MENTOR)
    await joined(store, Role.MENTOR, alias="Clear Water")
    channel = await paired(store, aino, mikael)
    await change_alias(store, aino, "Still Meadow")
    assert await heard(store) == {
        aino.pid: [AliasShown(alias="Still Meadow", changed=True)],
        mikael.pid: [RenamedOther(old="Quiet Birch", new="Still Meadow")],
    }
    assert channel.mentor == mikael.pid


@pytest.mark.parametrize(
    "typed", ["Aino", "aino", "KORHONEN Quiet", "Quiet-Aino", "aino_k", "Aino K", "", "x" * 33, "<b>Bold</b>"]
)
async def test_a_name_that_telegram_shows_or_that_is_unfit_is_not_taken(store: Store, typed: str) -> None:
    aino = await joined(store, Role.PARTICIPANT, alias="Quiet Birch")
    await change_alias(store, aino, typed)
    assert await heard(store) == {aino.pid: [AliasNotTaken(alias="Quiet Birch")]}
    assert (await now(store, aino.pid)).alias == "Quiet Birch"
    assert await recorded(store) == []


async def test_an_alias_belongs_to_one_person(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT, alias="Quiet Birch")
    liisa = await joined(store, Role.PARTICIPANT, alias="Clear Water")
    for typed in ("Clear Water", "CLEAR water"):
        await change_alias(store, aino, typed)
        assert await heard(store) == {aino.pid: [AliasNotTaken(alias="Quiet Birch")]}
    assert (await now(store, aino.pid)).alias == "Quiet Birch"
    assert (await now(store, liisa.pid)).alias == "Clear Water"


async def test_ones_own_alias_in_other_letters_is_not_somebody_elses(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT, alias="Quiet Birch")
    await change_alias(store, aino, "QUIET BIRCH")
    assert await heard(store) == {aino.pid: [AliasShown(alias="QUIET BIRCH", changed=True)]}


async def test_another_language_is_told_in_the_place_of_the_question(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT, language="en")
    await store.transact(lambda tx: profile.offer_languages(tx, aino))
    assert await heard(store) == {aino.pid: [LanguageOffered(pid=aino.pid, version=aino.version)]}
    await store.transact(lambda tx: profile.change_language(tx, aino, "sv", instead_of=UNDER))
    assert await heard(store) == {aino.pid: [LanguageChanged(replaces=UNDER)]}
    changed = await now(store, aino.pid)
    assert changed.language == "sv"
    await store.transact(lambda tx: profile.change_language(tx, changed, "sv", instead_of=UNDER))
    assert await heard(store) == {}


@pytest.mark.parametrize("role", Role)
async def test_help_is_for_ones_own_role(store: Store, role: Role) -> None:
    person = await joined(store, role)
    await store.transact(lambda tx: profile.show_help(tx, person))
    assert await heard(store) == {person.pid: [Help(role=role)]}


async def test_a_newcomer_may_do_nothing_and_hears_of_the_limits_only_after_the_code(store: Store) -> None:
    newcomer = await arrived(store, Role.PARTICIPANT)
    verified = replace(newcomer, stage=Stage.VERIFIED)
    await store.transact(lambda tx: profile.show_privacy(tx, newcomer))
    assert await heard(store) == {newcomer.pid: [CodeAsked()]}
    await store.transact(lambda tx: profile.show_privacy(tx, verified))
    assert await heard(store) == {newcomer.pid: [Privacy()]}
    for act in (
        lambda tx: profile.show_alias(tx, newcomer),
        lambda tx: profile.change_alias(tx, newcomer, "Quiet Birch", own_names=()),
        lambda tx: profile.offer_languages(tx, newcomer),
        lambda tx: profile.change_language(tx, newcomer, "sv", instead_of=None),
        lambda tx: profile.show_help(tx, newcomer),
    ):
        with pytest.raises(NotPermitted):
            await store.transact(act)
    assert await heard(store) == {}
    assert await now(store, newcomer.pid) == newcomer
