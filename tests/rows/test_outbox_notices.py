"""Every kind of notice goes through the outbox unchanged."""

import dataclasses
import typing
from datetime import UTC, datetime
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import String, text

from mentorbot.programme import notices
from mentorbot.programme.delivery import Delivery
from mentorbot.programme.hours import EVERY_DAY, Hours
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import Notice
from mentorbot.programme.people import Person, Role
from storage import claims, outbox, tables
from storage.transaction import Store, Transaction
from tests.people import joined

LEADER = 1


@pytest.fixture
async def aino(store: Store) -> Person:
    """Somebody to write to, while the leader with the epoch LEADER leads."""
    await store.transact(lambda tx: tx.conn.execute(text(f"UPDATE leadership SET epoch = {LEADER}")))  # noqa: S608
    return await joined(store, Role.PARTICIPANT)


_STRATEGIES: dict[typing.Any, st.SearchStrategy[typing.Any]] = {
    datetime: st.datetimes(
        min_value=datetime(2000, 1, 1),  # noqa: DTZ001
        max_value=datetime(2100, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
    str: st.text(max_size=40),
    MessageId: st.integers(min_value=1, max_value=2**53).map(MessageId),
    Hours: st.builds(
        lambda opens, length, days: Hours(opens=opens, closes=(opens + length) % 1_440, days=days),
        st.integers(0, 1_439),
        st.integers(1, 1_439),
        st.frozensets(st.sampled_from(sorted(EVERY_DAY)), min_size=1),
    ),
}


def kinds_in(module: ModuleType) -> list[type[Notice]]:
    found = [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Notice) and kind not in (Notice, notices.Passed)
    ]
    assert found, "not one kind of notice was found"
    return found


def any_of(kind: typing.Any) -> st.SearchStrategy[typing.Any]:
    """Any value of a type, with every field of a dataclass drawn, optional ones too."""
    if kind in _STRATEGIES:
        return _STRATEGIES[kind]
    if dataclasses.is_dataclass(kind):
        fields = typing.get_type_hints(kind)
        return st.builds(typing.cast(typing.Any, kind), **{name: any_of(hint) for name, hint in fields.items()})
    if typing.get_origin(kind) is tuple:
        return st.lists(any_of(typing.get_args(kind)[0]), max_size=3).map(tuple)
    if type(None) in typing.get_args(kind):
        return st.none() | any_of(next(each for each in typing.get_args(kind) if each is not type(None)))
    return st.from_type(kind)


KINDS = kinds_in(notices)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(told=st.tuples(*(any_of(kind) for kind in KINDS)))
async def test_every_kind_of_notice_comes_back_as_it_was_put(
    store: Store, aino: Person, told: tuple[Notice, ...]
) -> None:
    def put_all(tx: Transaction) -> None:
        for notice in told:
            outbox.put(tx, aino.pid, notice)

    def take_all(tx: Transaction) -> list[Notice]:
        back = []
        while row := claims.claim(tx, aino.pid, epoch=LEADER):
            back.append(outbox.open_notice(tx, row))
            claims.finish(tx, row.id, Delivery.SENT, epoch=LEADER)
        return back

    await store.transact(put_all)
    assert await store.transact(take_all) == list(told)


def test_the_name_of_every_kind_fits_its_column() -> None:
    kept_as = tables.outbox.c.notice.type
    assert isinstance(kept_as, String)
    assert all(len(kind.__name__) <= (kept_as.length or 0) for kind in KINDS)


def test_a_scan_that_finds_no_kind_fails() -> None:
    with pytest.raises(AssertionError, match="not one kind"):
        kinds_in(ModuleType("empty"))
