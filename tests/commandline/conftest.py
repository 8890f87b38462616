import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mentorbot.demo.bot_api.server import BotApi

from .command import TOKEN, mentorbot


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(token=TOKEN) as api:
        yield api


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `mentorbot init` leaves it; to be copied, not used."""
    folder = tmp_path_factory.mktemp("founded")
    result = asyncio.run(mentorbot("init", cwd=folder, MENTORBOT_TOKEN=TOKEN))
    assert result.code == 0, result
    return folder


@pytest.fixture
def home(founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of the test's own; the working directory."""
    folder = tmp_path / "home"
    shutil.copytree(founded, folder)
    monkeypatch.chdir(folder)
    return folder
