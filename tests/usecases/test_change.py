"""Another mentor: who hears what, and where goes what was under way."""

from datetime import timedelta

import pytest

from mentorbot.programme.change import ASKED_ONCE_IN
from mentorbot.programme.content import Written
from mentorbot.programme.delivery import Delivery
from mentorbot.programme.errors import NotPermitted, NotThere
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import (
    AnotherMentorAsked,
    Changed,
    ChangeMentors,
    ChangeParticipants,
    ChannelOver,
    Choosable,
    CopiesRemoved,
    EraseThereProposed,
    ForWhom,
    MeetYourParticipant,
    MentorAsked,
    MentorChanged,
    MentorShown,
    NotCarried,
    Privacy,
    ReachableAgain,
    Relayed,
    RenamedOther,
    Waits,
)
from mentorbot.programme.people import Role
from mentorbot.programme.wording import Words
from mentorbot.services import absence, change, erase_there, messaging, profile
from storage import claims, held, links, outbox, people, safety
from storage.transaction import Store
from tests.people import NOW, at, joined, paired
from tests.usecases.circle import UNDER, Circle, change_now, claim, end, for_mikael, received, say_to_mikael, write
from tests.usecases.queue import heard, recorded

# --- asking -----------------------------------------------------------------------------------------------------------


async def test_the_coordinators_hear_once_a_day_and_the_mentor_never(store: Store, circle: Circle) -> None:
    await store.transact(lambda tx: change.show_mentor(tx, circle.aino))
    shown = MentorShown(channel=circle.channel.id, mentor=circle.mikael.alias)
    assert await heard(store) == {circle.aino.pid: [shown]}
    told, answered = AnotherMentorAsked(pair=circle.pair), MentorAsked(replaces=UNDER)
    both = {circle.sari.pid: [told], circle.aino.pid: [answered]}

    async def ask() -> None:
        await store.transact(lambda tx: change.ask_surely(tx, circle.aino, circle.channel.id, instead_of=UNDER))

    await ask()
    assert await heard(store) == both
    await ask()
    assert await heard(store) == {circle.aino.pid: [answered]}
    store.clock = at(NOW + ASKED_ONCE_IN)
    await ask()
    assert await heard(store) == both
    assert await recorded(store) == ["mentor_change_asked"] * 2


async def test_only_the_channels_own_participant_can_ask(store: Store, circle: Circle) -> None:
    other = await joined(store, Role.PARTICIPANT)
    for who, refusal in ((other, NotThere), (circle.mikael, NotPermitted), (circle.sari, NotPermitted)):
        with pytest.raises(refusal):
            await store.transact(
                lambda tx, who=who: change.ask_surely(tx, who, circle.channel.id, instead_of=UNDER)  # type: ignore[misc]
            )
    assert await heard(store) == {}


async def test_a_coordinator_chooses_among_the_other_mentors(store: Store, circle: Circle) -> None:
    await store.transact(lambda tx: change.offer(tx, circle.sari, instead_of=UNDER))
    await store.transact(lambda tx: change.offer_mentors(tx, circle.sari, circle.channel.id, instead_of=UNDER))
    maria = Choosable(pid=circle.maria.pid, version=circle.maria.version, alias=circle.maria.alias)
    assert (await heard(store))[circle.sari.pid] == [
        ChangeParticipants(pairs=(circle.pair,), replaces=UNDER),
        ChangeMentors(pair=circle.pair, mentors=(maria,), replaces=UNDER),
    ]


# --- the moment -------------------------------------------------------------------------------------------------------


async def test_what_waits_goes_to_the_new_mentor_behind_the_introduction(store: Store, circle: Circle) -> None:
    aino, mikael, maria = circle.aino, circle.mikael, circle.maria
    await write(store, aino, "one", 1)
    await write(store, aino, "two", 2)
    await write(store, mikael, "before", 3)
    await change_now(store, circle)
    await write(store, aino, "three", 4)
    said = await heard(store)
    assert [type(notice) for notice in said[mikael.pid]] == [ChannelOver]
    assert said[maria.pid][0] == MeetYourParticipant(participant=aino.alias, several=False)
    assert [notice.words.text for notice in said[maria.pid][1:] if isinstance(notice, Relayed)] == [
        "one",
        "two",
        "three",
    ]
    first, marker = said[aino.pid]
    assert isinstance(first, Relayed)
    assert first.words.text == "before"
    assert marker == MentorChanged(old=mikael.alias, new=maria.alias)
    assert said[circle.sari.pid] == [Changed(participant=aino.alias, mentor=maria.alias, replaces=UNDER)]
    assert await recorded(store) == ["mentor_changed"]


async def test_the_marker_stands_between_what_the_old_and_what_the_new_mentor_wrote(
    store: Store, circle: Circle, leading: None
) -> None:
    await write(store, circle.mikael, "one", 1)
    await write(store, circle.mikael, "two", 2)
    sending = await claim(store, circle.aino)
    await change_now(store, circle)
    await write(store, circle.maria, "three", 3)
    got = []
    while sending is not None:
        row = sending
        notice = await store.transact(lambda tx, row=row: outbox.open_notice(tx, row))  # type: ignore[misc]
        got.append(notice.words.text if isinstance(notice, Relayed) else type(notice).__name__)
        await end(store, sending, "sent")
        last = row.strand
        sending = await store.transact(lambda tx, at=last: claims.claim(tx, circle.aino.pid, epoch=0, last=at))  # type: ignore[misc]
    assert got == ["one", "two", "MentorChanged", "three"]


async def test_a_change_happens_once(store: Store, circle: Circle) -> None:
    await change_now(store, circle)
    await heard(store)
    await change_now(store, circle)
    assert await heard(store) == {}
    assert await recorded(store) == ["mentor_changed"]
    liisa = await joined(store, Role.MENTOR)
    with pytest.raises(NotThere):
        await store.transact(
            lambda tx: change.change_now(tx, circle.sari, circle.channel.id, liisa.pid, instead_of=UNDER)
        )
    assert await heard(store) == {}


async def test_what_the_old_mentor_received_lately_is_deleted_and_given_to_nobody(store: Store, circle: Circle) -> None:
    await received(store, circle, 1, 11)
    store.clock = at(NOW + timedelta(hours=48))
    await received(store, circle, 11, 121)
    await change_now(store, circle)
    said = await heard(store)
    removed = [notice for notice in said[circle.mikael.pid] if isinstance(notice, CopiesRemoved)]
    assert removed == [CopiesRemoved(messages=tuple(MessageId(message) for message in range(11, 121)))]
    assert [type(notice) for notice in said[circle.maria.pid]] == [MeetYourParticipant]


async def test_nothing_of_the_old_mentors_goes_through_the_closed_channel(store: Store, circle: Circle) -> None:
    eero = await joined(store, Role.PARTICIPANT)
    await paired(store, eero, circle.mikael)
    mikael = circle.mikael
    await store.transact(lambda tx: messaging.choose(tx, mikael, circle.channel.id, instead_of=None))
    await store.transact(lambda tx: held.hold(tx, mikael.pid, Written(message=MessageId(9), words=Words(text="?"))))
    link = {"to": mikael.pid, "to_message": MessageId(30), "channel": circle.channel.id, "from_message": MessageId(1)}
    await store.transact(lambda tx: links.link(tx, **link))  # type: ignore[arg-type]
    await change_now(store, circle)
    assert NotCarried(to_message=MessageId(9)) in (await heard(store))[mikael.pid]
    await write(store, mikael, "a reply to Aino", 31, answers=30)
    await write(store, mikael, "for whoever is chosen", 32)
    said = await heard(store)
    assert set(said) == {mikael.pid}
    assert all(isinstance(notice, ForWhom) for notice in said[mikael.pid])
    for press in (messaging.choose, messaging.send_held):
        arguments = (circle.channel.id,) if press is messaging.choose else (circle.channel.id, MessageId(31))
        with pytest.raises(NotThere):
            await store.transact(
                lambda tx, press=press, arguments=arguments: press(tx, mikael, *arguments, instead_of=UNDER)  # type: ignore[misc]
            )


async def test_what_waits_to_be_said_to_the_old_mentor_ends_with_the_channel(store: Store, circle: Circle) -> None:
    await store.transact(lambda tx: absence.pause(tx, circle.aino))
    paused = await store.transact(lambda tx: people.get(tx, circle.aino.pid))
    await store.transact(lambda tx: absence.resume(tx, paused))
    aino = await store.transact(lambda tx: people.get(tx, circle.aino.pid))
    await store.transact(lambda tx: profile.change_alias(tx, aino, "Kuusama", own_names=()))
    kinds = [kind.__name__ for kind in (Waits, ReachableAgain, RenamedOther)]
    assert await for_mikael(store, circle) == [(kind, Delivery.PENDING, True) for kind in kinds], "the control"
    await change_now(store, circle)
    ended = [(kind, Delivery.DEAD, False) for kind in kinds]
    assert await for_mikael(store, circle) == [*ended, (ChannelOver.__name__, Delivery.PENDING, True)]
    said = await heard(store)
    assert said[circle.mikael.pid] == [ChannelOver(participant=circle.aino.alias)], "the name that he knows"
    assert said[circle.maria.pid] == [MeetYourParticipant(participant="Kuusama", several=False)]


async def test_a_mentor_who_has_never_heard_of_the_participant_hears_nothing(store: Store, circle: Circle) -> None:
    await say_to_mikael(store, circle, MeetYourParticipant(participant=circle.aino.alias, several=False))
    await change_now(store, circle)
    assert circle.mikael.pid not in await heard(store)


async def test_what_was_asked_of_the_old_mentor_outside_the_channel_ends_too(store: Store, circle: Circle) -> None:
    await store.transact(lambda tx: safety.settle(tx, circle.aino.pid, erase_after=24))
    await store.transact(lambda tx: erase_there.propose(tx, circle.aino))
    assert await for_mikael(store, circle) == [(EraseThereProposed.__name__, Delivery.PENDING, True)], "the control"
    await change_now(store, circle)
    assert (await heard(store))[circle.mikael.pid] == [ChannelOver(participant=circle.aino.alias)]


async def test_what_is_said_of_somebody_else_stays(store: Store, circle: Circle) -> None:
    eero = await joined(store, Role.PARTICIPANT)
    other = await paired(store, eero, circle.mikael)
    waits = Waits(alias=eero.alias, paused=True)
    await store.transact(lambda tx: outbox.put(tx, circle.mikael.pid, waits, owner=eero.pid, channel=other.id))
    apart = Privacy()
    await store.transact(lambda tx: outbox.put(tx, circle.mikael.pid, apart, owner=eero.pid))
    await change_now(store, circle)
    assert (await heard(store))[circle.mikael.pid] == [waits, apart, ChannelOver(participant=circle.aino.alias)]
