"""The real bot in a process that is to be killed: `python -m tests.faults.launcher [KIND:POSITION]`."""

import asyncio
import sys

from mentorbot.app import Parts, run
from mentorbot.config import load_settings
from storage.engine import open_database

from .halting import Halt, halting
from .house import UNHURRIED


def main(arguments: list[str]) -> None:
    opener = halting(Halt.read(arguments[0])) if arguments else open_database
    asyncio.run(run(load_settings(), Parts(open_database=opener, limits=UNHURRIED)))


if __name__ == "__main__":
    main(sys.argv[1:])
