"""The whole mentorbot as `mentorbot run` starts it, but for the pace, which the stand-in does not limit."""

import logging

import uvloop

from handlers.telegram.pace import Limits
from mentorbot import app
from mentorbot.config import load_settings

UNLIMITED = Limits(overall_burst=10**9, overall_rate=1e9, chat_burst=10**9, chat_rate=1e9)


def main() -> None:
    logging.basicConfig(level=logging.WARNING)
    uvloop.run(app.run(load_settings(), app.Parts(limits=UNLIMITED)))


if __name__ == "__main__":
    main()
