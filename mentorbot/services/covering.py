"""Neutral lines in a participant's chat: shown on demand, and covered again."""

from mentorbot.programme.covering import KEPT_FOR, SHOWN_FOR
from mentorbot.programme.delivery import Rank
from mentorbot.programme.errors import NotThere
from mentorbot.programme.ids import MessageId, Pid
from mentorbot.programme.notices import CoveredAgain, Uncovered
from mentorbot.programme.people import Person
from mentorbot.services.safety import require_participant
from storage import covered, outbox
from storage.covered import Covered
from storage.transaction import Transaction


def show(tx: Transaction, me: Person, line: MessageId) -> None:
    """Show what stands behind a line. When it is to be covered again is settled before anything is shown; saying it
    again while it shows does nothing again. Raises NotThere."""
    if not _access(tx, me, line).is_showing(tx.now):
        outbox.put(tx, me.pid, Uncovered(line=line))
        show_for_a_while(tx, me.pid, line)


def show_for_a_while(tx: Transaction, pid: Pid, line: MessageId) -> None:
    """Note that what stands behind a line may be seen from now on, and let it be covered again."""
    covered.show(tx, pid, line, until=tx.now + SHOWN_FOR)
    outbox.put(tx, pid, CoveredAgain(line=line), wait=SHOWN_FOR, rank=Rank.CHORE, apart=True)


def hide(tx: Transaction, me: Person, line: MessageId) -> None:
    """Cover again what stands behind a line, before its time is over. Raises NotThere."""
    if _access(tx, me, line).visible:
        covered.show(tx, me.pid, line, until=tx.now)
        outbox.put(tx, me.pid, CoveredAgain(line=line))


def _access(tx: Transaction, me: Person, line: MessageId) -> Covered:
    require_participant(me)
    behind = covered.find(tx, me.pid, line)
    if behind is None or tx.now - behind.at >= KEPT_FOR:
        raise NotThere
    return behind
