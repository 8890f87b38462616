"""Who may do what, over every command and every button there is: what is not declared here fails."""

import itertools
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, update

from handlers.telegram.buttons import Action, Press, days_and_hours, token_for
from handlers.telegram.routes import COMMANDS
from mentorbot.demo.bot_api.phone import Phone
from mentorbot.programme.change import NOTE_WITHIN
from mentorbot.programme.content import Written
from mentorbot.programme.hours import Hours
from mentorbot.programme.ids import ChannelId, MessageId, Pid
from mentorbot.programme.notices import Privacy
from mentorbot.programme.people import Person, Role, Stage
from mentorbot.programme.wording import Words
from storage import agreements, answering, changes, channels, covered, held, people, safety, substitutions
from storage.changes import Waiting
from storage.tables import DATA, audit, channels as channels_table
from storage.transaction import Transaction
from tests.journeys.programme import Programme, heard, newest
from tests.people import joined, paired

WHO = ("newcomer", "participant", "mentor", "coordinator")
ACTIVE = WHO[1:]

ANSWERS: dict[str, dict[str, str]] = {
    "start": {"newcomer": "joining.limits"} | {who: f"help_{who}" for who in ACTIVE},
    "people": {"mentor": "people.only_one"},
    "invite": {"coordinator": "invites.offered"},
    "pair": {"coordinator": "pairing.who"},
    "delete": dict.fromkeys(("participant", "mentor"), "changing.explained"),
    "options": dict.fromkeys(("participant", "mentor"), "changing.explained"),
    "mentor": {"participant": "change.mentor"},
    "safety": {"participant": "safety.shown"},
    "answering": {"mentor": "answering.no_hours"},
    "away": {"mentor": "away.until"},
    "back": {"mentor": "away.over"},
    "topics": {"mentor": "topics.none_here"},
    "wipe": {"participant": "wiping.asked"},
    "hours": {"participant": "safety.hours_shown"},
    "erase": {"participant": "auto_erase.explained"},
    "codeword": {"participant": "code_word.explained"},
    "alias": dict.fromkeys(ACTIVE, "profile.alias_shown"),
    "language": dict.fromkeys(ACTIVE, "profile.language_offered"),
    "help": {who: f"help_{who}" for who in ACTIVE},
    "privacy": dict.fromkeys(WHO, "privacy"),
    "pause": {"participant": "absence.pause_begun"},
    "resume": {"participant": "absence.pause_over"},
    "leave": {"participant": "leaving.asked"},
}
"""What each command says to whom; everybody else is told that it is not understood."""

MAY_PRESS: dict[Action, Collection[str]] = {
    Action.CHOOSE_LANGUAGE: ("newcomer",),
    Action.ACCEPT: ("newcomer",),
    Action.POSTPONE: ("newcomer",),
    Action.CHANGE_LANGUAGE: ACTIVE,
    Action.INVITE_MENTOR: ("coordinator",),
    Action.INVITE_PARTICIPANT: ("coordinator",),
    Action.PAIR_PARTICIPANT: ("coordinator",),
    Action.PAIR_WITH: ("coordinator",),
    Action.CHOOSE_PERSON: ("mentor",),
    Action.SEND_HELD: ("mentor",),
    Action.DROP_HELD: ("mentor",),
    Action.SEND_ASKED: ("participant", "mentor"),
    Action.SEND_AS_PHOTO: ("participant", "mentor"),
    Action.DROP_ASKED: ("participant", "mentor"),
    Action.DELETE_THERE: ("participant", "mentor"),
    Action.CLOSE_OPTIONS: ("participant", "mentor"),
    Action.ASK_MENTOR: ("participant",),
    Action.ASK_MENTOR_SURELY: ("participant",),
    Action.CHANGE_LIST: ("coordinator",),
    Action.CHANGE_CHOOSE: ("coordinator",),
    Action.CHANGE_TO: ("coordinator",),
    Action.CHANGE_NOW: ("coordinator",),
    Action.CHANGE_NOTE: ("coordinator",),
    Action.NO_NOTE: ("mentor",),
    Action.SET_PROTECTED: ("participant",),
    Action.SET_DISCREET: ("participant",),
    Action.SHOW_COVERED: ("participant",),
    Action.COVER_AGAIN: ("participant",),
    Action.CHOOSE_HOURS: ("participant",),
    Action.SET_HOURS: ("participant",),
    Action.SHOW_CODE_WORD: ("participant",),
    Action.REMOVE_CODE_WORD: ("participant",),
    Action.LIFT_HOLD: ("mentor",),
    Action.CHOOSE_SUBSTITUTE: ("mentor",),
    Action.NO_SUBSTITUTE: ("mentor",),
    Action.ASK_SUBSTITUTE: ("mentor",),
    Action.ANSWER_FOR_ANOTHER: ("mentor",),
    Action.TAKE_SUBSTITUTE: ("participant",),
    Action.DECLINE_SUBSTITUTE: ("participant",),
    Action.END_SUBSTITUTION: ("participant",),
    Action.RESUME: ("participant",),
    Action.LEAVE: ("participant",),
    Action.STAY: ("participant",),
    Action.SET_ANSWERING: ("mentor",),
    Action.GO_AWAY: ("mentor",),
    Action.COME_BACK: ("mentor",),
    Action.SET_TOPICS: ("mentor",),
    Action.WIPE: ("participant",),
    Action.DROP_WIPE: ("participant",),
    Action.SET_WIPE_ASKS: ("participant",),
    Action.CHOOSE_ERASE: ("participant",),
    Action.SET_ERASE: ("participant",),
    Action.PROPOSE_ERASE_THERE: ("participant",),
    Action.AGREE_ERASE_THERE: ("mentor",),
    Action.DECLINE_ERASE_THERE: ("mentor",),
    Action.END_ERASE_THERE: ("mentor",),
}
"""For whom each button does something."""

ALLOWED = [(action, who) for action in Action for who in WHO if who in MAY_PRESS.get(action, ())]
FORBIDDEN = [(action, who) for action in Action for who in WHO if who not in MAY_PRESS.get(action, ())]
WITHOUT_A_WORD = {Action.ACCEPT}
"""Somebody who has joined may press this again: it changes nothing, and nobody calls it forged."""

HELD = MessageId(4_711)


def undeclared(there_is: Collection[object], declared: Collection[object]) -> set[object]:
    return set(there_is) ^ set(declared)


def test_every_command_and_every_action_is_declared() -> None:
    assert undeclared(COMMANDS, ANSWERS) == set()
    assert undeclared(list(Action), MAY_PRESS) == set()


def test_a_command_or_an_action_that_is_not_declared_is_found() -> None:
    assert undeclared([*COMMANDS, "vanish"], ANSWERS) == {"vanish"}
    assert undeclared(list(Action)[:-1], MAY_PRESS) == {list(Action)[-1]}


@dataclass(frozen=True, kw_only=True)
class World:
    """One person of each kind, a mentor who is away, with a channel and a held message, and a participant
    who waits for a mentor."""

    programme: Programme
    phones: dict[str, Phone]
    press: dict[Action, Press]
    waiting: Phone

    async def person(self, who: str) -> Person:
        return await self.programme.person(self.phones[who])

    async def pressed(self, who: str, token: str) -> str | None:
        """What shows over the chat when somebody's phone presses a button with this token."""
        phone = self.phones[who]
        query = phone.press_data(newest(phone), token)
        toast = await phone.wait_for_toast(query)
        await self.programme.settled()
        return toast.text

    async def token(self, action: Action, *, sealed_for: str) -> str:
        person = await self.person(sealed_for)
        return token_for(self.programme.store.root.buttons, person.pid, self.press[action])

    async def everything(self) -> dict[str, Any]:
        """All that is stored about people, and how much was said: what a press must not change."""
        return await self.programme.store.transact(_everything)

    async def refusals(self) -> int:
        count = select(func.count()).select_from(audit).where(audit.c.action == "button_refused")
        return await self.programme.store.transact(lambda tx: tx.conn.execute(count).scalar_one())


def _everything(tx: Transaction) -> dict[str, Any]:
    apart = {"inbox", "audit", "audit_head", "leadership", "data_identity"}
    return {
        table.name: sorted(map(repr, tx.conn.execute(select(table))))
        for table in DATA.sorted_tables
        if table.name not in apart
    }


def _overdue(tx: Transaction, *, pid: Pid, line: int) -> None:
    covered.cover(tx, pid, MessageId(line), Privacy(), channel=None)
    covered.show(tx, pid, MessageId(line), until=tx.now)


def _stands_in(tx: Transaction, *, of: Pid) -> None:
    """Let this participant's channel be in the place of one with another mentor, which is over."""
    mine = channels.of_participant(tx, of)
    other = next(mentor for mentor in people.active(tx, Role.MENTOR) if mine is not None and mentor.pid != mine.mentor)
    assert mine is not None
    channels.close(tx, mine.id)
    before = replace(mine, id=ChannelId(b"b" * 16), mentor=other.pid)
    channels.open_(tx, before)
    channels.close(tx, before.id)
    tx.conn.execute(update(channels_table).where(channels_table.c.id == mine.id).values(closed_at=None))
    substitutions.begin(tx, mine.id, instead_of=before.id, until=tx.now + timedelta(days=9))


@pytest.fixture
def engine() -> str:
    """One database is enough: who may do what does not depend on it."""
    return "sqlite"


@pytest.fixture
async def world(programme: Programme) -> World:
    phones = {
        "participant": await programme.already("Aino", Role.PARTICIPANT),
        "mentor": await programme.already("Mikael", Role.MENTOR),
        "coordinator": await programme.already("Sari", Role.COORDINATOR),
        "newcomer": await programme.already("Nina", Role.PARTICIPANT),
    }
    waiting = await programme.already("Eero", Role.PARTICIPANT)
    newcomer = await programme.person(phones["newcomer"])
    await programme.store.transact(lambda tx: people.save(tx, newcomer, replace(newcomer, stage=Stage.INFORMED)))
    participant, mentor = [await programme.person(phones[who]) for who in ("participant", "mentor")]
    channel = await paired(programme.store, participant, mentor)
    await programme.store.transact(lambda tx: answering.settle_absence(tx, mentor.pid, tx.now + timedelta(days=9)))
    waits = Written(message=HELD, words=Words(text="Hi"))
    await programme.store.transact(lambda tx: held.hold(tx, participant.pid, waits))
    await programme.store.transact(lambda tx: held.hold(tx, mentor.pid, waits))
    for phone in phones.values():  # a line of which the content should be gone from the screen by now, in every chat
        await programme.store.transact(partial(_overdue, pid=(await programme.person(phone)).pid, line=newest(phone)))
    await programme.store.transact(lambda tx: safety.settle(tx, participant.pid, erase_after=6))
    await programme.store.transact(lambda tx: agreements.propose(tx, channel.id, 5))
    eero = await programme.person(waiting)
    # A change waits for Mikael's note; another pair's mentor can still be changed.
    other, third = await joined(programme.store, Role.MENTOR), await joined(programme.store, Role.MENTOR)
    theirs = await paired(programme.store, await joined(programme.store, Role.PARTICIPANT), other)
    sari = await programme.person(phones["coordinator"])
    change = Waiting(channel=channel.id, mentor=other.pid, coordinator=sari.pid, due=channel.opened_at + NOTE_WITHIN)
    await programme.store.transact(lambda tx: changes.wait(tx, change))
    asked = await programme.store.transact(
        lambda tx: substitutions.ask(tx, other.pid, mentor.pid, tx.now + timedelta(days=9))
    )
    language, message = b"sv", HELD.to_bytes(16)
    press = {
        Action.CHOOSE_LANGUAGE: Press(action=Action.CHOOSE_LANGUAGE, object=language),
        Action.ACCEPT: Press(action=Action.ACCEPT),
        Action.POSTPONE: Press(action=Action.POSTPONE),
        Action.CHANGE_LANGUAGE: Press(action=Action.CHANGE_LANGUAGE, object=language),
        Action.INVITE_MENTOR: Press(action=Action.INVITE_MENTOR, subject=b"m" * 16),
        Action.INVITE_PARTICIPANT: Press(action=Action.INVITE_PARTICIPANT, subject=b"p" * 16),
        Action.PAIR_PARTICIPANT: Press(action=Action.PAIR_PARTICIPANT, subject=eero.pid, version=eero.version),
        Action.PAIR_WITH: Press(action=Action.PAIR_WITH, subject=eero.pid, object=mentor.pid, version=eero.version),
        Action.CHOOSE_PERSON: Press(action=Action.CHOOSE_PERSON, subject=channel.id),
        Action.SEND_HELD: Press(action=Action.SEND_HELD, subject=channel.id, object=message),
        Action.DROP_HELD: Press(action=Action.DROP_HELD, object=message),
        Action.SEND_ASKED: Press(action=Action.SEND_ASKED, object=message),
        Action.SEND_AS_PHOTO: Press(action=Action.SEND_AS_PHOTO, object=message),
        Action.DROP_ASKED: Press(action=Action.DROP_ASKED, object=message),
        Action.DELETE_THERE: Press(action=Action.DELETE_THERE, object=message),
        Action.CLOSE_OPTIONS: Press(action=Action.CLOSE_OPTIONS),
        Action.ASK_MENTOR: Press(action=Action.ASK_MENTOR, subject=channel.id),
        Action.ASK_MENTOR_SURELY: Press(action=Action.ASK_MENTOR_SURELY, subject=channel.id),
        Action.CHANGE_LIST: Press(action=Action.CHANGE_LIST),
        Action.CHANGE_CHOOSE: Press(action=Action.CHANGE_CHOOSE, subject=theirs.id),
        Action.CHANGE_TO: Press(action=Action.CHANGE_TO, subject=theirs.id, object=third.pid),
        Action.CHANGE_NOW: Press(action=Action.CHANGE_NOW, subject=theirs.id, object=third.pid),
        Action.CHANGE_NOTE: Press(action=Action.CHANGE_NOTE, subject=theirs.id, object=third.pid),
        Action.NO_NOTE: Press(action=Action.NO_NOTE, subject=channel.id),
        Action.SET_PROTECTED: Press(action=Action.SET_PROTECTED, object=b"\1"),
        Action.SET_DISCREET: Press(action=Action.SET_DISCREET, object=b"\1"),
        Action.SHOW_COVERED: Press(action=Action.SHOW_COVERED),
        Action.COVER_AGAIN: Press(action=Action.COVER_AGAIN),
        Action.SHOW_CODE_WORD: Press(action=Action.SHOW_CODE_WORD),
        Action.REMOVE_CODE_WORD: Press(action=Action.REMOVE_CODE_WORD),
        Action.LIFT_HOLD: Press(action=Action.LIFT_HOLD, subject=channel.id),
        Action.CHOOSE_HOURS: Press(action=Action.CHOOSE_HOURS),
        Action.SET_HOURS: Press(action=Action.SET_HOURS, object=days_and_hours(Hours(opens=480, closes=1200))),
        Action.CHOOSE_SUBSTITUTE: Press(action=Action.CHOOSE_SUBSTITUTE),
        Action.NO_SUBSTITUTE: Press(action=Action.NO_SUBSTITUTE),
        Action.ASK_SUBSTITUTE: Press(action=Action.ASK_SUBSTITUTE, subject=third.pid),
        Action.ANSWER_FOR_ANOTHER: Press(action=Action.ANSWER_FOR_ANOTHER, subject=asked.id, object=b"\1"),
        Action.TAKE_SUBSTITUTE: Press(action=Action.TAKE_SUBSTITUTE, subject=asked.id, object=channel.id),
        Action.DECLINE_SUBSTITUTE: Press(action=Action.DECLINE_SUBSTITUTE),
        Action.END_SUBSTITUTION: Press(action=Action.END_SUBSTITUTION, subject=channel.id),
        Action.RESUME: Press(action=Action.RESUME),
        Action.LEAVE: Press(action=Action.LEAVE, version=participant.version),
        Action.STAY: Press(action=Action.STAY),
        Action.SET_ANSWERING: Press(action=Action.SET_ANSWERING, object=days_and_hours(Hours(opens=540, closes=1020))),
        Action.GO_AWAY: Press(action=Action.GO_AWAY, object=b"\7"),
        Action.COME_BACK: Press(action=Action.COME_BACK),
        Action.SET_TOPICS: Press(action=Action.SET_TOPICS, object=b"\1"),
        Action.WIPE: Press(action=Action.WIPE),
        Action.DROP_WIPE: Press(action=Action.DROP_WIPE),
        Action.SET_WIPE_ASKS: Press(action=Action.SET_WIPE_ASKS),
        Action.CHOOSE_ERASE: Press(action=Action.CHOOSE_ERASE),
        Action.SET_ERASE: Press(action=Action.SET_ERASE, object=b"\x0c"),
        Action.PROPOSE_ERASE_THERE: Press(action=Action.PROPOSE_ERASE_THERE),
        Action.AGREE_ERASE_THERE: Press(action=Action.AGREE_ERASE_THERE, subject=channel.id, object=b"\5"),
        Action.DECLINE_ERASE_THERE: Press(action=Action.DECLINE_ERASE_THERE, subject=channel.id, object=b"\5"),
        Action.END_ERASE_THERE: Press(action=Action.END_ERASE_THERE, subject=channel.id),
    }
    return World(programme=programme, phones=phones, press=press, waiting=waiting)


# --- commands ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", WHO)
async def test_each_command_answers_those_it_is_for_and_nobody_else_hears_of_it(world: World, who: str) -> None:
    phone = world.phones[who]
    others = [other for other in (*world.phones.values(), world.waiting) if other is not phone]
    for command in COMMANDS:
        seen = newest(phone)
        phone.write(f"/{command}")
        await world.programme.told(phone, ANSWERS[command].get(who, "not_understood"), after=seen)
    await world.programme.settled()
    assert len(heard(phone)) == len(COMMANDS)
    told = {other.id: len(heard(other)) for other in others if heard(other)}
    assert told == ({world.phones["mentor"].id: 2} if who == "participant" else {}), "of the break and of its end"


# --- buttons ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("action", "who"), ALLOWED)
async def test_a_button_works_for_those_it_is_for(world: World, action: Action, who: str) -> None:
    if action is Action.END_SUBSTITUTION:
        await world.programme.store.transact(partial(_stands_in, of=(await world.person(who)).pid))
    before = await world.everything()
    assert await world.pressed(who, await world.token(action, sealed_for=who)) is None
    assert await world.everything() != before
    assert await world.refusals() == 0


@pytest.mark.parametrize("who", WHO)
async def test_a_button_that_is_not_for_this_role_changes_nothing(world: World, who: str) -> None:
    """Each button sealed for the very person who presses it: the seal alone must not be what holds them back."""
    old = world.programme.say(world.phones[who], "button.old")
    before, refused = await world.everything(), 0
    for action in (action for action, other in FORBIDDEN if other == who):
        expected = None if action in WITHOUT_A_WORD else old
        assert await world.pressed(who, await world.token(action, sealed_for=who)) == expected, action.name
        refused += action not in WITHOUT_A_WORD
        assert await world.everything() == before, action.name
    assert refused
    assert await world.refusals() == refused


@pytest.mark.parametrize("who", WHO)
async def test_nobody_presses_anybody_elses_button(world: World, who: str) -> None:
    old = world.programme.say(world.phones[who], "button.old")
    before = await world.everything()
    foreign = [other for other in WHO if other != who]
    for action, other in itertools.product(Action, foreign):
        assert await world.pressed(who, await world.token(action, sealed_for=other)) == old
    assert await world.everything() == before
    assert await world.refusals() == len(Action) * len(foreign)


async def test_a_mentor_does_nothing_with_another_mentors_channel_or_message(world: World) -> None:
    maria = await world.programme.already("Maria", Role.MENTOR)
    there = replace(world, phones={**world.phones, "another mentor": maria})
    before = await there.everything()
    for action in (Action.CHOOSE_PERSON, Action.SEND_HELD, Action.DROP_HELD, Action.SEND_ASKED, Action.DROP_ASKED):
        await there.pressed("another mentor", await there.token(action, sealed_for="another mentor"))
        assert await there.everything() == before, action.name
