"""Rows of `people`."""

import hashlib
import hmac
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from mentorbot.programme.alias import fold
from mentorbot.programme.errors import AliasRefused, NotThere, SealBroken, Stale
from mentorbot.programme.ids import InviteId, Pid
from mentorbot.programme.people import Person, Role, Stage
from storage.prepared import Prepared
from storage.sealed_fields import PEOPLE_ALIAS
from storage.tables import channels, people
from storage.transaction import Transaction

_COLUMNS = (
    people.c.pid,
    people.c.role,
    people.c.stage,
    people.c.language,
    people.c.invite,
    people.c.alias,
    people.c.since,
    people.c.version,
    people.c.unreachable_since,
    people.c.paused_since,
)
_ALL = select(*_COLUMNS)
_ONE = Prepared(_ALL.where(people.c.pid == bindparam("pid")))
_AWAY = Prepared(select(people.c.unreachable_since, people.c.paused_since).where(people.c.pid == bindparam("pid")))


def add(tx: Transaction, person: Person) -> None:
    """A new person, without an alias yet."""
    tx.conn.execute(
        insert(people),
        {
            "pid": person.pid,
            "role": person.role,
            "stage": person.stage,
            "language": person.language,
            "invite": person.invite,
            "since": person.since,
            "version": person.version,
        },
    )


def find(tx: Transaction, pid: Pid) -> Person | None:
    row = _ONE.one(tx.conn, {"pid": pid})
    return None if row is None else _person(tx, row)


def get(tx: Transaction, pid: Pid) -> Person:
    """The person; NotThere when there is none."""
    person = find(tx, pid)
    if person is None:
        raise NotThere
    return person


def save(tx: Transaction, before: Person, after: Person) -> Person:
    """Compare and set: the person as saved, one version on. Stale when somebody else was first; AliasRefused when
    somebody else has the alias."""
    values: dict[str, Any] = {
        "stage": after.stage,
        "language": after.language,
        "since": after.since,
        "version": before.version + 1,
    }
    if after.alias != before.alias:
        values["alias"] = tx.seal(PEOPLE_ALIAS, after.alias.encode(), row=after.pid, pid=after.pid)
        values["alias_index"] = _alias_index(tx, after.alias)
    this = (people.c.pid == before.pid) & (people.c.version == before.version)
    try:
        with tx.conn.begin_nested():
            saved = tx.conn.execute(update(people).where(this).values(values)).rowcount
    except IntegrityError:
        raise AliasRefused from None
    if saved != 1:
        raise Stale
    return get(tx, after.pid)


def alias_taken(tx: Transaction, alias: str) -> bool:
    query = select(exists().where(people.c.alias_index == _alias_index(tx, alias)))
    return bool(tx.conn.execute(query).scalar_one())


def is_there(tx: Transaction, pid: Pid) -> bool:
    """Whether there is a row, be it readable or not."""
    return bool(tx.conn.execute(select(exists().where(people.c.pid == pid))).scalar_one())


def find_by_alias(tx: Transaction, alias: str) -> Person | None:
    row = tx.conn.execute(_ALL.where(people.c.alias_index == _alias_index(tx, alias))).one_or_none()
    return None if row is None else _person(tx, row)


def active(tx: Transaction, role: Role) -> list[Person]:
    """Everybody active in a role, longest in the programme first."""
    return _list(tx, (people.c.role == role) & (people.c.stage == Stage.ACTIVE))


def waiting_participants(tx: Transaction) -> list[Person]:
    """Active participants without a mentor, longest waiting first."""
    paired = exists().where((channels.c.participant == people.c.pid) & channels.c.closed_at.is_(None))
    return _list(tx, (people.c.role == Role.PARTICIPANT) & (people.c.stage == Stage.ACTIVE) & ~paired)


def participants_of(tx: Transaction, mentors: Iterable[Pid]) -> dict[Pid, int]:
    """How many participants each mentor has; mentors with none are left out."""
    query = (
        select(channels.c.mentor, func.count().label("participants"))
        .where(channels.c.closed_at.is_(None), channels.c.mentor.in_(list(mentors)))
        .group_by(channels.c.mentor)
    )
    return {Pid(row.mentor): row.participants for row in tx.conn.execute(query)}


def arrivals_of(tx: Transaction, invite: InviteId) -> list[Pid]:
    """Those who opened this invite's link and have not told its code."""
    query = select(people.c.pid).where(people.c.invite == invite, people.c.stage == Stage.ARRIVED)
    return [Pid(pid) for pid in tx.conn.execute(query).scalars()]


def unfinished_before(tx: Transaction, moment: datetime) -> list[Pid]:
    """Those who began to join before `moment` and have not become active."""
    query = select(people.c.pid).where(people.c.stage != Stage.ACTIVE, people.c.since < moment)
    return [Pid(pid) for pid in tx.conn.execute(query).scalars()]


def everyone(tx: Transaction) -> set[Pid]:
    return {Pid(pid) for pid in tx.conn.execute(select(people.c.pid)).scalars()}


def remove(tx: Transaction, pid: Pid) -> None:
    tx.conn.execute(delete(people).where(people.c.pid == pid))


def set_unreachable(tx: Transaction, pid: Pid, *, refused: datetime) -> bool:
    """Note that Telegram refused what began to be sent then, because the person blocked the bot or is gone.

    False, and nothing noted, when that was known already, or when the person came back since, be it in that moment.
    """
    first = (people.c.pid == pid) & people.c.unreachable_since.is_(None)
    still = people.c.back_since.is_(None) | (people.c.back_since < refused)
    return tx.conn.execute(update(people).where(first, still).values(unreachable_since=tx.now)).rowcount == 1


def set_reachable(tx: Transaction, pid: Pid) -> None:
    """Note that a person is back: what waits for them goes on."""
    tx.conn.execute(update(people).where(people.c.pid == pid).values(unreachable_since=None, back_since=tx.now))
    tx.recipients.add(pid)


def is_back_since(tx: Transaction, pid: Pid, moment: datetime) -> bool:
    """Whether a person who could not be reached came back at that moment or later."""
    query = select(people.c.back_since).where(people.c.pid == pid)
    back_since = tx.conn.execute(query).scalar_one()
    return back_since is not None and back_since >= moment


def set_paused(tx: Transaction, pid: Pid, since: datetime | None) -> None:
    """Note that a person takes a break, or (None) goes on: then what waits for them goes on too."""
    tx.conn.execute(update(people).where(people.c.pid == pid).values(paused_since=since))
    tx.recipients.add(pid)


def is_away(tx: Transaction, pid: Pid) -> bool:
    """Whether what others write to this person waits at present."""
    row = _AWAY.one(tx.conn, {"pid": pid})
    return row is not None and (row.unreachable_since is not None or row.paused_since is not None)


def is_paused(tx: Transaction, pid: Pid) -> bool:
    """Whether this person takes a break."""
    row = _AWAY.one(tx.conn, {"pid": pid})
    return row is not None and row.paused_since is not None


def _list(tx: Transaction, condition: ColumnElement[bool]) -> list[Person]:
    """Those who meet the condition. Who cannot be read, or is being erased, is left out: the others must go on."""
    found = []
    for row in tx.conn.execute(_ALL.where(condition).order_by(people.c.since, people.c.pid)).all():
        with suppress(SealBroken, NotThere):
            found.append(_person(tx, row))
    return found


def _person(tx: Transaction, row: Any) -> Person:
    pid = Pid(row.pid)
    sealed: bytes | None = row.alias
    alias = "" if sealed is None else tx.unseal(PEOPLE_ALIAS, sealed, row=pid, pid=pid).decode()
    return Person(
        pid=pid,
        role=Role(row.role),
        stage=Stage(row.stage),
        language=row.language,
        invite=InviteId(row.invite),
        alias=alias,
        since=row.since,
        version=row.version,
        unreachable_since=row.unreachable_since,
        paused_since=row.paused_since,
    )


def _alias_index(tx: Transaction, alias: str) -> bytes:
    return hmac.digest(tx.root.index, b"alias" + fold(alias).encode(), hashlib.sha256)
