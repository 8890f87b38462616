from mentorbot.programme.people import Role
from storage.transaction import Store
from tests.people import joined

async def test_x(store: Store) -> None:
    a = await joined(store, Role.MENTOR, language="fi", alias="Koivu")
    assert a.alias == "Koivu"
