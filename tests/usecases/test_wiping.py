"""A participant empties their own chat."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from mentorbot.programme.channel import Channel
from mentorbot.programme.content import Form, Written
from mentorbot.programme.errors import NotPermitted
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import CannotBeShown, Carried, CoveredAgain, SafetyShown, WipeAsked, Wiped, WipeDropped
from mentorbot.programme.people import Person, Role
from mentorbot.programme.safety import Safety
from mentorbot.programme.wording import Words
from mentorbot.services import covering, wiping
from storage import covered, held, links, outbox, standing
from storage.standing import Standing
from storage.transaction import Store
from tests.people import NOW, at, joined, paired
from tests.usecases.queue import heard

YOUNG, OLD = timedelta(hours=47), timedelta(hours=48)
WIPED = Wiped(patience=wiping.PATIENCE)


@pytest.fixture
async def channel(store: Store, aino: Person, mikael: Person) -> Channel:
    return await paired(store, aino, mikael)


async def stand(store: Store, who: Person, messages: Iterable[int], *, age: timedelta = timedelta()) -> None:
    rows = [Standing(message=MessageId(message), at=NOW - age) for message in messages]
    await store.transact(lambda tx: standing.note(tx, who.pid, *rows))


async def standing_in(store: Store, who: Person) -> list[int]:
    since = NOW - timedelta(days=30)
    return [int(one) for one in await store.transact(lambda tx: standing.of(tx, who.pid, since=since, most=9_999))]


async def removed_by(store: Store, who: Person, notice: Wiped) -> list[int]:
    """What a wipe removes now, when it is carried out."""

    async def going() -> list[MessageId]:
        return await store.transact(lambda tx: wiping.going(tx, who.pid, notice))

    messages = await going()
    await store.transact(lambda tx: wiping.gone(tx, who.pid, notice, messages, at=NOW))
    return [int(message) for message in messages]


async def to_be_copied(store: Store, channel: Channel, message: int) -> None:
    carried = Carried(from_message=MessageId(message), sender=channel.participant, form=Form.BARE)
    await store.transact(lambda tx: outbox.put(tx, channel.mentor, carried, channel=channel.id))


async def test_what_is_open_behind_a_line_that_is_too_old_to_go_is_covered_at_once_and_forgotten(
    store: Store, aino: Person
) -> None:
    line = MessageId(5)
    store.clock = at(NOW - OLD)
    await store.transact(lambda tx: covered.cover(tx, aino.pid, line, SafetyShown(safety=Safety()), channel=None))
    store.clock = at(NOW)
    await store.transact(lambda tx: covering.show(tx, aino, line))
    await heard(store)
    assert await removed_by(store, aino, WIPED) == []
    assert await heard(store) == {aino.pid: [CoveredAgain(line=line)]}
    behind = await store.transact(lambda tx: covered.find(tx, aino.pid, line))
    assert behind is not None
    assert behind.notice == CannotBeShown()
    assert not behind.is_showing(NOW)


# --- the question -----------------------------------------------------------------------------------------------------


async def test_it_is_asked_once_and_either_answer_is_taken(store: Store, aino: Person) -> None:
    await store.transact(lambda tx: wiping.ask(tx, aino))
    assert await heard(store) == {aino.pid: [WipeAsked()]}
    await store.transact(lambda tx: wiping.drop(tx, aino, instead_of=MessageId(5)))
    assert await heard(store) == {aino.pid: [WipeDropped(replaces=MessageId(5))]}
    await store.transact(lambda tx: wiping.wipe(tx, aino, asked=MessageId(5)))
    assert await heard(store) == {aino.pid: [WIPED]}
    assert await standing_in(store, aino) == [5], "the question goes too, even if it was not known to stand there"


async def test_who_wants_no_question_gets_none(store: Store, aino: Person) -> None:
    await store.transact(lambda tx: wiping.set_asks(tx, aino, False, instead_of=MessageId(5)))
    settled = Safety(wipe_asks=False)
    assert await heard(store) == {aino.pid: [SafetyShown(safety=settled, replaces=MessageId(5))]}
    await store.transact(lambda tx: wiping.ask(tx, aino))
    assert await heard(store) == {aino.pid: [WIPED]}
    await store.transact(lambda tx: wiping.set_asks(tx, aino, True))
    await store.transact(lambda tx: wiping.ask(tx, aino))
    assert (await heard(store))[aino.pid][-1] == WipeAsked()


async def test_it_is_for_participants(store: Store, mikael: Person) -> None:
    with pytest.raises(NotPermitted):
        await store.transact(lambda tx: wiping.ask(tx, mikael))
    with pytest.raises(NotPermitted):
        await store.transact(lambda tx: wiping.wipe(tx, mikael, asked=MessageId(5)))
    with pytest.raises(NotPermitted):
        await store.transact(lambda tx: wiping.drop(tx, mikael, instead_of=MessageId(5)))
    with pytest.raises(NotPermitted):
        await store.transact(lambda tx: wiping.set_asks(tx, mikael, False))
    assert await heard(store) == {}


# --- what goes --------------------------------------------------------------------------------------------------------


async def test_all_that_is_young_enough_goes_and_nothing_else(store: Store, aino: Person) -> None:
    eero = await joined(store, Role.PARTICIPANT)
    await stand(store, aino, [1], age=OLD)
    await stand(store, aino, [2, 3], age=YOUNG)
    await stand(store, eero, [2, 3, 4])
    assert await removed_by(store, aino, WIPED) == [2, 3]
    assert (await standing_in(store, aino), await standing_in(store, eero)) == ([1], [2, 3, 4])
    assert await removed_by(store, aino, WIPED) == []
    assert await heard(store) == {}, "nothing is said"


async def test_what_is_gone_is_no_longer_anything_on_the_other_side(
    store: Store, aino: Person, mikael: Person, channel: Channel
) -> None:
    for to, message, source in ((aino, 2, 12), (mikael, 13, 3)):
        await store.transact(
            lambda tx, to=to, message=message, source=source: links.link(  # type: ignore[misc]
                tx, to=to.pid, to_message=MessageId(message), channel=channel.id, from_message=MessageId(source)
            )
        )
    await stand(store, aino, [2, 3])
    await removed_by(store, aino, WIPED)
    assert await store.transact(lambda tx: links.went_as(tx, channel.id, MessageId(12), to=aino.pid)) == []
    kept = await store.transact(lambda tx: links.went_as(tx, channel.id, MessageId(3), to=mikael.pid))
    assert [link.message for link in kept] == [13], "the mentor keeps theirs"


async def test_what_was_asked_about_goes_to_nobody(store: Store, aino: Person, channel: Channel) -> None:
    for message in (2, 3):
        waits = Written(message=MessageId(message), words=Words(text="not yet"))
        await store.transact(lambda tx, waits=waits: held.hold(tx, aino.pid, waits))  # type: ignore[misc]
    await stand(store, aino, [2])
    await removed_by(store, aino, WIPED)
    found = [await store.transact(lambda tx, at=at: held.find(tx, aino.pid, MessageId(at))) for at in (2, 3)]  # type: ignore[misc]
    assert [one is None for one in found] == [True, False]


async def test_what_has_still_to_be_copied_is_waited_for_a_little_and_then_goes_too(
    store: Store, aino: Person, channel: Channel
) -> None:
    await stand(store, aino, [2, 3])
    await to_be_copied(store, channel, 3)
    notice, rounds = WIPED, []
    for _ in range(wiping.PATIENCE):
        rounds.append(await removed_by(store, aino, notice))
        said = await heard(store)
        (again,) = said[aino.pid]
        assert again == Wiped(patience=notice.patience - 1, until=NOW)
        assert isinstance(again, Wiped)
        notice = again
        await to_be_copied(store, channel, 3)
    assert rounds == [[2], [], []]
    assert await removed_by(store, aino, notice) == [3]
    assert aino.pid not in await heard(store)


async def test_what_was_copied_meanwhile_goes_at_the_next_look(store: Store, aino: Person, channel: Channel) -> None:
    await stand(store, aino, [2])
    await to_be_copied(store, channel, 2)
    assert await removed_by(store, aino, WIPED) == []
    (again,) = (await heard(store))[aino.pid]  # and what was to be copied is out of the way now
    assert isinstance(again, Wiped)
    assert await removed_by(store, aino, again) == [2]
    assert await heard(store) == {}


async def test_what_came_after_the_wipe_began_is_left_by_its_later_looks(
    store: Store, aino: Person, channel: Channel
) -> None:
    await stand(store, aino, [2])
    await to_be_copied(store, channel, 2)
    assert await removed_by(store, aino, WIPED) == []
    (again,) = (await heard(store))[aino.pid]
    assert isinstance(again, Wiped)
    later = NOW + timedelta(seconds=1)
    store.clock = at(later)
    await stand(store, aino, [3], age=NOW - later)
    await store.transact(lambda tx: covered.cover(tx, aino.pid, MessageId(3), WipeAsked(), channel=None))
    assert await removed_by(store, aino, again) == [2]
    assert await standing_in(store, aino) == [3]
    assert await store.transact(lambda tx: covered.find(tx, aino.pid, MessageId(3))) is not None


async def test_a_flood_goes_in_pieces_until_nothing_is_left(store: Store, aino: Person) -> None:
    everything = list(range(1, wiping.MOST + 3))
    await stand(store, aino, everything)
    first = await removed_by(store, aino, WIPED)
    assert len(first) == wiping.MOST
    again = Wiped(patience=wiping.PATIENCE, until=NOW)
    assert await heard(store) == {aino.pid: [again]}
    assert first + await removed_by(store, aino, again) == everything
    assert await heard(store) == {}


async def test_a_message_of_just_under_48_hours_is_left_where_telegram_might_refuse(store: Store, aino: Person) -> None:
    await stand(store, aino, [2], age=timedelta(hours=47, minutes=59))
    await stand(store, aino, [3], age=timedelta(hours=47, minutes=58))
    assert await removed_by(store, aino, WIPED) == [3]
    store.clock = at(NOW + timedelta(hours=1))
    await stand(store, aino, [4], age=timedelta(hours=47))
    assert await removed_by(store, aino, WIPED) == []


async def test_nothing_is_left_behind_neutral_lines_also_old_ones(store: Store, aino: Person) -> None:
    eero = await joined(store, Role.PARTICIPANT)
    for who, line in ((aino, 2), (aino, 3), (aino, 4), (eero, 2)):
        await store.transact(
            lambda tx, who=who, line=line: covered.cover(tx, who.pid, MessageId(line), WipeAsked(), channel=None)  # type: ignore[misc]
        )
    soon = NOW + timedelta(minutes=1)
    for line in (3, 4):
        await store.transact(lambda tx, line=line: covered.show(tx, aino.pid, MessageId(line), until=soon))  # type: ignore[misc]
    await stand(store, aino, [3])
    assert await removed_by(store, aino, WIPED) == [3]

    async def behind(who: Person, line: int) -> bool:
        return await store.transact(lambda tx: covered.find(tx, who.pid, MessageId(line))) is not None

    assert [await behind(aino, line) for line in (2, 3, 4)] == [False, False, True], "the last is open on the screen"
    assert await behind(eero, 2)
