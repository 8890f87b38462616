import pytest

from mentorbot.demo.bot_api.phone import Phone
from mentorbot.demo.bot_api.server import BotApi

from .client import PlainClient


async def test_texts_are_kept_by_language_and_fall_back_to_the_default(client: PlainClient) -> None:
    await client.ok("setMyDescription", description="A mentor's channel")
    await client.ok("setMyDescription", description="Mentorin kanava", language_code="fi")

    async def description(**language: str) -> str:
        return str((await client.ok("getMyDescription", **language))["description"])

    assert await description() == "A mentor's channel"
    assert await description(language_code="fi") == "Mentorin kanava"
    assert await description(language_code="sv") == "A mentor's channel"
    assert (await client.ok("getMyName"))["name"] == "Mentor"


@pytest.mark.parametrize(
    ("method", "parameter", "limit"),
    [
        ("setMyName", "name", 64),
        ("setMyDescription", "description", 512),
        ("setMyShortDescription", "short_description", 120),
    ],
)
async def test_texts_have_limits(client: PlainClient, method: str, parameter: str, limit: int) -> None:
    await client.ok(method, **{parameter: "a" * limit})

    assert (await client.call(method, **{parameter: "a" * (limit + 1)})).status == 400


async def test_commands_are_kept_by_scope_and_language(client: PlainClient, aino: Phone) -> None:
    own = {"scope": {"type": "chat", "chat_id": aino.id}, "language_code": "fi"}
    commands = [{"command": "apua", "description": "Apua"}]
    await client.ok("setMyCommands", commands=commands, **own)

    assert await client.ok("getMyCommands", **own) == commands
    assert await client.ok("getMyCommands") == []
    await client.ok("deleteMyCommands", **own)
    assert await client.ok("getMyCommands", **own) == []


@pytest.mark.parametrize(
    ("commands", "sentence"),
    [
        ([{"command": "Apua", "description": "x"}], "Bad Request: BOT_COMMAND_INVALID"),
        ([{"command": "a" * 33, "description": "x"}], "Bad Request: BOT_COMMAND_INVALID"),
        ([{"command": "apua", "description": ""}], "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "a", "description": "x"}] * 101, "Bad Request: too many commands specified"),
    ],
)
async def test_bad_commands_are_refused(client: PlainClient, commands: list[dict[str, str]], sentence: str) -> None:
    assert await client.refused("setMyCommands", commands=commands) == sentence


async def test_a_wrong_language_is_refused(client: PlainClient) -> None:
    assert (
        await client.refused("setMyName", name="x", language_code="suomi")
        == "Bad Request: invalid language code specified"
    )


async def test_a_chat_may_have_a_menu_button_of_its_own(client: PlainClient, aino: Phone) -> None:
    await client.ok("setChatMenuButton", menu_button={"type": "commands"})
    await client.ok("setChatMenuButton", chat_id=aino.id, menu_button={"type": "default"})

    assert await client.ok("getChatMenuButton") == {"type": "commands"}
    assert await client.ok("getChatMenuButton", chat_id=aino.id) == {"type": "default"}


async def test_after_logging_out_nothing_is_answered(api: BotApi, client: PlainClient) -> None:
    await client.ok("logOut")

    assert await client.refused("getMe") == "Bad Request: Logged out"


async def test_topics_can_be_switched_on_for_the_bot(api: BotApi, client: PlainClient) -> None:
    assert (await client.ok("getMe"))["has_topics_enabled"] is False

    api.telegram.has_topics_enabled = True

    assert (await client.ok("getMe"))["has_topics_enabled"] is True
