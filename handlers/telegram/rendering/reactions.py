"""Reactions."""

from handlers.telegram.rendering.base import plain, render
from mentorbot.programme import notices

render.register(notices.ReactionNotCarried, plain("reaction.not_carried"))
