"""Notices in words: what each one looks like in its recipient's language; one file a topic."""

from handlers.telegram.rendering import (  # noqa: F401 - each registers its own
    absence,
    answering,
    auto_erase,
    change,
    changing,
    channel,
    code_word,
    covering,
    general,
    invites,
    joining,
    pairing,
    reactions,
    safety,
    substitutes,
    topics,
    waiting,
    wiping,
)
from handlers.telegram.rendering.base import (
    Keyboard as Keyboard,
    Rendered as Rendered,
    Setting as Setting,
    is_said as is_said,
    render as render,
)
from handlers.telegram.rendering.channel import (
    label as label,
    passed as passed,
)
from handlers.telegram.rendering.covering import (
    line as line,
    shown as shown,
)
