import pytest
from sqlalchemy import update

from mentorbot.programme.people import Person, Role
from storage.tables import leadership
from storage.transaction import Store
from tests.people import joined, paired
from tests.usecases.circle import Circle


@pytest.fixture
async def aino(store: Store) -> Person:
    return await joined(store, Role.PARTICIPANT)


@pytest.fixture
async def mikael(store: Store) -> Person:
    return await joined(store, Role.MENTOR)


@pytest.fixture
async def circle(store: Store) -> Circle:
    aino, mikael = await joined(store, Role.PARTICIPANT), await joined(store, Role.MENTOR)
    return Circle(
        aino=aino,
        mikael=mikael,
        maria=await joined(store, Role.MENTOR),
        sari=await joined(store, Role.COORDINATOR),
        channel=await paired(store, aino, mikael),
    )


@pytest.fixture
async def leading(store: Store) -> None:
    """Claims are this test's own."""
    await store.transact(lambda tx: tx.conn.execute(update(leadership).values(epoch=0)))
