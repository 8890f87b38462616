"""Row 47 among others: the audit chain names the first row that was edited, deleted or cut off."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import delete, insert, select, text, update

from mentorbot.programme.people import Role
from storage import audit
from storage.root_key import RootKey
from storage.tables import audit as audit_table, audit_head
from storage.transaction import Store, Transaction
from tests.people import Installation, joined


@pytest.fixture
async def chain(store: Store) -> Store:
    """A store with six audit rows: the founding and five more."""
    sari = await joined(store, Role.COORDINATOR)
    for action in ("invited", "paired", "paired", "invited", "opened"):
        await store.transact(lambda tx, action=action: audit.append(tx, action, actor=sari.pid, subject=b"somebody"))  # type: ignore[misc]
    return store


async def first_bad(store: Store) -> int | None:
    return await store.transact(audit.first_bad_link)


async def test_a_chain_that_nobody_touched_is_whole(chain: Store) -> None:
    numbers = select(audit_table.c.number).order_by(audit_table.c.number)
    assert await chain.transact(lambda tx: list(tx.conn.execute(numbers).scalars())) == list(range(1, 7))
    assert await first_bad(chain) is None


@pytest.mark.parametrize(
    "edit",
    [
        "action = 'looked'",
        "actor = NULL",
        "subject = NULL",
        "at = at + 1",
        "link = (SELECT link FROM audit WHERE number = 3)",
        "number = 40",
    ],
)
@pytest.mark.parametrize("number", [2, 4, 6])
async def test_an_edited_row_is_named(chain: Store, edit: str, number: int) -> None:
    await chain.transact(lambda tx: tx.conn.execute(text(f"UPDATE audit SET {edit} WHERE number = {number}")))  # noqa: S608
    assert await first_bad(chain) == number


@pytest.mark.parametrize("number", [1, 3, 6])
async def test_a_deleted_row_is_named(chain: Store, number: int) -> None:
    await chain.transact(lambda tx: tx.conn.execute(delete(audit_table).where(audit_table.c.number == number)))
    assert await first_bad(chain) == number


@pytest.mark.parametrize("last", [0, 1, 4, 5])
async def test_a_cut_tail_is_named_by_its_first_row(chain: Store, last: int) -> None:
    await chain.transact(lambda tx: tx.conn.execute(delete(audit_table).where(audit_table.c.number > last)))
    assert await first_bad(chain) == last + 1
    await chain.transact(lambda tx: tx.conn.execute(update(audit_head).values(number=last)))
    assert await first_bad(chain) == last + 1


async def test_a_missing_head_is_found(chain: Store) -> None:
    await chain.transact(lambda tx: tx.conn.execute(delete(audit_head)))
    assert await first_bad(chain) == 7


async def test_a_row_that_was_added_without_the_root_key_is_named(chain: Store) -> None:
    forged = {"number": 7, "at": chain.clock(), "actor": None, "action": "invited", "subject": None, "link": bytes(32)}
    await chain.transact(lambda tx: tx.conn.execute(insert(audit_table), forged))
    assert await first_bad(chain) == 7


async def test_a_row_from_another_history_of_the_same_store_is_noticed(chain: Store) -> None:
    """Somebody kept row 7, restored a backup of the time before it, and puts it in the place of the new row 7."""
    last = select(audit_table).order_by(audit_table.c.number.desc()).limit(1)
    backup = await chain.transact(lambda tx: dict(tx.conn.execute(select(audit_head)).mappings().one()))
    await chain.transact(lambda tx: audit.append(tx, "opened", actor=None))
    kept = await chain.transact(lambda tx: dict(tx.conn.execute(last).mappings().one()))

    def restore(tx: Transaction) -> None:
        tx.conn.execute(delete(audit_table).where(audit_table.c.number == 7))
        tx.conn.execute(update(audit_head).values(backup))

    await chain.transact(restore)
    assert await first_bad(chain) is None
    for action in ("paired", "invited"):
        await chain.transact(lambda tx, action=action: audit.append(tx, action, actor=None))  # type: ignore[misc]
    await chain.transact(lambda tx: tx.conn.execute(update(audit_table).where(audit_table.c.number == 7).values(kept)))
    assert await first_bad(chain) == 8


async def test_a_chain_under_another_root_key_is_bad_from_its_first_row(chain: Store) -> None:
    def look(tx: Transaction) -> int | None:
        return audit.first_bad_link(replace(tx, root=RootKey(epoch=1, secret=bytes(32))))

    assert await chain.transact(look) == 1


async def test_what_rolls_back_is_not_in_the_chain(chain: Store) -> None:
    def append_and_fail(tx: Transaction) -> None:
        audit.append(tx, "opened", actor=None)
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        await chain.transact(append_and_fail)
    assert await first_bad(chain) is None
    assert await chain.transact(lambda tx: tx.conn.execute(select(audit_head.c.number)).scalar_one()) == 6


async def test_rows_that_are_appended_and_verified_at_once_stay_one_chain(
    chain: Store, installation: Installation
) -> None:
    other = await installation.open()

    async def append(opened: Store) -> None:
        for _ in range(10):
            await opened.transact(lambda tx: audit.append(tx, "opened", actor=None))

    async def verify(opened: Store) -> list[int | None]:
        return [await opened.transact(audit.first_bad_link) for _ in range(10)]

    _, _, *verified = await asyncio.gather(append(chain), append(other), verify(chain), verify(other))
    assert verified == [[None] * 10] * 2
    assert await chain.transact(lambda tx: tx.conn.execute(select(audit_head.c.number)).scalar_one()) == 26
    await other.close()
