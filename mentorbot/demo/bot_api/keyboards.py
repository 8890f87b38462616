"""reply_markup: checked as Telegram checks it."""

from typing import Any

from .errors import ApiError, bad_request
from .wire import Json

_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
    "disabled",
)
_MOST_BUTTONS = 100
_LONGEST_DATA = 64
_LINK_STARTS = ("http://", "https://", "tg://", "t.me/")


def check_markup(markup: Json) -> Json:
    """Give the markup as Telegram keeps it: without empty rows, each button with one action."""
    if "inline_keyboard" in markup:
        return {"inline_keyboard": _rows(markup["inline_keyboard"], _inline_button)}
    if "keyboard" in markup:
        return {**markup, "keyboard": _rows(markup["keyboard"], _reply_button)}
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return markup
    return {}


def inline_only(markup: Json) -> Json:
    """For edits: they take inline keyboards alone."""
    if markup and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    return check_markup(markup)


def _rows(rows: Any, check: Any) -> list[list[Json]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise _unreadable("expected an Array of Array of buttons")
    checked = [[check(button) for button in row] for row in rows if row]
    if sum(map(len, checked)) > _MOST_BUTTONS:
        raise bad_request("reply markup is too long")
    return checked


def _unreadable(sentence: str) -> ApiError:
    return bad_request(f"can't parse keyboard: {sentence}")


def _labelled(button: Any) -> Json:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise _unreadable('can\'t parse keyboard button: field "text" must be of type String')
    if not button["text"].strip():
        raise _unreadable("keyboard button text must be non-empty")
    return button


def _reply_button(button: Any) -> Json:
    return {"text": button} if isinstance(button, str) and button else _labelled(button)


def _inline_button(button: Any) -> Json:
    actions = [action for action in _ACTIONS if _labelled(button).get(action) is not None]
    if len(actions) != 1:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if actions == ["callback_data"]:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode("utf-8", "replace")) <= _LONGEST_DATA:
            raise bad_request("BUTTON_DATA_INVALID")
    if actions == ["url"] and not str(button["url"]).startswith(_LINK_STARTS):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    kept: Json = button
    return kept
