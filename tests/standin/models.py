"""The stand-in held against aiogram's models: no unknown field, none missing, no other type, either way."""

import json
from datetime import datetime, timedelta
from typing import Any

import aiogram.methods
from aiogram.methods import Response, TelegramMethod
from aiogram.types import Update
from pydantic import BaseModel, TypeAdapter, ValidationError

from mentorbot.demo.bot_api.transcript import Call, Transcript


class Mismatch(AssertionError):
    """Where the stand-in and the models part."""


def method_model(name: str) -> type[TelegramMethod[Any]]:
    model: type[TelegramMethod[Any]] = getattr(aiogram.methods, name[0].upper() + name[1:])
    return model


def current_fields(model: type[BaseModel]) -> frozenset[str]:
    """The fields of a model without those that the Bot API has given up."""
    return frozenset(
        field.alias or name
        for name, field in model.model_fields.items()
        if not (isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("deprecated"))
    )


def required_fields(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(field.alias or name for name, field in model.model_fields.items() if field.is_required())


def check_transcript(transcript: Transcript) -> set[str]:
    """Check every call's parameters and answer; give the methods that succeeded at least once."""
    if not len(transcript):
        raise Mismatch("the transcript is empty: nothing was checked")
    succeeded = set()
    for call in transcript:
        check_request(call)
        if check_answer(call):
            succeeded.add(call.method)
    return succeeded


def check_request(call: Call) -> None:
    model = method_model(call.method)
    unknown = call.params.keys() - current_fields(model)
    if unknown:
        raise Mismatch(f"{call.method} does not take {sorted(unknown)}")


def check_answer(call: Call) -> bool:
    """True where the call succeeded."""
    answer = json.loads(call.answer)
    returns = method_model(call.method).__returning__ if answer.get("ok") else bool
    unknown = answer.keys() - Response.model_fields.keys()
    if unknown:
        raise Mismatch(f"{call.method}: unknown {sorted(unknown)} beside the result")
    Response[Any].model_validate(answer)
    if not answer["ok"]:
        if answer.keys() - {"parameters"} != {"ok", "error_code", "description"}:
            raise Mismatch(f"{call.method}: not the shape of an error: {sorted(answer)}")
        return False
    if call.method == "getUpdates":
        for update in answer["result"]:
            check_update(update)
    else:
        check(answer["result"], returns, call.method)
    return True


def check_update(update: dict[str, Any]) -> str:
    """Give the update's kind."""
    check(update, Update, "Update")
    (kind,) = update.keys() - {"update_id"}
    return kind


def check(raw: Any, model: Any, where: str) -> None:
    try:
        parsed = TypeAdapter(model).validate_python(raw)
    except ValidationError as error:
        raise Mismatch(f"{where}: {error}") from error
    _compare(raw, parsed, where)


def _compare(raw: Any, parsed: Any, where: str) -> None:
    if isinstance(parsed, BaseModel):
        if parsed.model_extra:
            raise Mismatch(f"{where}: {type(parsed).__name__} has no {sorted(parsed.model_extra)}")
        names = {field.alias or name: name for name, field in type(parsed).model_fields.items()}
        for key, value in raw.items():
            _compare(value, getattr(parsed, names[key]), f"{where}.{key}")
    elif isinstance(parsed, list):
        for number, (one, other) in enumerate(zip(raw, parsed, strict=True)):
            _compare(one, other, f"{where}[{number}]")
    elif isinstance(parsed, datetime | timedelta):
        if type(raw) is not int:
            raise Mismatch(f"{where}: a date must be unix seconds, not {raw!r}")
    elif not _same(raw, parsed):
        raise Mismatch(f"{where}: {raw!r} was read as {parsed!r}")


def _same(raw: Any, parsed: Any) -> bool:
    if isinstance(parsed, float):
        return type(raw) in (int, float) and raw == parsed
    return type(raw) is type(parsed) and bool(raw == parsed)
