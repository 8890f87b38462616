"""The table of methods: what each is called, what it takes, what does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from .params import Params
from .world import World


@dataclass(frozen=True, slots=True)
class RawResult:
    """A result that is JSON already."""

    json: bytes


@dataclass(frozen=True, slots=True)
class Described:
    """A result that Telegram comments."""

    result: object
    description: str


Result = TypeVar("Result")
Handler = Callable[[World, Params], object]

# Parameters that Telegram has and the stand-in refuses aloud (501) instead of ignoring.
NOT_PLAYED = frozenset(
    {
        "business_connection_id",
        "direct_messages_topic_id",
        "suggested_post_parameters",
        "ephemeral_message_parameters",
        "allow_paid_broadcast",
        "inline_message_id",
        "rich_message",
        "certificate",
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    name: str
    handler: Handler
    required: frozenset[str]
    optional: frozenset[str]


METHODS: dict[str, Method] = {}


def method(
    name: str, *, required: str = "", optional: str = ""
) -> Callable[[Callable[[World, Params], Result]], Callable[[World, Params], Result]]:
    """Enter a handler under a method's name; parameters are given as words separated by spaces."""

    def enter(handler: Callable[[World, Params], Result]) -> Callable[[World, Params], Result]:
        METHODS[name.lower()] = Method(
            name=name,
            handler=handler,
            required=frozenset(required.split()),
            optional=frozenset(optional.split()),
        )
        return handler

    return enter
