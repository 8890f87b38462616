"""What goes over the wire: replies, and JSON as Telegram's server writes it."""

import json
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

# Made once: json.dumps with separators of its own would build an encoder for every call.
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    content_type: str = "application/json"


def encode(value: object) -> bytes:
    """Compact, everything beyond ASCII escaped."""
    return _encode(value).encode("ascii")
