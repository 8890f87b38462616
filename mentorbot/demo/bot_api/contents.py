"""What a message can carry besides text and files, in the Bot API's own shapes."""

import secrets
from typing import Any

from .errors import bad_request
from .wire import Json

_DICE = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}


def contact(phone_number: str, first_name: str, **more: Any) -> Json:
    return {"contact": {"phone_number": phone_number, "first_name": first_name, **_given(more)}}


def location(latitude: float, longitude: float, **more: Any) -> Json:
    return {"location": {"latitude": latitude, "longitude": longitude, **_given(more)}}


def venue(latitude: float, longitude: float, title: str, address: str, **more: Any) -> Json:
    """Telegram gives a venue's place a second time, as a location."""
    place = location(latitude, longitude)
    return {**place, "venue": {**place, "title": title, "address": address, **_given(more)}}


def dice(emoji: str) -> Json:
    if emoji not in _DICE:
        raise bad_request("emoji must be one of the supported dice emoji")
    return {"dice": {"emoji": emoji, "value": secrets.randbelow(_DICE[emoji]) + 1}}


def poll(question: str, options: list[str], **more: Any) -> Json:
    """`more` replaces or adds fields of the Poll."""
    return {
        "poll": {
            "id": str(secrets.randbits(62)),
            "question": question,
            "options": [
                {"persistent_id": str(number), "text": text, "voter_count": 0} for number, text in enumerate(options)
            ],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": True,
            "members_only": False,
            **_given(more),
        }
    }


def _given(fields: Json) -> Json:
    return {key: value for key, value in fields.items() if value is not None}
