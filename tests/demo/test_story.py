"""`mentorbot demo --story`: it plays through, and it notices when something is wrong."""

import asyncio
import io
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from rich.console import Console

from mentorbot.demo.bot_api.wire import encode
from mentorbot.demo.sayings import saying_of
from mentorbot.demo.stage import Stage, open_stage
from mentorbot.demo.story import LANGUAGES, tell
from mentorbot.demo.witness import StoryWrong

pytestmark = pytest.mark.timeout(120)


def test_the_story_plays_through_and_exits_with_0() -> None:
    played = subprocess.run(
        [sys.executable, "-m", "mentorbot", "demo", "--story"],
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert played.returncode == 0, played.stdout[-2000:] + played.stderr
    lines = played.stdout.splitlines()
    assert lines[-1] == "All of it went as it should."
    assert max(map(len, lines)) <= 80
    for sign in ("Aino", "bot → Mikael ▌", "SIGKILL", "4,096 characters arrived", "13. Otto guesses a link"):
        assert sign in played.stdout


async def told(stage: Stage) -> str:
    """The error with which the story ends."""
    with pytest.raises(StoryWrong) as caught:
        await tell(stage, Console(file=io.StringIO()), patience=5)
    return str(caught.value)


async def test_a_bot_that_is_away_makes_it_fail() -> None:
    async with open_stage(LANGUAGES) as stage:
        await stage.bot.stop()
        assert await told(stage) == (
            "Chapter 1 (Sari coordinates): Sari was not told “joining.code_asked” in en within 5 seconds."
        )


async def test_a_message_that_is_lost_on_the_way_makes_it_fail() -> None:
    async with open_stage(LANGUAGES) as stage:
        mikael = stage.cast.mikael.phone

        def lose_what_comes_next() -> None:
            swallowed = encode({"ok": True, "result": {"message_id": 999_999, "date": 0}})
            stage.api.faults.garbage("sendMessage", swallowed, effect=False, chat=mikael.id)

        losing = asyncio.create_task(_once_told(stage, "joining.welcome_mentor", lose_what_comes_next))
        assert "Mikael was not told “pairing.meet_participant” in sv" in await told(stage)
        await losing


async def test_a_message_that_comes_to_the_wrong_person_makes_it_fail() -> None:
    async with open_stage(LANGUAGES) as stage:
        otto = stage.cast.otto.phone

        def gossip() -> None:
            stage.api.telegram.chats[otto.id].add(
                stage.api.telegram.bot, {"text": "Mikael Sandberg is here"}, date=0, from_bot=True
            )

        gossiping = asyncio.create_task(_once_told(stage, "stranger", gossip, whom="otto"))
        assert "Otto's chat shows “Mikael”" in await told(stage)
        await gossiping


async def test_a_message_to_the_new_mentor_that_the_old_one_sees_makes_it_fail() -> None:
    async with open_stage(LANGUAGES) as stage:
        mikael = stage.cast.mikael.phone

        def leak() -> None:
            stored = stage.api.telegram.chats[mikael.id].add(
                stage.api.telegram.bot, {"text": "Hei! Aloitetaanko alusta?"}, date=0, from_bot=True
            )
            mikael.delete(stored.id)

        leaking = asyncio.create_task(_once_told(stage, "change.over", leak))
        assert "Mikael saw “Hei! Aloitetaanko alusta?”, which was not for them." in await told(stage)
        await leaking


async def test_words_that_show_beside_the_line_make_it_fail() -> None:
    async with open_stage(LANGUAGES) as stage:
        aino, words = stage.cast.aino.phone, "Hur gick det i morse?"

        def show_openly() -> None:
            stage.api.telegram.chats[aino.id].add(stage.api.telegram.bot, {"text": words}, date=0, from_bot=True)

        showing = asyncio.create_task(_once_told(stage, "covering.line", show_openly, whom="aino"))
        assert f"Aino sees “{words}”, which was not for them." in await told(stage)
        await showing


async def _once_told(stage: Stage, id_: str, then: Callable[[], None], whom: str = "mikael") -> None:
    actor = stage.cast.by_key(whom)
    assert actor is not None
    await actor.phone.wait_for(
        lambda message: (saying := saying_of(message)) is not None and saying.id == id_, timeout=30
    )
    then()
