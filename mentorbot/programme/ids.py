"""The kinds of identifiers. `Pid` is the only one that stands for a person; it says nothing about who it is."""

from typing import NewType

Pid = NewType("Pid", bytes)
"""16 random bytes: a person inside the data store."""

TelegramId = NewType("TelegramId", int)
"""Telegram's own id of a person; lives in the keys store alone, sealed."""

InviteId = NewType("InviteId", bytes)
"""16 random bytes."""

ChannelId = NewType("ChannelId", bytes)
"""16 random bytes."""

MessageId = NewType("MessageId", int)
"""A message's number inside one private chat with the bot."""

ThreadId = NewType("ThreadId", int)
"""A topic's number inside one private chat with the bot."""
