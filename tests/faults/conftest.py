from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.people import Installation

from .house import House, a_house


@pytest.fixture
async def house(installation: Installation, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(installation, tmp_path) as house:
        yield house
