"""Methods about the bot itself: who it is, its name, texts, commands and menu; answering buttons."""

import json
import re

from .chats import Toast
from .entities import utf16_length
from .errors import bad_request
from .params import Params
from .registry import method
from .wire import Json
from .world import World

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")
_MOST_COMMANDS = 100
_TOAST_LIMIT = 200


@method("getMe")
def get_me(world: World, params: Params) -> Json:
    return {
        **world.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": not world.group_privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": world.has_topics_enabled,
        "allows_users_to_create_topics": world.has_topics_enabled,
    }


@method("answerCallbackQuery", required="callback_query_id", optional="text show_alert url cache_time")
def answer_callback_query(world: World, params: Params) -> bool:
    text = params.text("text") or None
    if text and utf16_length(text) > _TOAST_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    query_id = params.text("callback_query_id") or ""
    toast = Toast(query_id=query_id, text=text, alert=params.flag("show_alert"), url=params.text("url"))
    world.answer(query_id).owner.sees_toast(toast)
    return True


def _language(params: Params) -> str:
    language = params.text("language_code") or ""
    if not _LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")
    return language


def _setting(noun: str, limit: int) -> None:
    """setMyX and getMyX for one text of the bot's profile; no text takes the language's own one away."""
    parameter = re.sub(r"(?<!^)([A-Z])", r"_\1", noun).lower()

    @method(f"setMy{noun}", optional=f"{parameter} language_code")
    def setter(world: World, params: Params) -> bool:
        text = params.text(parameter) or ""
        if utf16_length(text) > limit:
            raise bad_request(f"bot {parameter.replace('_', ' ')} is too long")
        world.profile.texts[parameter, _language(params)] = text
        return True

    @method(f"getMy{noun}", optional="language_code")
    def getter(world: World, params: Params) -> Json:
        texts = world.profile.texts
        own = texts.get((parameter, _language(params))) or texts.get((parameter, ""))
        return {parameter: own or (world.bot["first_name"] if parameter == "name" else "")}


_setting("Name", 64)
_setting("Description", 512)
_setting("ShortDescription", 120)


def _scope(params: Params) -> str:
    scope = params.mapping("scope") or {"type": "default"}
    return json.dumps(scope, sort_keys=True)


@method("setMyCommands", required="commands", optional="scope language_code")
def set_my_commands(world: World, params: Params) -> bool:
    commands = params.sequence("commands")
    if commands is None:
        raise bad_request("commands are empty")
    if len(commands) > _MOST_COMMANDS:
        raise bad_request("too many commands specified")
    for command in commands:
        if not isinstance(command, dict) or not _COMMAND.fullmatch(str(command.get("command", ""))):
            raise bad_request("BOT_COMMAND_INVALID")
        if not command.get("description"):
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.profile.commands[_scope(params), _language(params)] = commands
    return True


@method("getMyCommands", optional="scope language_code")
def get_my_commands(world: World, params: Params) -> list[Json]:
    return world.profile.commands.get((_scope(params), _language(params)), [])


@method("deleteMyCommands", optional="scope language_code")
def delete_my_commands(world: World, params: Params) -> bool:
    world.profile.commands.pop((_scope(params), _language(params)), None)
    return True


@method("setChatMenuButton", optional="chat_id menu_button")
def set_chat_menu_button(world: World, params: Params) -> bool:
    button = params.mapping("menu_button") or {"type": "default"}
    if button.get("type") not in ("default", "commands", "web_app"):
        raise bad_request("can't parse menu button: unsupported type")
    world.profile.menu_buttons[_menu_chat(world, params)] = button
    return True


@method("getChatMenuButton", optional="chat_id")
def get_chat_menu_button(world: World, params: Params) -> Json:
    buttons = world.profile.menu_buttons
    default = buttons.get(None, {"type": "commands"})
    return buttons.get(_menu_chat(world, params), default)


def _menu_chat(world: World, params: Params) -> int | None:
    return world.chat(params.raw["chat_id"]).id if "chat_id" in params.raw else None


@method("logOut")
def log_out(world: World, params: Params) -> bool:
    world.logged_out = True
    return True


@method("close")
def close(world: World, params: Params) -> bool:
    return True
