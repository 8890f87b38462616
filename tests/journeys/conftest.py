from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.programme import Programme, open_programme
from tests.people import Installation


@pytest.fixture
async def programme(installation: Installation, tmp_path: Path) -> AsyncIterator[Programme]:
    async with open_programme(installation, tmp_path) as programme:
        yield programme
