"""Methods that send something new, except files; and typing."""

from typing import Any

from . import contents
from .errors import bad_request
from .params import Params
from .registry import method
from .sending import (
    SENDING,
    addressed,
    deliver,
    formatted,
    meant_topic,
    text_content,
)
from .wire import Json
from .world import World

_MOST_OPTIONS = 12
_ACTION_SECONDS = 5
_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


@method(
    "sendMessage",
    required="chat_id text",
    optional=f"{SENDING} parse_mode entities link_preview_options ephemeral_message_parameters",
)
def send_message(world: World, params: Params) -> Json:
    chat = addressed(world, params)
    return deliver(world, params, chat, text_content(params)).body


@method(
    "sendChatAction",
    required="chat_id action",
    optional="business_connection_id message_thread_id",
)
def send_chat_action(world: World, params: Params) -> bool:
    chat = addressed(world, params)
    action = params.text("action") or ""
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    if "message_thread_id" in params.raw:
        meant_topic(chat, params)
    chat.bot_is_busy(action, world.clock.now() + _ACTION_SECONDS)
    return True


@method(
    "sendContact",
    required="chat_id phone_number first_name",
    optional=f"{SENDING} last_name vcard ephemeral_message_parameters",
)
def send_contact(world: World, params: Params) -> Json:
    chat = addressed(world, params)
    phone_number, first_name = params.text("phone_number"), params.text("first_name")
    if not phone_number:
        raise bad_request("phone number is empty")
    if not first_name:
        raise bad_request("first name is empty")
    more = {"last_name": params.text("last_name"), "vcard": params.text("vcard")}
    return deliver(world, params, chat, contents.contact(phone_number, first_name, **more)).body


@method(
    "sendLocation",
    required="chat_id latitude longitude",
    optional=f"{SENDING} horizontal_accuracy live_period heading proximity_alert_radius ephemeral_message_parameters",
)
def send_location(world: World, params: Params) -> Json:
    chat = addressed(world, params)
    latitude, longitude = _place(params)
    content = contents.location(
        latitude,
        longitude,
        horizontal_accuracy=params.number("horizontal_accuracy"),
        live_period=params.integer("live_period"),
        heading=params.integer("heading"),
        proximity_alert_radius=params.integer("proximity_alert_radius"),
    )
    return deliver(world, params, chat, content).body


@method(
    "sendVenue",
    required="chat_id latitude longitude title address",
    optional=f"{SENDING} foursquare_id foursquare_type google_place_id google_place_type ephemeral_message_parameters",
)
def send_venue(world: World, params: Params) -> Json:
    chat = addressed(world, params)
    latitude, longitude = _place(params)
    title, address = params.text("title"), params.text("address")
    if not title:
        raise bad_request("title must be non-empty")
    if not address:
        raise bad_request("address must be non-empty")
    keys = ("foursquare_id", "foursquare_type", "google_place_id", "google_place_type")
    more = {key: params.text(key) for key in keys}
    return deliver(world, params, chat, contents.venue(latitude, longitude, title, address, **more)).body


@method("sendDice", required="chat_id", optional=f"{SENDING} emoji")
def send_dice(world: World, params: Params) -> Json:
    chat = addressed(world, params)
    return deliver(world, params, chat, contents.dice(params.text("emoji") or "🎲")).body


@method(
    "sendPoll",
    required="chat_id question options",
    optional="business_connection_id message_thread_id question_parse_mode question_entities is_anonymous "
    "type allows_multiple_answers allows_revoting shuffle_options allow_adding_options "
    "hide_results_until_closes members_only country_codes correct_option_ids explanation "
    "explanation_parse_mode explanation_entities "
    "explanation_media open_period close_date is_closed description description_parse_mode "
    "description_entities media disable_notification protect_content allow_paid_broadcast message_effect_id "
    "reply_parameters reply_markup",
)
def send_poll(world: World, params: Params) -> Json:
    chat = addressed(world, params)
    question, question_entities = formatted(params, "question", "question_parse_mode", "question_entities")
    if not question:
        raise bad_request("poll question must be non-empty")
    texts = [_option_text(option) for option in params.sequence("options") or []]
    if not texts:
        raise bad_request("poll must have at least 1 option")
    if len(texts) > _MOST_OPTIONS:
        raise bad_request(f"poll can't have more than {_MOST_OPTIONS} options")
    content = contents.poll(
        question,
        texts,
        question_entities=question_entities or None,
        is_anonymous=params.flag("is_anonymous") if "is_anonymous" in params.raw else None,
        is_closed=params.flag("is_closed") or None,
        type=params.text("type"),
        allows_multiple_answers=params.flag("allows_multiple_answers") or None,
        correct_option_ids=params.sequence("correct_option_ids"),
        explanation=params.text("explanation"),
        open_period=params.integer("open_period"),
        close_date=params.integer("close_date"),
    )
    return deliver(world, params, chat, content).body


def _option_text(option: Any) -> str:
    text = option.get("text") if isinstance(option, dict) else option
    if not isinstance(text, str) or not text.strip():
        raise bad_request("poll options must be non-empty")
    return text


def _place(params: Params) -> tuple[float, float]:
    latitude, longitude = params.number("latitude"), params.number("longitude")
    if latitude is None:
        raise bad_request("latitude is empty")
    if longitude is None:
        raise bad_request("longitude is empty")
    return latitude, longitude
