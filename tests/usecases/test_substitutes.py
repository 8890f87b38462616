"""Somebody is there for a mentor who is away: who is asked, who hears what, and where goes what was under way."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import pytest

from mentorbot.programme.channel import Channel
from mentorbot.programme.content import InAlbum, Kind, Written
from mentorbot.programme.delivery import Delivery
from mentorbot.programme.errors import MentorbotError, NotPermitted, NotThere, Stale
from mentorbot.programme.ids import ChannelId, MessageId
from mentorbot.programme.notices import (
    AbsenceShown,
    Album,
    ChangeParticipants,
    ChannelOver,
    CopiesRemoved,
    EditNotCarried,
    HasLeft,
    MeetForAnother,
    MeetYourParticipant,
    MentorAway,
    MentorChanged,
    NotCarried,
    Notice,
    ParticipantBack,
    PeopleShown,
    Relayed,
    RenamedOther,
    SubstituteAnswered,
    SubstituteAsked,
    SubstituteCan,
    SubstituteCannot,
    SubstituteChoices,
    SubstituteDone,
    SubstituteHere,
    SubstituteNotTaken,
    SubstituteNotWanted,
    SubstituteOffered,
    SubstituteQuestion,
    SubstituteSettled,
    SubstituteShown,
    SubstituteTookOver,
    SubstituteWanted,
    SubstitutionOver,
    WithAnother,
)
from mentorbot.programme.people import Person, Role
from mentorbot.programme.wording import Words
from mentorbot.services import (
    away,
    change,
    changing,
    erasing,
    leaving,
    messaging,
    profile,
    substitutes,
)
from storage import changes, channels, claims, code_words, links, safety, substitutions
from storage.changes import Waiting
from storage.claims import Strand
from storage.transaction import Store, Transaction
from tests.people import NOW, POSTGRESQL_ONLY, at, joined, paired
from tests.usecases.queue import heard, recorded

T = TypeVar("T")
UNDER = MessageId(7)
UNTIL = datetime(2026, 3, 6, tzinfo=UTC)


@dataclass(kw_only=True)
class Circle:
    """Mikael's participants are Aino and Eino; Maria and Lauri are mentors with nobody yet."""

    store: Store
    aino: Person
    eino: Person
    mikael: Person
    maria: Person
    lauri: Person
    sari: Person
    own: Channel
    ask: bytes = b""

    async def do(self, unit: Callable[[Transaction], T], actor: Person | None = None) -> T:
        return await self.store.transact(unit, actor=None if actor is None else actor.pid)

    async def heard(self) -> dict[str, list[Notice]]:
        names = {person.pid: name for name, person in vars(self).items() if isinstance(person, Person)}
        return {names[pid]: notices for pid, notices in (await heard(self.store)).items()}

    async def mikael_goes(self, day: str = "6.3.") -> None:
        await self.do(lambda tx: away.go_away_until(tx, self.mikael, day))

    async def mikael_asks(self, whom: Person) -> None:
        await self.do(lambda tx: substitutes.ask(tx, self.mikael, whom.pid, instead_of=UNDER))
        (asked,) = await self.do(lambda tx: substitutions.asked_by(tx, self.mikael.pid))
        self.ask = asked.id

    async def answers(self, whom: Person, *, can: bool) -> None:
        await self.do(lambda tx: substitutes.answer(tx, whom, self.ask, can=can, instead_of=UNDER))

    async def agreed(self) -> None:
        """Mikael is away, Maria can, and Aino and Eino are asked."""
        await self.mikael_goes()
        await self.mikael_asks(self.maria)
        await self.answers(self.maria, can=True)

    async def accept(self, who: Person | None = None, *, ask: bytes = b"", channel: ChannelId | None = None) -> None:
        me = who or self.aino
        await self.do(
            lambda tx: substitutes.accept(tx, me, ask or self.ask, channel or self.own.id, instead_of=UNDER), me
        )

    async def begun(self) -> Channel:
        await self.agreed()
        await self.accept()
        await self.heard()
        return await self.present()

    async def present(self) -> Channel:
        found = await self.do(lambda tx: channels.of_participant(tx, self.aino.pid))
        assert found is not None
        return found

    async def write(self, who: Person, text: str, message: int, *, answers: int | None = None) -> None:
        written = Written(
            message=MessageId(message),
            words=Words(text=text),
            replied_to=None if answers is None else MessageId(answers),
        )
        await self.do(lambda tx: messaging.write(tx, who, written), who)

    async def refused(self, error: type[MentorbotError], unit: Callable[[Transaction], None]) -> None:
        with pytest.raises(error):
            await self.do(unit)
        assert await self.heard() == {}


@pytest.fixture
async def circle(store: Store) -> Circle:
    aino, mikael = await joined(store, Role.PARTICIPANT), await joined(store, Role.MENTOR)
    eino = await joined(store, Role.PARTICIPANT)
    own = await paired(store, aino, mikael)
    await paired(store, eino, mikael)
    return Circle(
        store=store,
        aino=aino,
        eino=eino,
        mikael=mikael,
        maria=await joined(store, Role.MENTOR),
        lauri=await joined(store, Role.MENTOR),
        sari=await joined(store, Role.COORDINATOR),
        own=own,
    )


def of_kind(notices: list[Notice], *kinds: type[Notice]) -> list[Notice]:
    return [notice for notice in notices if isinstance(notice, kinds)]


# --- asking -----------------------------------------------------------------------------------------------------------


async def test_who_goes_away_is_asked_and_names_somebody_who_is_there(circle: Circle) -> None:
    await circle.do(lambda tx: away.go_away_for(tx, circle.lauri, 3))
    assert (await circle.heard()) == {"lauri": [AbsenceShown(until=UNTIL - timedelta(days=1))]}, "he has nobody"
    await circle.mikael_goes()
    assert (await circle.heard())["mikael"] == [AbsenceShown(until=UNTIL), SubstituteWanted()]
    await circle.do(lambda tx: substitutes.offer(tx, circle.mikael, 0, instead_of=UNDER))
    (choices,) = (await circle.heard())["mikael"]
    assert isinstance(choices, SubstituteChoices)
    assert [choice.pid for choice in choices.mentors] == [circle.maria.pid]
    assert (choices.before, choices.after) == (None, None)
    await circle.do(lambda tx: substitutes.want_nobody(tx, circle.mikael, instead_of=UNDER))
    assert await circle.heard() == {"mikael": [SubstituteNotWanted(replaces=UNDER)]}


async def test_the_named_mentor_is_asked_first_once_and_without_an_alias(circle: Circle) -> None:
    await circle.mikael_goes()
    await circle.heard()
    await circle.mikael_asks(circle.maria)
    question = SubstituteQuestion(ask=circle.ask, mentor=circle.mikael.alias, until=UNTIL, participants=2)
    assert await circle.heard() == {
        "maria": [question],
        "mikael": [SubstituteAsked(substitute=circle.maria.alias, replaces=UNDER)],
    }
    await circle.mikael_asks(circle.maria)
    assert await circle.heard() == {}


async def test_each_participant_is_asked_only_once_the_other_mentor_can(circle: Circle) -> None:
    await circle.mikael_goes()
    await circle.mikael_asks(circle.maria)
    await circle.heard()
    await circle.answers(circle.maria, can=True)
    told = await circle.heard()
    offered = SubstituteOffered(
        ask=circle.ask,
        channel=circle.own.id,
        mentor=circle.mikael.alias,
        substitute=circle.maria.alias,
        until=UNTIL,
    )
    assert told.pop("aino") == [offered]
    assert len(told.pop("eino")) == 1
    assert told == {
        "mikael": [SubstituteCan(substitute=circle.maria.alias)],
        "maria": [SubstituteAnswered(can=True, replaces=UNDER)],
    }
    await circle.answers(circle.maria, can=True)
    assert await circle.heard() == {}


async def test_a_no_and_no_answer_are_told_to_the_one_who_asked(circle: Circle) -> None:
    await circle.mikael_goes()
    await circle.mikael_asks(circle.maria)
    await circle.heard()
    await circle.answers(circle.maria, can=False)
    assert await circle.heard() == {
        "mikael": [SubstituteCannot(substitute=circle.maria.alias)],
        "maria": [SubstituteAnswered(can=False, replaces=UNDER)],
    }
    await circle.mikael_asks(circle.maria)
    await circle.heard()
    await substitutes.end_due(circle.store)
    assert await circle.heard() == {}
    circle.store.clock = at(NOW + substitutes.ANSWER_WITHIN)
    await substitutes.end_due(circle.store)
    cannot = SubstituteCannot(substitute=circle.maria.alias, answered=False)
    assert await circle.heard() == {"mikael": [cannot]}
    ask = circle.ask
    await circle.refused(Stale, lambda tx: substitutes.answer(tx, circle.maria, ask, can=True, instead_of=UNDER))


async def test_nobody_else_answers_and_nobody_is_asked_who_cannot_be(circle: Circle) -> None:
    await circle.refused(Stale, lambda tx: substitutes.offer(tx, circle.mikael, 0, instead_of=UNDER))
    await circle.mikael_goes()
    await circle.do(lambda tx: away.go_away_for(tx, circle.lauri, 3))
    await circle.mikael_asks(circle.maria)
    await circle.heard()
    for other in (circle.lauri, circle.mikael, circle.aino):
        await circle.refused(Stale, partial(substitutes.ask, me=circle.mikael, substitute=other.pid, instead_of=UNDER))
    for who, error in ((circle.lauri, Stale), (circle.mikael, Stale), (circle.aino, NotPermitted)):
        await circle.refused(error, partial(substitutes.answer, me=who, id_=circle.ask, can=True, instead_of=UNDER))


async def test_who_is_held_by_a_code_word_or_waits_for_another_mentor_is_not_asked(circle: Circle) -> None:
    await circle.do(lambda tx: safety.settle(tx, circle.eino.pid, discreet=False))
    await circle.do(lambda tx: code_words.hold(tx, circle.eino.pid))
    waiting = Waiting(channel=circle.own.id, mentor=circle.lauri.pid, coordinator=circle.sari.pid, due=UNTIL)
    await circle.do(lambda tx: changes.wait(tx, waiting))
    await circle.agreed()
    told = await circle.heard()
    assert not of_kind([*told.get("aino", []), *told.get("eino", [])], SubstituteOffered)


# --- beginning --------------------------------------------------------------------------------------------------------


async def test_a_yes_changes_the_mentor_of_that_participant_alone(circle: Circle) -> None:
    await circle.agreed()
    await circle.heard()
    await circle.accept()
    opened = await circle.present()
    assert await circle.heard() == {
        "aino": [
            SubstituteSettled(replaces=UNDER),
            SubstituteHere(channel=opened.id, substitute=circle.maria.alias, mentor=circle.mikael.alias, until=UNTIL),
        ],
        "maria": [MeetForAnother(participant=circle.aino.alias, mentor=circle.mikael.alias, until=UNTIL)],
        "mikael": [
            SubstituteTookOver(participant=circle.aino.alias, substitute=circle.maria.alias, until=UNTIL),
        ],
    }
    assert opened.mentor == circle.maria.pid
    assert [one.participant for one in await circle.do(lambda tx: substitutions.for_mentor(tx, circle.mikael.pid))] == [
        circle.aino.pid
    ]
    await circle.accept()
    assert await circle.heard() == {}, "pressed twice, it is done once"
    assert (await recorded(circle.store))[-1] == "substitution_begun"


async def test_a_no_changes_nothing_and_nobody_hears_of_it(circle: Circle) -> None:
    await circle.agreed()
    await circle.heard()
    await circle.do(lambda tx: substitutes.decline(tx, circle.aino, instead_of=UNDER))
    told = SubstituteNotTaken(mentor=circle.mikael.alias, asked=True, replaces=UNDER)
    assert await circle.heard() == {"aino": [told]}
    assert (await circle.present()).id == circle.own.id


async def time_is_over(circle: Circle) -> None:
    circle.store.clock = at(UNTIL)


async def mentor_is_back(circle: Circle) -> None:
    await circle.do(lambda tx: away.come_back(tx, circle.mikael))


async def mentor_names_another_day(circle: Circle) -> None:
    await circle.mikael_goes("9.3.")


async def mentor_wants_nobody(circle: Circle) -> None:
    await circle.do(lambda tx: substitutes.want_nobody(tx, circle.mikael, instead_of=UNDER))


async def mentor_asks_another(circle: Circle) -> None:
    kept = circle.ask
    await circle.mikael_asks(circle.lauri)
    await circle.answers(circle.lauri, can=True)
    circle.ask = kept


async def substitute_goes_away(circle: Circle) -> None:
    await circle.do(lambda tx: away.go_away_for(tx, circle.maria, 1))


async def mentor_is_changed(circle: Circle) -> None:
    await circle.do(
        lambda tx: change.change_now(tx, circle.sari, circle.own.id, circle.lauri.pid, instead_of=UNDER),
    )


async def change_waits(circle: Circle) -> None:
    waiting = Waiting(channel=circle.own.id, mentor=circle.lauri.pid, coordinator=circle.sari.pid, due=UNTIL)
    await circle.do(lambda tx: changes.wait(tx, waiting))


async def code_word_is_used(circle: Circle) -> None:
    await circle.do(lambda tx: safety.settle(tx, circle.aino.pid, discreet=False))
    await circle.do(lambda tx: code_words.hold(tx, circle.aino.pid))


TOO_LATE = [
    time_is_over,
    mentor_is_back,
    mentor_names_another_day,
    mentor_wants_nobody,
    mentor_asks_another,
    substitute_goes_away,
    mentor_is_changed,
    change_waits,
    code_word_is_used,
]


@pytest.mark.parametrize("happens", TOO_LATE)
async def test_a_yes_that_comes_too_late_connects_nobody_and_says_so(
    circle: Circle, happens: Callable[[Circle], "asyncio.Future[None]"]
) -> None:
    await circle.agreed()
    await happens(circle)
    await circle.heard()
    before = await circle.present()
    await circle.accept()
    assert await circle.present() == before
    present = circle.lauri if before.mentor == circle.lauri.pid else circle.mikael
    told = SubstituteNotTaken(mentor=present.alias, asked=False, replaces=UNDER)
    assert await circle.heard() == {"aino": [told]}


async def test_a_yes_that_comes_in_time_connects(circle: Circle) -> None:
    """The control: what the case above does is what holds it back."""
    await circle.agreed()
    await circle.accept()
    assert (await circle.present()).mentor == circle.maria.pid


async def test_a_yes_before_the_substitutes_own_and_a_yes_of_somebody_else_connect_nobody(circle: Circle) -> None:
    await circle.mikael_goes()
    await circle.mikael_asks(circle.maria)
    await circle.accept()
    assert (await circle.present()).id == circle.own.id
    await circle.answers(circle.maria, can=True)
    await circle.heard()
    await circle.accept(circle.eino)  # with the button of Aino's question
    assert (await circle.heard())["eino"] == [
        SubstituteNotTaken(mentor=circle.mikael.alias, asked=False, replaces=UNDER)
    ]
    assert (await circle.present()).id == circle.own.id


# --- what is under way ------------------------------------------------------------------------------------------------


async def test_what_the_own_mentor_has_not_received_goes_to_nobody_and_its_writer_is_told(circle: Circle) -> None:
    await circle.agreed()
    await circle.heard()
    await circle.write(circle.aino, "one", 1)
    await circle.write(circle.aino, "x" * 5_000, 2)
    for message in (3, 4):
        piece = Written(message=MessageId(message), kind=Kind.PHOTO, album=InAlbum(group="g", file=f"f{message}"))
        await circle.do(partial(messaging.write, me=circle.aino, written=piece))
    await circle.accept()
    told = await circle.heard()
    assert of_kind(told["aino"], NotCarried) == [NotCarried(to_message=MessageId(n)) for n in (1, 2, 3, 4)]
    for name in ("maria", "mikael"):
        assert not of_kind(told[name], Relayed, Album), "the control is the change of mentor below"


async def test_in_a_change_of_mentor_it_goes_on(circle: Circle) -> None:
    """The control of the case above."""
    await circle.write(circle.aino, "one", 1)
    await mentor_is_changed(circle)
    told = await circle.heard()
    assert [notice.words.text for notice in told["lauri"] if isinstance(notice, Relayed)] == ["one"]
    assert not of_kind(told["aino"], NotCarried)


async def test_an_edit_of_what_the_own_mentor_has_is_not_carried(circle: Circle) -> None:
    await circle.agreed()
    await circle.do(
        lambda tx: links.link(
            tx, to=circle.mikael.pid, to_message=MessageId(50), channel=circle.own.id, from_message=MessageId(5)
        )
    )
    await circle.do(
        lambda tx: changing.edit(tx, circle.aino, Written(message=MessageId(5), words=Words(text="rather")))
    )
    await circle.accept()
    told = await circle.heard()
    assert of_kind(told["aino"], EditNotCarried) == [EditNotCarried(to_message=MessageId(5))]
    assert of_kind(told["mikael"], CopiesRemoved) == [CopiesRemoved(messages=(MessageId(50),))]


async def test_what_is_written_meanwhile_reaches_the_substitute_and_nothing_of_the_own_mentors_comes(
    circle: Circle,
) -> None:
    await circle.begun()
    await circle.write(circle.aino, "to Maria", 1)
    await circle.write(circle.maria, "from Maria", 2)
    told = await circle.heard()
    assert [notice.words.text for notice in told["maria"] if isinstance(notice, Relayed)] == ["to Maria"]
    assert [notice.words.text for notice in told["aino"] if isinstance(notice, Relayed)] == ["from Maria"]
    await circle.do(
        lambda tx: links.link(
            tx, to=circle.mikael.pid, to_message=MessageId(60), channel=circle.own.id, from_message=MessageId(9)
        )
    )
    await circle.write(circle.mikael, "a late answer", 3, answers=60)
    told = await circle.heard()
    assert "aino" not in told
    assert "eino" not in told, "nor does it come to his other participant"


# --- ending -----------------------------------------------------------------------------------------------------------


async def test_it_ends_by_itself(circle: Circle) -> None:
    standing_in = await circle.begun()
    circle.store.clock = at(UNTIL - timedelta(seconds=1))
    await substitutes.end_due(circle.store)
    assert await circle.heard() == {}
    circle.store.clock = at(UNTIL)
    await substitutes.end_due(circle.store)
    assert await circle.heard() == {
        "aino": [SubstitutionOver(mentor=circle.mikael.alias, substitute=circle.maria.alias, back=True)],
        "mikael": [ParticipantBack(participant=circle.aino.alias, substitute=circle.maria.alias)],
        "maria": [SubstituteDone(participant=circle.aino.alias, mentor=circle.mikael.alias)],
    }
    present = await circle.present()
    assert present.mentor == circle.mikael.pid
    assert present.id not in (circle.own.id, standing_in.id)
    await substitutes.end_due(circle.store)
    assert await circle.heard() == {}
    assert (await recorded(circle.store))[-1] == "substitution_over"


async def test_it_ends_when_the_mentor_is_back(circle: Circle) -> None:
    await circle.begun()
    await circle.do(lambda tx: away.come_back(tx, circle.mikael))
    over = SubstitutionOver(mentor=circle.mikael.alias, substitute=circle.maria.alias, back=True)
    assert (await circle.heard())["aino"] == [over]
    assert (await circle.present()).mentor == circle.mikael.pid


async def test_it_ends_at_the_earlier_end_of_the_absence_and_not_at_a_later_one(circle: Circle) -> None:
    await circle.begun()
    await circle.mikael_goes("9.3.")
    await circle.heard()
    circle.store.clock = at(UNTIL)
    await substitutes.end_due(circle.store)
    told = (await circle.heard())["aino"]
    assert told[0] == SubstitutionOver(mentor=circle.mikael.alias, substitute=circle.maria.alias, back=False)
    assert isinstance(told[1], MentorAway)


async def test_it_ends_when_the_participant_wants_it_once(circle: Circle) -> None:
    running = await circle.begun()

    async def end(who: Person = circle.aino) -> None:
        await circle.do(lambda tx: substitutes.end(tx, who, running.id, instead_of=UNDER), who)

    for other, error in ((circle.eino, NotThere), (circle.maria, NotPermitted)):
        with pytest.raises(error):
            await end(other)
    await end()
    told = await circle.heard()
    assert told["aino"][:2] == [
        SubstituteSettled(replaces=UNDER),
        SubstitutionOver(mentor=circle.mikael.alias, substitute=circle.maria.alias, back=False),
    ]
    assert isinstance(told["aino"][2], MentorAway)
    assert (await circle.present()).mentor == circle.mikael.pid
    await end()
    assert await circle.heard() == {}


async def test_it_ends_when_the_substitute_goes_away(circle: Circle) -> None:
    await circle.begun()
    await circle.do(lambda tx: away.go_away_for(tx, circle.maria, 1))
    told = await circle.heard()
    assert told["mikael"] == [
        SubstituteCannot(substitute=circle.maria.alias),
        ParticipantBack(participant=circle.aino.alias, substitute=circle.maria.alias),
    ]
    assert (await circle.present()).mentor == circle.mikael.pid


async def test_with_another_mentor_there_is_no_way_back(circle: Circle) -> None:
    running = await circle.begun()
    await circle.write(circle.aino, "to Maria", 1)
    await circle.do(lambda tx: change.change_now(tx, circle.sari, running.id, circle.lauri.pid, instead_of=UNDER))
    told = await circle.heard()
    assert of_kind(told["aino"], MentorChanged, NotCarried) == [
        MentorChanged(old=circle.maria.alias, new=circle.lauri.alias, goes_on=False),
        NotCarried(to_message=MessageId(1)),
    ]
    over = ChannelOver(participant=circle.aino.alias)
    assert (told["mikael"], told["maria"]) == ([over], [over])
    assert told["lauri"] == [MeetYourParticipant(participant=circle.aino.alias, several=False)]
    circle.store.clock = at(UNTIL)
    await substitutes.end_due(circle.store)
    await circle.do(lambda tx: away.come_back(tx, circle.mikael))
    assert (await circle.present()).mentor == circle.lauri.pid


async def test_a_change_that_waits_for_the_substitutes_note_waits_on_after_the_end(circle: Circle) -> None:
    running = await circle.begun()
    await circle.do(lambda tx: change.ask_for_note(tx, circle.sari, running.id, circle.lauri.pid, instead_of=UNDER))
    await circle.do(lambda tx: away.come_back(tx, circle.mikael))
    circle.store.clock = at(NOW + timedelta(hours=25))
    await change.happen_due(circle.store)
    assert (await circle.present()).mentor == circle.lauri.pid


async def test_what_the_substitute_has_is_removed_and_what_waits_goes_to_nobody(circle: Circle) -> None:
    running = await circle.begun()
    await circle.do(
        lambda tx: links.link(
            tx, to=circle.maria.pid, to_message=MessageId(70), channel=running.id, from_message=MessageId(1)
        )
    )
    await circle.write(circle.aino, "too late", 2)
    await circle.do(lambda tx: away.come_back(tx, circle.mikael))
    told = await circle.heard()
    assert of_kind(told["maria"], CopiesRemoved) == [CopiesRemoved(messages=(MessageId(70),))]
    assert of_kind(told["aino"], NotCarried) == [NotCarried(to_message=MessageId(2))]
    assert not of_kind([*told["mikael"], *told["maria"]], Relayed)
    await circle.write(circle.maria, "after the end", 3, answers=70)
    told = await circle.heard()
    assert "aino" not in told
    assert "mikael" not in told


async def test_who_has_not_heard_of_the_end_writes_to_nobody_outside_their_hours(circle: Circle) -> None:
    await circle.begun()
    await circle.do(lambda tx: safety.settle(tx, circle.aino.pid, opens=18 * 60, closes=20 * 60))
    await circle.do(lambda tx: away.come_back(tx, circle.mikael))
    await circle.do(lambda tx: messaging.write(tx, circle.aino, Written(message=MessageId(5), words=Words(text="x"))))
    told = await circle.heard()
    assert not of_kind(told["mikael"], Relayed)
    assert of_kind(told["aino"], NotCarried) == [NotCarried(to_message=MessageId(5))]
    assert len(of_kind(told["aino"], SubstitutionOver)) == 2, "now, and when their hours open"


# --- what is shown ----------------------------------------------------------------------------------------------------


async def test_everybody_sees_who_is_with_whom(circle: Circle) -> None:
    running = await circle.begun()
    await circle.do(lambda tx: messaging.show_people(tx, circle.mikael))
    await circle.do(lambda tx: messaging.show_people(tx, circle.maria))
    await circle.do(lambda tx: change.show_mentor(tx, circle.aino))
    await circle.do(lambda tx: change.offer(tx, circle.sari, instead_of=UNDER))
    told = await circle.heard()
    (mikaels,), (marias,), (ainos,), (saris,) = told["mikael"], told["maria"], told["aino"], told["sari"]
    assert isinstance(mikaels, PeopleShown)
    assert [who.alias for who in mikaels.people] == [circle.eino.alias]
    other = WithAnother(alias=circle.aino.alias, substitute=circle.maria.alias, until=UNTIL)
    assert mikaels.elsewhere == (other,)
    assert isinstance(marias, PeopleShown)
    assert [(who.alias, who.instead_of, who.until) for who in marias.people] == [
        (circle.aino.alias, circle.mikael.alias, UNTIL)
    ]
    assert ainos == SubstituteShown(
        channel=running.id, mentor=circle.mikael.alias, substitute=circle.maria.alias, until=UNTIL
    )
    assert isinstance(saris, ChangeParticipants)
    assert {(pair.participant, pair.mentor, pair.instead_of) for pair in saris.pairs} == {
        (circle.aino.alias, circle.maria.alias, circle.mikael.alias),
        (circle.eino.alias, circle.mikael.alias, ""),
    }


async def test_a_new_alias_is_told_to_all_three(circle: Circle) -> None:
    await circle.begun()
    await circle.do(lambda tx: profile.change_alias(tx, circle.aino, "Koivu", own_names=()))
    told, renamed = await circle.heard(), RenamedOther(old=circle.aino.alias, new="Koivu")
    assert (told["maria"], told["mikael"]) == ([renamed], [renamed])
    await circle.do(lambda tx: profile.change_alias(tx, circle.mikael, "Paju", own_names=()))
    told, renamed = await circle.heard(), RenamedOther(old=circle.mikael.alias, new="Paju")
    assert renamed in told["aino"]
    assert "maria" not in told


async def test_both_mentors_hear_that_a_participant_left_and_neither_mentor_can_be_erased(circle: Circle) -> None:
    await circle.begun()
    for mentor in (circle.mikael, circle.maria):
        with pytest.raises(NotPermitted):
            await erasing.erase(circle.store, mentor.alias)
    await circle.do(lambda tx: leaving.leave(tx, circle.aino, circle.aino.version))
    told, left = await circle.heard(), HasLeft(alias=circle.aino.alias, to_mentor=True)
    assert left in told["mikael"]
    assert left in told["maria"]
    assert await circle.do(lambda tx: substitutions.for_mentor(tx, circle.mikael.pid)) == []


async def receives(circle: Circle, who: Person, *those: type[Notice]) -> list[str]:
    """What somebody receives of these kinds, in the order in which it arrives."""
    kinds: list[str] = []
    last: Strand | None = None
    while True:
        row = await circle.do(partial(claims.claim, recipient=who.pid, epoch=0, last=last))
        if row is None:
            return [kind for kind in kinds if kind in {one.__name__ for one in those}]
        kinds.append(row.kind)
        last = row.strand
        await circle.do(partial(claims.finish, row=row.id, outcome=Delivery.SENT, epoch=0))


@pytest.mark.usefixtures("leading")
async def test_mentors_hear_of_each_step_in_its_order(circle: Circle) -> None:
    await circle.agreed()
    for _ in range(6):
        await circle.accept(channel=(await circle.present()).id)
        running = await circle.present()
        marias = await receives(circle, circle.maria, MeetForAnother, SubstituteDone)
        await circle.do(partial(substitutes.end, me=circle.aino, id_=running.id, instead_of=UNDER))
        assert marias in (["MeetForAnother"], ["SubstituteDone", "MeetForAnother"])
        mikaels = await receives(circle, circle.mikael, SubstituteTookOver, ParticipantBack)
        assert mikaels == ["SubstituteTookOver", "ParticipantBack"]


async def test_who_has_not_heard_that_a_participant_is_back_hears_that_they_left(circle: Circle) -> None:
    running = await circle.begun()
    await circle.do(lambda tx: substitutes.end(tx, circle.aino, running.id, instead_of=UNDER))
    await circle.do(lambda tx: leaving.leave(tx, circle.aino, circle.aino.version))
    told = await circle.heard()
    assert of_kind(told["mikael"], HasLeft) == [HasLeft(alias=circle.aino.alias, to_mentor=True)]


async def test_who_has_not_heard_that_a_participant_is_back_hears_who_is_with_them_now(circle: Circle) -> None:
    running = await circle.begun()
    await circle.do(lambda tx: substitutes.end(tx, circle.aino, running.id, instead_of=UNDER))
    back = await circle.present()
    await circle.do(lambda tx: change.change_now(tx, circle.sari, back.id, circle.lauri.pid, instead_of=UNDER))
    told = await circle.heard()
    assert of_kind(told["mikael"], ChannelOver) == [ChannelOver(participant=circle.aino.alias)]


# --- at the same moment -----------------------------------------------------------------------------------------------


@POSTGRESQL_ONLY
async def test_a_yes_in_the_moment_that_makes_it_void_leaves_nobody_with_a_substitute_who_is_away(
    circle: Circle,
) -> None:
    for leaves in (substitute_goes_away, mentor_is_back) * 4:
        await circle.agreed()
        await asyncio.gather(circle.accept(), leaves(circle))
        present = circle.own = await circle.present()
        assert present.mentor == circle.mikael.pid
        await circle.do(lambda tx: away.come_back(tx, circle.maria))
        await circle.do(lambda tx: away.come_back(tx, circle.mikael))
        await circle.heard()
