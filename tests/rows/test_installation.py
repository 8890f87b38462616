"""Two stores and a root key that belong together are opened; anything else is refused, and nothing is written."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, text

from mentorbot.programme.errors import CannotStart, SettingWrong, StoreMissing
from storage import audit, installation as installations
from storage.engine import open_database
from storage.root_key import RootKey
from storage.tables import keys_identity
from storage.transaction import Store
from tests.people import SQLITE_ONLY, Installation, file_of


async def test_what_was_founded_can_be_opened(nowhere: Installation) -> None:
    await installations.found(nowhere.data_url, nowhere.keys_url, nowhere.root)
    opened = await nowhere.open()
    assert not await installations.pending(opened)
    assert await opened.transact(audit.first_bad_link) is None
    await opened.close()


async def test_founding_twice_is_refused_and_changes_nothing(installation: Installation) -> None:
    with pytest.raises(CannotStart, match="here already"):
        await installations.found(installation.data_url, installation.keys_url, RootKey(epoch=1, secret=bytes(32)))
    await (await installation.open()).close()


async def test_one_place_is_not_taken_for_two_stores(nowhere: Installation) -> None:
    with pytest.raises(SettingWrong, match="MENTORBOT_KEYS_URL"):
        await installations.found(nowhere.data_url, nowhere.data_url, nowhere.root)


async def test_another_installations_keys_are_refused(installation: Installation, nowhere: Installation) -> None:
    foreign = replace(nowhere, root=installation.root)
    await installations.found(foreign.data_url, foreign.keys_url, foreign.root)
    with pytest.raises(StoreMissing, match="does not belong"):
        await replace(installation, keys_url=foreign.keys_url).open()


async def test_stores_that_were_swapped_are_refused(installation: Installation) -> None:
    with pytest.raises(StoreMissing, match="a store is empty"):
        await replace(installation, keys_url=installation.data_url, data_url=installation.keys_url).open()


async def test_an_empty_store_is_refused(installation: Installation, nowhere: Installation) -> None:
    file_of(nowhere.data_url).parent.mkdir(exist_ok=True)
    await (await open_database(nowhere.keys_url, create=True)).close()
    with pytest.raises(StoreMissing, match="a store is empty"):
        await replace(installation, keys_url=nowhere.keys_url).open()


async def test_a_keys_store_without_its_identity_is_refused(store: Store, installation: Installation) -> None:
    await store.keys.run(lambda conn: conn.execute(delete(keys_identity)))
    with pytest.raises(StoreMissing, match="does not belong"):
        await installation.open()


@SQLITE_ONLY
@pytest.mark.parametrize("missing", ["data", "keys"])
async def test_a_missing_file_is_named_with_the_mend(installation: Installation, missing: str) -> None:
    file = file_of(installation.data_url if missing == "data" else installation.keys_url)
    file.unlink()
    with pytest.raises(StoreMissing, match=rf"{file}.*mentorbot init.*backup"):
        await installation.open()
    assert not file.exists()


async def test_an_old_schema_is_refused_with_the_mend(store: Store, installation: Installation) -> None:
    await store.data.run(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = 'older'")))
    with pytest.raises(CannotStart, match="mentorbot migrate"):
        await installation.open()
    opened = await installations.open_store(
        installation.data_url, installation.keys_url, installation.root, require_current=False
    )
    assert await installations.pending(opened)
    await opened.close()
