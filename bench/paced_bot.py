"""The whole mentorbot as `mentorbot run` starts it, at the pace that Telegram allows."""

import logging

import uvloop

from mentorbot import app
from mentorbot.config import load_settings


def main() -> None:
    logging.basicConfig(level=logging.WARNING)
    uvloop.run(app.run(load_settings()))


if __name__ == "__main__":
    main()
