"""What a participant does with the lines in their chat, and what is queued because of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from mentorbot.programme.covering import KEPT_FOR, SHOWN_FOR
from mentorbot.programme.delivery import Rank
from mentorbot.programme.errors import NotPermitted, NotThere
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import CoveredAgain, Privacy, SafetyShown, Uncovered
from mentorbot.programme.people import Person, Role
from mentorbot.programme.safety import Safety
from mentorbot.services import covering, retention, safety as settings
from storage import covered, safety
from storage.tables import outbox
from storage.transaction import Store
from tests.people import NOW, at, joined
from tests.usecases.queue import heard

LINE = MessageId(7)


@pytest.fixture
async def aino(store: Store) -> Person:
    """Somebody with one line in her chat."""
    person = await joined(store, Role.PARTICIPANT)
    await store.transact(lambda tx: covered.cover(tx, person.pid, LINE, Privacy(), channel=None))
    return person


async def test_neutral_lines_are_settled_by_oneself_alone(store: Store, aino: Person) -> None:
    await store.transact(lambda tx: settings.set_discreet(tx, aino, True, instead_of=MessageId(3)))
    assert await heard(store) == {aino.pid: [SafetyShown(safety=Safety(discreet=True), replaces=MessageId(3))]}
    await store.transact(lambda tx: settings.set_discreet(tx, aino, False))
    assert await store.transact(lambda tx: safety.of(tx, aino.pid)) == Safety()
    for role in (Role.MENTOR, Role.COORDINATOR):
        other = await joined(store, role)
        with pytest.raises(NotPermitted):
            await store.transact(lambda tx, other=other: settings.set_discreet(tx, other, True))  # type: ignore[misc]


async def test_before_anything_is_shown_it_is_settled_when_it_is_covered_again(store: Store, aino: Person) -> None:
    await store.transact(lambda tx: covering.show(tx, aino, LINE), actor=aino.pid)
    queued = select(outbox.c.notice, outbox.c.rank, outbox.c.not_before).order_by(outbox.c.id)
    rows = await store.transact(lambda tx: [tuple(row) for row in tx.conn.execute(queued)])
    assert rows == [("Uncovered", Rank.ANSWER, NOW), ("CoveredAgain", Rank.CHORE, NOW + SHOWN_FOR)]


async def test_showing_what_shows_does_nothing_again_until_its_time_is_over(store: Store, aino: Person) -> None:
    both = {aino.pid: [Uncovered(line=LINE), CoveredAgain(line=LINE)]}
    for seconds, queued in ((0, both), (59, {}), (60, both)):
        store.clock = at(NOW + timedelta(seconds=seconds))
        await store.transact(lambda tx: covering.show(tx, aino, LINE))
        assert await heard(store) == queued


async def test_it_is_covered_before_its_time_where_it_may_be_on_the_screen(store: Store, aino: Person) -> None:
    await store.transact(lambda tx: covering.hide(tx, aino, LINE))
    assert await heard(store) == {}
    await store.transact(lambda tx: covering.show(tx, aino, LINE))
    await heard(store)
    await store.transact(lambda tx: covering.hide(tx, aino, LINE))
    assert await heard(store) == {aino.pid: [CoveredAgain(line=LINE)]}
    behind = await store.transact(lambda tx: covered.find(tx, aino.pid, LINE))
    assert behind is not None
    assert not behind.is_showing(NOW)


@pytest.mark.parametrize("why", ["no such line", "another's", "too old", "a mentor"])
async def test_there_is_nothing_else_to_be_shown(store: Store, aino: Person, why: str) -> None:
    who, line, error = aino, LINE, NotThere
    if why == "no such line":
        line = MessageId(8)
    elif why == "another's":
        who = await joined(store, Role.PARTICIPANT)
    elif why == "too old":
        store.clock = at(NOW + KEPT_FOR)
    else:
        who, error = await joined(store, Role.MENTOR), NotPermitted  # type: ignore[assignment]
    for what in (covering.show, covering.hide):
        with pytest.raises(error):
            await store.transact(lambda tx, what=what: what(tx, who, line))  # type: ignore[misc]
    assert await heard(store) == {}


async def test_what_can_be_shown_no_longer_is_forgotten(store: Store, aino: Person) -> None:
    for after, is_there in ((KEPT_FOR, True), (KEPT_FOR + timedelta(seconds=1), False)):
        store.clock = at(NOW + after)
        await retention.tidy(store)
        found = await store.transact(lambda tx: covered.find(tx, aino.pid, LINE))
        assert (found is not None) is is_there
