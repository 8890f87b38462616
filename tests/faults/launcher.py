"""The real bot in a process that is to be killed: `python -m tests.faults.launcher [halt KIND:POSITION | forget KIND]`."""

import asyncio
import sys

from mentorbot.app import Parts, run
from mentorbot.config import load_settings
from storage.engine import open_database

from .halting import Halt, Kind, forgetful, halting
from .house import UNHURRIED

_OPENERS = {"halt": lambda what: halting(Halt.read(what)), "forget": lambda what: forgetful(Kind[what])}


def main(arguments: list[str]) -> None:
    opener = _OPENERS[arguments[0]](arguments[1]) if arguments else open_database
    asyncio.run(run(load_settings(), Parts(open_database=opener, limits=UNHURRIED)))


if __name__ == "__main__":
    main(sys.argv[1:])
