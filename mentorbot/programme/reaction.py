"""Reactions: what people put under messages, how much of it can be passed on, and the sign that a message arrived."""

from dataclasses import dataclass

from mentorbot.programme.ids import MessageId

_WORDS = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 "
    "💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 "
    "🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡"
)
STANDARD = frozenset(_WORDS.split())
"""Every emoji that a bot can react with (Bot API, ReactionTypeEmoji), written without variation selectors."""

ARRIVED = "🕊"
"""The bot's reaction to a participant's message that has reached the mentor's chat. docs/words.md says why this one."""

_SELECTOR = "\ufe0f"


@dataclass(frozen=True, kw_only=True)
class Reactions:
    """All that one person has under a message, before and after they changed it.

    Each is named by its emoji, one that no bot can set (custom, paid) by anything that is no emoji.
    """

    message: MessageId
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def newest(self) -> str | None:
        """The one emoji that stands for all: the last of the new ones, or else of those that were there before."""
        by_age = sorted(self.after, key=lambda name: name not in self.before)
        return next((emoji for name in reversed(by_age) if (emoji := standard(name))), None)

    @property
    def shows_something(self) -> bool:
        """Whether the other side has seen, or is to see, anything of it."""
        return any(map(standard, (*self.before, *self.after)))

    @property
    def cannot_be_set(self) -> bool:
        """Whether something new is nothing that a bot can set."""
        return any(standard(name) is None for name in self.after if name not in self.before)


def standard(name: str) -> str | None:
    """The emoji as a bot can set it, or None when no bot can."""
    emoji = name.replace(_SELECTOR, "")
    return emoji if emoji in STANDARD else None
