"""Reactions that people put under messages."""

from collections.abc import Mapping, Sequence
from typing import Any

from handlers.telegram.context import Desk
from handlers.telegram.updates import Raw
from mentorbot.programme.ids import MessageId
from mentorbot.programme.reaction import Reactions
from mentorbot.services import reactions


async def reacted(desk: Desk, content: Raw) -> None:
    """Somebody put a reaction under a message, changed it or took it back."""
    changed = Reactions(
        message=MessageId(content["message_id"]),
        before=_names(content["old_reaction"]),
        after=_names(content["new_reaction"]),
    )
    await desk.decide(lambda tx, me: reactions.react(tx, me, changed))


def _names(shown: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """An emoji for each, or what else names it: the id of a custom one, the type of a paid one."""
    return tuple(str(one.get("emoji") or one.get("custom_emoji_id") or one["type"]) for one in shown)
