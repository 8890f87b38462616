"""The real bot in a process that is to be killed: `python -m tests.faults.launcher [KIND:POSITION | aloud]`.

It halts at a point; or it logs everything that anybody logs, which `mentorbot run` never does.
"""

import asyncio
import logging
import sys

from mentorbot.app import Parts, run
from mentorbot.config import load_settings
from storage.engine import open_database
from storage.installation import OpenDatabase

from .halting import Halt, halting
from .house import UNHURRIED

ALOUD = "aloud"


def main(arguments: list[str]) -> None:
    opener: OpenDatabase = open_database
    if arguments == [ALOUD]:
        logging.basicConfig(level=logging.DEBUG)
    elif arguments:
        opener = halting(Halt.read(arguments[0]))
    asyncio.run(run(load_settings(), Parts(open_database=opener, limits=UNHURRIED)))


if __name__ == "__main__":
    main(sys.argv[1:])
