"""Rows of `invites`. The link's token and the code are kept as keyed digests only."""

import hashlib
import hmac
from datetime import datetime

from sqlalchemy import select, update

from mentorbot.programme.errors import NotThere, Stale
from mentorbot.programme.ids import InviteId, Pid
from mentorbot.programme.invite import Invite
from mentorbot.programme.people import Role
from storage.insert_once import insert_once
from storage.root_key import RootKey
from storage.tables import AnyRow, invites
from storage.transaction import Transaction


def add(tx: Transaction, invite: Invite, *, token: str) -> bool:
    """A new invite for the link with `token`. False when there is one with this id already."""
    return insert_once(
        tx.conn,
        invites,
        {
            "id": invite.id,
            "token_digest": token_digest(tx.root, token),
            "code_digest": invite.code_digest,
            "role": invite.role,
            "issuer": invite.issuer,
            "made_at": invite.made_at,
            "expires_at": invite.expires_at,
            "wrong_codes": invite.wrong_codes,
            "used_by": invite.used_by,
        },
    )


def find_by_token(tx: Transaction, token: str) -> Invite | None:
    """The invite whose link carries `token`, in whatever state."""
    row = tx.conn.execute(select(invites).where(invites.c.token_digest == token_digest(tx.root, token))).one_or_none()
    return None if row is None else _invite(row)


def get(tx: Transaction, id_: InviteId) -> Invite:
    """The invite; NotThere when there is none."""
    row = tx.conn.execute(select(invites).where(invites.c.id == id_)).one_or_none()
    if row is None:
        raise NotThere
    return _invite(row)


def save(tx: Transaction, before: Invite, after: Invite) -> None:
    """Compare and set; Stale when somebody else was first."""
    this = (invites.c.id == before.id) & (invites.c.wrong_codes == before.wrong_codes) & invites.c.used_by.is_(None)
    values = {"wrong_codes": after.wrong_codes, "used_by": after.used_by}
    if tx.conn.execute(update(invites).where(this).values(values)).rowcount != 1:
        raise Stale


def alarm_is_due(tx: Transaction, id_: InviteId, *, not_since: datetime) -> bool:
    """Whether nobody was alarmed for this invite since then; from now on somebody was."""
    quiet = invites.c.alarmed_at.is_(None) | (invites.c.alarmed_at < not_since)
    noted = update(invites).where(invites.c.id == id_, quiet).values(alarmed_at=tx.now)
    return tx.conn.execute(noted).rowcount == 1


def token_digest(root: RootKey, token: str) -> bytes:
    return hmac.digest(root.invite, b"token" + token.encode(), hashlib.sha256)


def code_digest(root: RootKey, id_: InviteId, code: str) -> bytes:
    """The digest of a code; the invite's id keeps equal codes apart."""
    return hmac.digest(root.invite, b"code" + id_ + code.encode(), hashlib.sha256)


def _invite(row: AnyRow) -> Invite:
    return Invite(
        id=InviteId(row.id),
        role=Role(row.role),
        issuer=None if row.issuer is None else Pid(row.issuer),
        code_digest=row.code_digest,
        made_at=row.made_at,
        expires_at=row.expires_at,
        wrong_codes=row.wrong_codes,
        used_by=None if row.used_by is None else Pid(row.used_by),
    )
