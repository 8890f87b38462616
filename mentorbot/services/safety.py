"""What a participant settles about their own safety. It is theirs alone: nobody else sees or changes it."""

from mentorbot.programme.errors import NotPermitted
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import SafetyShown
from mentorbot.programme.people import Person, Role
from storage import outbox, safety
from storage.transaction import Transaction


def show(tx: Transaction, me: Person, *, instead_of: MessageId | None = None) -> None:
    require_participant(me)
    outbox.put(tx, me.pid, SafetyShown(safety=safety.of(tx, me.pid), replaces=instead_of))


def set_protected(tx: Transaction, me: Person, protected: bool, *, instead_of: MessageId | None = None) -> None:
    """Whether what comes from now on can be forwarded and saved."""
    require_participant(me)
    safety.settle(tx, me.pid, protected=protected)
    show(tx, me, instead_of=instead_of)


def set_discreet(tx: Transaction, me: Person, discreet: bool, *, instead_of: MessageId | None = None) -> None:
    """Whether a neutral line stands for what comes from now on."""
    require_participant(me)
    safety.settle(tx, me.pid, discreet=discreet)
    show(tx, me, instead_of=instead_of)


def require_participant(me: Person) -> None:
    """NotPermitted for everybody but a participant who has joined."""
    if not me.is_active or me.role is not Role.PARTICIPANT:
        raise NotPermitted
