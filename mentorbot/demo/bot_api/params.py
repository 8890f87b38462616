"""One call's parameters, however they came: query, form, multipart or JSON body."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from .errors import bad_request

_TRUE = frozenset({"true", "yes", "1"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    data: bytes
    file_name: str
    mime_type: str


class Params:
    """Typed access. What is absent or cannot be read as the type is None, as in Telegram's server."""

    __slots__ = ("files", "raw")

    def __init__(self, raw: dict[str, Any], files: dict[str, Upload]) -> None:
        self.raw = raw
        self.files = files

    def text(self, key: str) -> str | None:
        value = self.raw.get(key)
        if value is None or isinstance(value, str):
            return value
        return json.dumps(value)

    def integer(self, key: str) -> int | None:
        value = self.raw.get(key)
        if value is None:
            return None
        try:
            return int(value)
        except (TypeError, ValueError):
            return None

    def number(self, key: str) -> float | None:
        value = self.raw.get(key)
        if value is None:
            return None
        try:
            return float(value)
        except (TypeError, ValueError):
            return None

    def flag(self, key: str) -> bool:
        value = self.raw.get(key)
        return value.lower() in _TRUE if isinstance(value, str) else bool(value)

    def json(self, key: str) -> Any:
        """A structured parameter: itself in a JSON body, a JSON text in a form."""
        value = self.raw.get(key)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {key}: expected a JSON value") from None

    def mapping(self, key: str) -> dict[str, Any] | None:
        value = self.json(key)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"can't parse {key}: expected an Object")
        return value

    def sequence(self, key: str) -> list[Any] | None:
        value = self.json(key)
        if value is not None and not isinstance(value, list):
            raise bad_request(f"can't parse {key}: expected an Array")
        return value


async def read_params(request: web.BaseRequest) -> Params:
    raw: dict[str, Any] = dict(request.query) if request.query_string else {}
    kind = request.content_type
    if kind == "multipart/form-data":
        return await _read_multipart(request, raw)
    body = await request.read()
    if body:
        if kind == "application/json":
            raw |= _read_json(body)
        elif kind == "application/x-www-form-urlencoded":
            raw |= parse_qsl(body.decode("utf-8", "surrogateescape"), keep_blank_values=True)
    return Params(raw, {})


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(parsed, dict):
        raise bad_request("can't parse JSON object")
    return {key: value for key, value in parsed.items() if value is not None}


async def _read_multipart(request: web.BaseRequest, raw: dict[str, Any]) -> Params:
    files: dict[str, Upload] = {}
    for key, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[key] = Upload(data=value.file.read(), file_name=value.filename, mime_type=value.content_type)
        else:
            raw[key] = value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
    return Params(raw, files)
