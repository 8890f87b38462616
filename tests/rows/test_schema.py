"""The queries that run all the time use the indexes that were made for them."""

import secrets
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Executable, func, select
from sqlalchemy.dialects import sqlite

from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import ReactionNotCarried
from mentorbot.programme.people import Role
from storage import channels, claims, handovers, inbox, invites, links, outbox, people, safety, standing
from storage.tables import UNFINISHED, outbox as outbox_table
from storage.transaction import Store, Transaction
from tests.people import SQLITE_ONLY, joined, paired

FULL_SCAN = "SCAN outbox"


async def plan_of(store: Store, use: Callable[[Transaction], Any]) -> list[str]:
    """What SQLite says about how it runs each statement of `use`."""

    def unit(tx: Transaction) -> list[str]:
        raw: Any = tx.conn.connection.dbapi_connection
        said: list[str] = []
        raw.set_trace_callback(said.append)
        try:
            use(tx)
        finally:
            raw.set_trace_callback(None)
        statements = [line for line in said if line.startswith(("SELECT", "UPDATE", "DELETE"))]
        assert statements, "not one statement was seen"
        return [row[3] for line in statements for row in raw.execute(f"EXPLAIN QUERY PLAN {line}")]

    return await store.transact(unit)


@SQLITE_ONLY
async def test_the_next_notice_of_a_person_is_found_through_the_unfinished_ones(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    plan = await plan_of(store, lambda tx: claims.claim(tx, aino.pid, epoch=1))
    assert "SEARCH outbox USING INDEX ix_outbox_unfinished (recipient=? AND (rank,strand)>(?,?))" in plan
    assert not [step for step in plan if "SORT" in step or "B-TREE" in step]


@SQLITE_ONLY
async def test_who_is_due_is_found_through_the_unfinished_notices(store: Store) -> None:
    plan = await plan_of(store, claims.due_recipients)
    assert any("ix_outbox_unfinished" in step for step in plan)
    assert FULL_SCAN not in plan
    plan = await plan_of(store, outbox.unfinished)
    assert any("ix_outbox_unfinished" in step for step in plan)


@SQLITE_ONLY
async def test_what_became_of_a_message_is_found_without_reading_everybodys_notices(store: Store) -> None:
    aino, mikael = await joined(store, Role.PARTICIPANT), await joined(store, Role.MENTOR)
    channel = await paired(store, aino, mikael)
    message = MessageId(secrets.randbelow(9))
    uses: list[Callable[[Transaction], Any]] = [
        lambda tx: outbox.all_sent(tx, mikael.pid, channel.id, message),
        lambda tx: outbox.went_through(tx, mikael.pid, channel.id, message),
        lambda tx: outbox.was_told_lately(tx, mikael.pid, ReactionNotCarried),
    ]
    for use in uses:
        plan = await plan_of(store, use)
        assert any("SEARCH outbox USING INDEX ix_outbox_source (source=? AND recipient=?)" in step for step in plan), (
            plan
        )
        assert FULL_SCAN not in plan


@SQLITE_ONLY
async def test_what_waits_for_somebody_is_found_without_reading_all_that_they_received(store: Store) -> None:
    aino, mikael = await joined(store, Role.PARTICIPANT), await joined(store, Role.MENTOR)
    channel = await paired(store, aino, mikael)
    uses: list[Callable[[Transaction], Any]] = [
        lambda tx: outbox.on_its_way(tx, mikael.pid, channel.id, MessageId(1)),
        lambda tx: outbox.to_be_copied(tx, mikael.pid, channel.id),
        lambda tx: outbox.not_heard(tx, mikael.pid, channel.id, ReactionNotCarried),
        lambda tx: outbox.take_back(tx, mikael.pid, channel.id, ReactionNotCarried),
        lambda tx: outbox.is_waiting(tx, mikael.pid, ReactionNotCarried),
        lambda tx: handovers.hand_over(tx, channel.id),
    ]
    for use in uses:
        plan = [step for step in await plan_of(store, use) if " outbox" in step]
        assert plan
        assert all("ix_outbox_unfinished (recipient=?" in step for step in plan), plan


@SQLITE_ONLY
async def test_waiting_updates_are_found_without_reading_the_settled_ones(store: Store) -> None:
    plan = await plan_of(store, inbox.waiting)
    assert plan == ["SEARCH inbox USING INDEX ix_inbox_waiting (id>?)"]


@SQLITE_ONLY
async def test_whoever_is_looked_up_all_the_time_is_not_searched_for(store: Store) -> None:
    aino, mikael = await joined(store, Role.PARTICIPANT), await joined(store, Role.MENTOR)
    channel = await paired(store, aino, mikael)
    uses: list[Callable[[Transaction], Any]] = [
        lambda tx: people.get(tx, aino.pid),
        lambda tx: people.alias_taken(tx, "Koivu"),
        lambda tx: people.active(tx, Role.COORDINATOR),
        lambda tx: channels.of_participant(tx, aino.pid),
        lambda tx: channels.of_mentor(tx, mikael.pid),
        lambda tx: channels.access_as_mentor(tx, mikael.pid, channel.id),
        lambda tx: links.linked(tx, aino.pid, MessageId(secrets.randbelow(9))),
        lambda tx: links.went_as(tx, channel.id, MessageId(secrets.randbelow(9)), to=mikael.pid),
        lambda tx: invites.find_by_token(tx, "token"),
    ]
    for use in uses:
        plan = await plan_of(store, use)
        assert not [step for step in plan if step.startswith("SCAN") and "CONSTANT ROW" not in step], plan


@SQLITE_ONLY
async def test_a_bound_state_would_not_use_the_index(store: Store) -> None:
    """The control, and the reason why the index's condition is written out in the queries."""
    bound = select(func.count()).select_from(outbox_table).where(outbox_table.c.state.not_in(["sent", "dead"]))

    def explained(conn: Connection, statement: Executable) -> list[str]:
        compiled = statement.compile(dialect=sqlite.dialect())  # type: ignore[attr-defined]
        raw: Any = conn.connection.dbapi_connection
        sql = str(compiled).replace("(__[POSTCOMPILE_state_1])", "(?, ?)")
        return [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {sql}", ("sent", "dead")[: sql.count("?")])]

    assert await store.transact(lambda tx: explained(tx.conn, bound)) == [FULL_SCAN]
    written_out = select(func.count()).select_from(outbox_table).where(UNFINISHED)
    assert FULL_SCAN not in await store.transact(lambda tx: explained(tx.conn, written_out))


@SQLITE_ONLY
async def test_what_is_old_enough_to_go_is_found_through_its_age(store: Store) -> None:
    aino = await joined(store, Role.PARTICIPANT)
    await store.transact(lambda tx: safety.settle(tx, aino.pid, erase_after=6))
    plan = await plan_of(store, lambda tx: standing.due(tx, since=tx.now))
    assert "SEARCH standing USING INDEX ix_standing_pid (pid=? AND at>? AND at<?)" in " / ".join(plan)
