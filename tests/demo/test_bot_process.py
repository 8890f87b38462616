"""The real bot in a process of its own."""

import os
import stat

import pytest

from mentorbot.demo.bot_api.server import BotApi
from mentorbot.demo.bot_process import BotFailed, BotProcess
from mentorbot.demo.stage import Stage


async def test_a_bot_that_stops_in_peace_says_so_and_leaves_nothing_behind() -> None:
    async with BotApi() as api:
        async with BotProcess(api) as bot:
            folder = bot.folder
            assert bot.running
            assert stat.S_IMODE((folder / "root.key").stat().st_mode) == 0o600
            assert await bot.stop() == 0
            assert not bot.running
        assert not folder.exists()
        assert api.transcript.calls("getMe")


async def test_a_killed_bot_starts_again_on_the_same_installation(stage: Stage) -> None:
    invitation = await stage.bot.invite("coordinator")
    await stage.bot.kill()
    assert not stage.bot.running
    sari = stage.cast.sari.phone
    sari.start(invitation.payload)
    await stage.bot.start()
    asked = await sari.wait_for(lambda message: message.from_bot)
    sari.write(invitation.code)
    await sari.wait_for(lambda message: message.from_bot, after=asked.id)


async def test_an_invite_is_made_without_a_running_bot(quiet_stage: Stage) -> None:
    await quiet_stage.bot.install()
    one, other = await quiet_stage.bot.invite("mentor"), await quiet_stage.bot.invite("mentor")
    assert one.link.endswith(f"?start={one.payload}")
    assert len(one.code) == 6
    assert one.payload != other.payload


async def test_a_bot_that_cannot_start_tells_why() -> None:
    async with BotApi() as api:
        bot = BotProcess(api)
        try:
            await bot.install()
            (bot.folder / "root.key").unlink()
            with pytest.raises(BotFailed, match=r"root\.key"):
                await bot.start()
            assert not bot.running
        finally:
            bot.remove()


async def test_a_command_that_fails_tells_why() -> None:
    async with BotApi() as api:
        bot = BotProcess(api, settings={"MENTORBOT_LOCALE": "xx"})
        try:
            with pytest.raises(BotFailed, match="MENTORBOT_LOCALE"):
                await bot.install()
        finally:
            bot.remove()


async def test_settings_of_a_real_installation_do_not_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MENTORBOT_TIMEZONE", "Nowhere/At_All")
    monkeypatch.setenv("MENTORBOT_TOKEN", "123456:a-real-token-that-must-not-be-used-in-here")
    async with BotApi() as api, BotProcess(api) as bot:
        assert bot.pid is not None
        assert bot.pid != os.getpid()
        assert not api.telegram.updates.waiting
