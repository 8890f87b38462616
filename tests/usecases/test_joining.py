from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from mentorbot.locale.aliases import _words
from mentorbot.programme.errors import Stale
from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.invite import VALID_FOR, WRONG_CODES_ALLOWED, InviteState
from mentorbot.programme.notices import (
    CodeAsked,
    CodeWrong,
    Help,
    InviteAlarm,
    JoiningPostponed,
    LanguageAsked,
    LimitsShown,
    SomebodyJoined,
    Welcomed,
)
from mentorbot.programme.people import Person, Role, Stage
from mentorbot.services import invitations, joining
from mentorbot.services.invitations import Made
from mentorbot.services.joining import Door
from storage import invites, people
from storage.transaction import Store
from tests.people import AINO, NOW, OTTO, arrived, at, joined
from tests.usecases.queue import heard, recorded

UNDER = MessageId(41)


@dataclass(frozen=True, kw_only=True)
class AtTheDoor:
    """An invite that Sari made, and Aino who has opened its link."""

    sari: Person
    aino: Person
    made: Made


async def at_the_door(store: Store, *, role: Role = Role.PARTICIPANT, language: str = "fi") -> AtTheDoor:
    sari = await joined(store, Role.COORDINATOR)
    made = await _made(store, role, issuer=sari.pid)
    pid = await store.keyring.admit(AINO)
    await store.transact(lambda tx: joining.arrive(tx, pid, made.token, language))
    await heard(store)
    return AtTheDoor(sari=sari, aino=await now(store, pid), made=made)


async def now(store: Store, pid: Pid) -> Person:
    return await store.transact(lambda tx: people.get(tx, pid))


async def told_code(store: Store, person: Person, typed: str) -> list[Pid]:
    return await store.transact(lambda tx: joining.tell_code(tx, person, typed))


async def test_an_open_invite_opens_the_door_without_a_trace(store: Store) -> None:
    made = await _made(store, Role.MENTOR)
    before = await recorded(store)
    assert await store.transact(lambda tx: joining.knock(tx, made.token)) is Door.OPEN
    assert await heard(store) == {}
    assert await recorded(store) == before


async def test_a_link_that_never_was_leaves_no_trace(store: Store) -> None:
    await joined(store, Role.COORDINATOR)
    before = await recorded(store)
    assert await store.transact(lambda tx: joining.knock(tx, "never made")) is Door.SHUT
    assert await heard(store) == {}
    assert await recorded(store) == before


async def test_a_link_that_has_run_out_alarms_its_issuer_alone(store: Store) -> None:
    door = await at_the_door(store)
    await joined(store, Role.COORDINATOR)
    store.clock = at(NOW + VALID_FOR)
    assert await store.transact(lambda tx: joining.knock(tx, door.made.token)) is Door.SHUT
    assert await heard(store) == {
        door.sari.pid: [InviteAlarm(role=Role.PARTICIPANT, state=InviteState.EXPIRED, made_at=NOW)]
    }


async def test_whoever_stands_in_the_door_is_asked_for_the_code(store: Store) -> None:
    sari = await joined(store, Role.COORDINATOR)
    made = await _made(store, Role.MENTOR, issuer=sari.pid)
    pid = await store.keyring.admit(AINO)
    await store.transact(lambda tx: joining.arrive(tx, pid, made.token, "sv"))
    assert await heard(store) == {pid: [CodeAsked()]}
    newcomer = await now(store, pid)
    assert (newcomer.role, newcomer.stage, newcomer.language, newcomer.alias) == (
        Role.MENTOR,
        Stage.ARRIVED,
        "sv",
        "",
    )


async def test_another_link_leaves_the_first_behind(store: Store) -> None:
    door = await at_the_door(store)
    other = await _made(store, Role.MENTOR, issuer=door.sari.pid)
    await store.transact(lambda tx: joining.arrive(tx, door.aino.pid, other.token, "fi"))
    assert (await now(store, door.aino.pid)).role is Role.MENTOR
    assert await heard(store) == {door.aino.pid: [CodeAsked()]}


async def test_somebody_who_is_in_stays_who_they_are_whatever_link_they_open(store: Store) -> None:
    mikael = await joined(store, Role.MENTOR)
    made = await _made(store, Role.COORDINATOR)
    await store.transact(lambda tx: joining.arrive(tx, mikael.pid, made.token, "fi"))
    assert await now(store, mikael.pid) == mikael
    assert await heard(store) == {mikael.pid: [Help(role=Role.MENTOR)]}
    assert await store.transact(lambda tx: joining.knock(tx, made.token)) is Door.OPEN


async def test_the_right_code_spends_the_invite(store: Store) -> None:
    door = await at_the_door(store)
    code = door.made.code
    assert await told_code(store, door.aino, f" {code[:2]} {code[2:4]}-{code[4:].lower()}") == []
    verified = await now(store, door.aino.pid)
    assert verified.stage is Stage.VERIFIED
    assert await heard(store) == {verified.pid: [LanguageAsked(pid=verified.pid, version=verified.version)]}
    invite = await store.transact(lambda tx: invites.get(tx, door.aino.invite))
    assert invite.used_by == door.aino.pid
    assert (await recorded(store))[-1] == "invite_used"


async def test_a_wrong_code_says_how_many_tries_are_left_and_nobody_else_hears_of_it(store: Store) -> None:
    door = await at_the_door(store)
    assert await told_code(store, door.aino, "222222") == []
    assert await heard(store) == {door.aino.pid: [CodeWrong(tries_left=WRONG_CODES_ALLOWED - 1)]}
    assert (await now(store, door.aino.pid)).stage is Stage.ARRIVED


async def test_the_fifth_wrong_code_turns_away_all_who_stand_at_this_door_and_no_other(store: Store) -> None:
    door = await at_the_door(store)
    otto = await store.keyring.admit(OTTO)
    await store.transact(lambda tx: joining.arrive(tx, otto, door.made.token, "en"))
    elsewhere = await arrived(store, Role.PARTICIPANT)
    for _ in range(WRONG_CODES_ALLOWED - 1):
        await told_code(store, door.aino, "222222")
    await heard(store)
    turned_away = await told_code(store, door.aino, "222222")
    assert set(turned_away) == {door.aino.pid, otto}
    left = await store.transact(people.everyone)
    assert left == {door.sari.pid, elsewhere.pid}
    assert await heard(store) == {
        door.sari.pid: [InviteAlarm(role=Role.PARTICIPANT, state=InviteState.LOCKED, made_at=NOW)]
    }


async def test_after_five_wrong_codes_the_right_one_comes_too_late(store: Store) -> None:
    door = await at_the_door(store)
    for _ in range(WRONG_CODES_ALLOWED):
        await told_code(store, door.aino, "222222")
    assert await store.transact(lambda tx: joining.knock(tx, door.made.token)) is Door.SHUT


async def test_of_two_with_the_right_code_the_first_comes_in(store: Store) -> None:
    door = await at_the_door(store)
    otto = await store.keyring.admit(OTTO)
    await store.transact(lambda tx: joining.arrive(tx, otto, door.made.token, "en"))
    await told_code(store, door.aino, door.made.code)
    await heard(store)
    late = await now(store, otto)
    assert await told_code(store, late, door.made.code) == [otto]
    assert await store.transact(lambda tx: people.find(tx, otto)) is None
    assert await heard(store) == {
        door.sari.pid: [InviteAlarm(role=Role.PARTICIPANT, state=InviteState.USED, made_at=NOW)]
    }
    assert (await now(store, door.aino.pid)).stage is Stage.VERIFIED


async def test_a_code_comes_too_late_once_the_invite_has_run_out(store: Store) -> None:
    door = await at_the_door(store)
    store.clock = at(NOW + VALID_FOR)
    assert await told_code(store, door.aino, door.made.code) == [door.aino.pid]
    assert list(await heard(store)) == [door.sari.pid]


async def test_choosing_a_language_shows_the_limits_in_the_place_of_the_question(store: Store) -> None:
    aino = await _verified(store)
    await store.transact(lambda tx: joining.choose_language(tx, aino, "sv", instead_of=UNDER))
    informed = await now(store, aino.pid)
    assert (informed.stage, informed.language) == (Stage.INFORMED, "sv")
    limits = LimitsShown(pid=aino.pid, version=informed.version, role=Role.PARTICIPANT, replaces=UNDER)
    assert await heard(store) == {aino.pid: [limits]}


async def test_the_language_can_be_chosen_again_until_the_yes(store: Store) -> None:
    informed = await _informed(store)
    await store.transact(lambda tx: joining.choose_language(tx, informed, "en", instead_of=UNDER))
    again = await now(store, informed.pid)
    assert (again.stage, again.language) == (Stage.INFORMED, "en")
    await heard(store)
    await store.transact(lambda tx: joining.choose_language(tx, again, "en", instead_of=UNDER))
    assert await heard(store) == {}
    assert await now(store, informed.pid) == again


async def test_nobody_sees_the_limits_or_gets_in_without_the_code(store: Store) -> None:
    door = await at_the_door(store)
    for act in (
        lambda tx: joining.choose_language(tx, door.aino, "fi", instead_of=UNDER),
        lambda tx: joining.postpone(tx, door.aino, instead_of=UNDER),
        lambda tx: joining.accept(tx, door.aino, instead_of=UNDER),
    ):
        with pytest.raises(Stale):
            await store.transact(act)
    assert await heard(store) == {}
    assert (await now(store, door.aino.pid)).stage is Stage.ARRIVED


async def test_nobody_gets_in_without_having_been_shown_the_limits(store: Store) -> None:
    verified = await _verified(store)
    with pytest.raises(Stale):
        await store.transact(lambda tx: joining.accept(tx, verified, instead_of=UNDER))
    assert (await now(store, verified.pid)).alias == ""


async def test_not_now_says_until_when_the_door_stays_open(store: Store) -> None:
    informed = await _informed(store)
    await store.transact(lambda tx: joining.postpone(tx, informed, instead_of=UNDER))
    until = informed.since + joining.UNFINISHED_FOR
    assert await heard(store) == {
        informed.pid: [JoiningPostponed(pid=informed.pid, version=informed.version, until=until, replaces=UNDER)]
    }
    assert await now(store, informed.pid) == informed


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
async def test_the_yes_gives_an_alias_in_ones_own_language(store: Store, language: str) -> None:
    informed = await _informed(store, language=language)
    await store.transact(lambda tx: joining.accept(tx, informed, instead_of=UNDER))
    active = await now(store, informed.pid)
    assert active.stage is Stage.ACTIVE
    quality, _, thing = active.alias.partition(" ")
    qualities, things = _words(language)
    assert quality in qualities
    assert thing in things
    said = await heard(store)
    assert said[active.pid] == [Welcomed(role=Role.PARTICIPANT, alias=active.alias, replaces=UNDER)]
    assert (await recorded(store))[-1] == "joined"


async def test_a_participant_is_news_to_the_one_who_invited_them_alone(store: Store) -> None:
    informed = await _informed(store)
    sari = (await store.transact(lambda tx: people.active(tx, Role.COORDINATOR)))[0]
    await joined(store, Role.COORDINATOR)
    await joined(store, Role.MENTOR)
    await store.transact(lambda tx: joining.accept(tx, informed, instead_of=UNDER))
    active = await now(store, informed.pid)
    said = await heard(store)
    assert said.keys() == {informed.pid, sari.pid}
    assert said[sari.pid] == [
        SomebodyJoined(pid=active.pid, version=active.version, role=Role.PARTICIPANT, alias=active.alias)
    ]


async def test_a_new_coordinator_is_news_to_all_the_others(store: Store) -> None:
    informed = await _informed(store, role=Role.COORDINATOR)
    others = await store.transact(lambda tx: people.active(tx, Role.COORDINATOR))
    others.append(await joined(store, Role.COORDINATOR))
    mikael = await joined(store, Role.MENTOR)
    await store.transact(lambda tx: joining.accept(tx, informed, instead_of=UNDER))
    said = await heard(store)
    assert said.keys() == {informed.pid, *(other.pid for other in others)}
    assert mikael.pid not in said
    assert [type(notice) for notice in said[informed.pid]] == [Welcomed]


async def test_a_second_yes_changes_nothing(store: Store) -> None:
    informed = await _informed(store)
    await store.transact(lambda tx: joining.accept(tx, informed, instead_of=UNDER))
    active = await now(store, informed.pid)
    await heard(store)
    await store.transact(lambda tx: joining.accept(tx, active, instead_of=UNDER))
    assert await heard(store) == {}
    assert await now(store, informed.pid) == active


@pytest.mark.parametrize("stage", Stage)
async def test_each_stage_has_its_reminder(store: Store, stage: Stage) -> None:
    person = await arrived(store, Role.MENTOR)
    expected = {
        Stage.ARRIVED: CodeAsked(),
        Stage.VERIFIED: LanguageAsked(pid=person.pid, version=person.version),
        Stage.INFORMED: LimitsShown(pid=person.pid, version=person.version, role=Role.MENTOR),
        Stage.ACTIVE: Help(role=Role.MENTOR),
    }
    await store.transact(lambda tx: joining.remind(tx, replace(person, stage=stage)))
    assert await heard(store) == {person.pid: [expected[stage]]}


async def test_whoever_does_not_finish_is_turned_away_in_the_end_and_nobody_else(store: Store) -> None:
    unfinished = await arrived(store, Role.PARTICIPANT)
    active = await joined(store, Role.PARTICIPANT)
    store.clock = at(NOW + joining.UNFINISHED_FOR)
    assert await store.transact(joining.turn_away_unfinished) == []
    store.clock = at(NOW + joining.UNFINISHED_FOR + timedelta(seconds=1))
    assert await store.transact(joining.turn_away_unfinished) == [unfinished.pid]
    assert await store.transact(people.everyone) == {active.pid}


async def _made(store: Store, role: Role, *, issuer: Pid | None = None) -> Made:
    made = await store.transact(lambda tx: invitations.make(tx, role, issuer=issuer))
    assert made is not None
    return made


async def _verified(store: Store, *, role: Role = Role.PARTICIPANT) -> Person:
    door = await at_the_door(store, role=role)
    await told_code(store, door.aino, door.made.code)
    await heard(store)
    return await now(store, door.aino.pid)


async def _informed(store: Store, *, role: Role = Role.PARTICIPANT, language: str = "sv") -> Person:
    verified = await _verified(store, role=role)
    await store.transact(lambda tx: joining.choose_language(tx, verified, language, instead_of=None))
    await heard(store)
    return await now(store, verified.pid)
