"""Notices in words: what each one looks like in its recipient's language; one file a topic."""

from handlers.telegram.rendering import (  # noqa: F401 - each registers its own
    absence,
    answering,
    changing,
    channel,
    general,
    invites,
    joining,
    pairing,
    reactions,
    safety,
)
from handlers.telegram.rendering.base import (
    Keyboard as Keyboard,
    Rendered as Rendered,
    Setting as Setting,
    render as render,
)
from handlers.telegram.rendering.channel import (
    label as label,
    passed as passed,
)
