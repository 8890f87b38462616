"""The demo page: everyone's phone side by side, each talking to the real bot."""

from mentorbot.demo.page.server import serve

__all__ = ["serve"]
