"""JSON as Telegram's server writes it: compact, everything beyond ASCII escaped."""

import json
from typing import Any

Json = dict[str, Any]

# Made once: json.dumps with separators of its own would build an encoder for every call.
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def encode(value: object) -> bytes:
    return _encode(value).encode("ascii")
