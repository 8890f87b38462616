"""Making invites and watching over them."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from mentorbot.programme.errors import NotPermitted
from mentorbot.programme.ids import InviteId, Pid
from mentorbot.programme.invite import CODE_LENGTH, CODE_LETTERS, VALID_FOR, Invite
from mentorbot.programme.notices import InviteAlarm, InviteCode, InviteMade, InviteOffered
from mentorbot.programme.people import Person, Role
from storage import audit, invites, outbox, people
from storage.transaction import Transaction

ALARM_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Made:
    """What opens an invite; it is known at this moment only."""

    token: str
    code: str
    expires_at: datetime


def offer(tx: Transaction, me: Person) -> None:
    """Ask a coordinator whom to invite. The ids are drawn now, so that pressing a button twice makes one invite."""
    require_coordinator(me)
    outbox.put(tx, me.pid, InviteOffered(mentor=_new_id(), participant=_new_id()))


def make_for(tx: Transaction, me: Person, role: Role, id_: InviteId) -> None:
    """Make a coordinator's invite and tell them the link and, apart from it, the code. Once per id."""
    require_coordinator(me)
    made = make(tx, role, issuer=me.pid, id_=id_)
    if made is not None:
        outbox.put(tx, me.pid, InviteMade(role=role, token=made.token))
        outbox.put(tx, me.pid, InviteCode(role=role, code=made.code, expires_at=made.expires_at))


def make(tx: Transaction, role: Role, *, issuer: Pid | None, id_: InviteId | None = None) -> Made | None:
    """A new invite; `issuer` is None on the command line. None when the one with this id was made already."""
    id_ = id_ or _new_id()
    token = secrets.token_urlsafe(24)
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    invite = Invite(
        id=id_,
        role=role,
        issuer=issuer,
        code_digest=invites.code_digest(tx.root, id_, code),
        made_at=tx.now,
        expires_at=tx.now + VALID_FOR,
        wrong_codes=0,
        used_by=None,
    )
    if not invites.add(tx, invite, token=token):
        return None
    audit.append(tx, "invite_made", actor=issuer, subject=id_)
    return Made(token=token, code=code, expires_at=invite.expires_at)


def alarm(tx: Transaction, invite: Invite) -> None:
    """Tell the issuer (or, if there is none any more, every coordinator) that an invite that is over was tried.

    Once in ALARM_AGAIN_AFTER for each invite: whoever tries it again and again must not bury the one who is told.
    """
    if not invites.alarm_is_due(tx, invite.id, not_since=tx.now - ALARM_AGAIN_AFTER):
        return
    audit.append(tx, "invite_alarm", actor=None, subject=invite.id)
    notice = InviteAlarm(role=invite.role, state=invite.state(tx.now), made_at=invite.made_at)
    for pid in those_responsible(tx, invite):
        outbox.put(tx, pid, notice)


def those_responsible(tx: Transaction, invite: Invite) -> list[Pid]:
    """The invite's issuer while they are a coordinator, else every coordinator but the one who joined by it."""
    coordinators = [person.pid for person in people.active(tx, Role.COORDINATOR)]
    if invite.issuer in coordinators:
        return [invite.issuer]
    return [pid for pid in coordinators if pid != invite.used_by]


def require_coordinator(me: Person) -> None:
    """Raise NotPermitted for anyone but an active coordinator."""
    if me.role is not Role.COORDINATOR or not me.is_active:
        raise NotPermitted


def _new_id() -> InviteId:
    return InviteId(secrets.token_bytes(16))
