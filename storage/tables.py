"""The two schemas. `KEYS` holds what connects a person to Telegram; `DATA` holds everything else, under `pid`.

Sealed columns have the type `Sealed`; each is declared in `sealed_fields.py` too, and a test compares the two.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    SmallInteger,
    String,
    Table,
    TypeDecorator,
    text,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


AnyRow = Row[*tuple[Any, ...]]


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime, kept as microseconds since 1970: the same, exact and sortable, on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Sealed(LargeBinary):
    """An envelope (see `envelope.py`)."""


_NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}
KEYS = MetaData(naming_convention=_NAMING)
DATA = MetaData(naming_convention=_NAMING)

_Serial = BigInteger().with_variant(Integer, "sqlite")

# --- keys store -------------------------------------------------------------------------------------------------------

keys_identity = Table(
    "keys_identity",
    KEYS,
    Column("store_id", LargeBinary, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("proof", Sealed, nullable=False),  # opens under the right root key only
)

person_keys = Table(
    "person_keys",
    KEYS,
    Column("pid", LargeBinary, primary_key=True),
    Column("blind_index", LargeBinary, nullable=False, unique=True),
    Column("data_key", Sealed, nullable=False),
    Column("telegram_id", Sealed, nullable=False),
)

day_keys = Table(
    "day_keys",
    KEYS,
    Column("day", Integer, primary_key=True, autoincrement=False),  # days since 1970
    Column("data_key", Sealed, nullable=False),
)

# --- data store -------------------------------------------------------------------------------------------------------

data_identity = Table("data_identity", DATA, Column("store_id", LargeBinary, primary_key=True))

invites = Table(
    "invites",
    DATA,
    Column("id", LargeBinary, primary_key=True),
    Column("token_digest", LargeBinary, nullable=False, unique=True),
    Column("code_digest", LargeBinary, nullable=False),
    Column("role", String(16), nullable=False),
    Column("issuer", LargeBinary),  # pid; empty when it was made on the command line
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("wrong_codes", Integer, nullable=False),
    Column("alarmed_at", Moment),  # when its issuer was last told that it was tried in vain
    Column("used_by", LargeBinary),  # no foreign key: a spent invite stays spent when that person is erased
)

people = Table(
    "people",
    DATA,
    Column("pid", LargeBinary, primary_key=True),
    Column("role", String(16), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("language", String(8), nullable=False),
    Column("invite", LargeBinary, ForeignKey("invites.id"), nullable=False),
    Column("alias", Sealed),
    Column("alias_index", LargeBinary, unique=True),  # keyed digest: no two people share an alias
    Column("since", Moment, nullable=False),
    Column("unreachable_since", Moment),  # this person blocked the bot; their queue is held
    Column("back_since", Moment),  # when they last came back: a refusal of something sent before says nothing
    Column("paused_since", Moment),  # this person takes a break; what others start is held
    Column("topics", Boolean),  # a mentor's chat has a topic for each participant
    Column("version", Integer, nullable=False),
)
Index("ix_people_role", people.c.role, people.c.stage)

channels = Table(
    "channels",
    DATA,
    Column("id", LargeBinary, primary_key=True),
    Column("participant", LargeBinary, ForeignKey("people.pid", ondelete="CASCADE"), nullable=False),
    Column("mentor", LargeBinary, ForeignKey("people.pid"), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("told_until", Moment),  # the mentor knows that what they write waits until then
)
# Exactly one active mentor, whatever the code above does.
Index(
    "uq_channels_one_active_mentor",
    channels.c.participant,
    unique=True,
    sqlite_where=channels.c.closed_at.is_(None),
    postgresql_where=channels.c.closed_at.is_(None),
)
Index(
    "ix_channels_open_by_mentor",
    channels.c.mentor,
    sqlite_where=channels.c.closed_at.is_(None),
    postgresql_where=channels.c.closed_at.is_(None),
)

choices = Table(
    "choices",
    DATA,
    Column("mentor", LargeBinary, ForeignKey("people.pid", ondelete="CASCADE"), primary_key=True),
    Column("channel", LargeBinary, ForeignKey("channels.id", ondelete="SET NULL")),  # none: erased, it still decides
    Column("until", Moment, nullable=False),
)

absences = Table(  # who cannot be reached, where the other end of the channel was told
    "absences",
    DATA,
    Column("channel", LargeBinary, ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True),
    Column("away", LargeBinary, ForeignKey("people.pid", ondelete="CASCADE"), primary_key=True),
    Column("told_at", Moment, nullable=False),
)

changes = Table(  # a channel whose participant asked for another mentor, or whose change waits for a note
    "changes",
    DATA,
    Column("channel", LargeBinary, ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True),
    Column("asked_at", Moment),  # when the coordinators were last told
    Column("mentor", LargeBinary, ForeignKey("people.pid", ondelete="CASCADE")),  # the new one, once chosen
    Column("coordinator", LargeBinary, ForeignKey("people.pid", ondelete="CASCADE")),  # who chose
    Column("due", Moment),  # when it happens, note or no note
    Column("question", BigInteger),  # the message in the old mentor's chat that asks for the note
)

substitute_asks = Table(  # whom a mentor who is away has asked to be there meanwhile
    "substitute_asks",
    DATA,
    Column("id", LargeBinary, primary_key=True),  # new with each asking: a yes to one is none to another
    Column("mentor", LargeBinary, ForeignKey("people.pid", ondelete="CASCADE"), nullable=False, unique=True),
    Column("substitute", LargeBinary, ForeignKey("people.pid", ondelete="CASCADE"), nullable=False),
    Column("until", Moment, nullable=False),  # the end of the absence, as everybody is asked about it
    Column("asked_at", Moment, nullable=False),
    Column("agreed_at", Moment),  # empty while the substitute has not answered
)

substitutions = Table(  # a channel that stands in for another while the mentor of that one is away
    "substitutions",
    DATA,
    Column("channel", LargeBinary, ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True),
    Column("instead_of", LargeBinary, ForeignKey("channels.id", ondelete="CASCADE"), nullable=False),
    Column("until", Moment, nullable=False),
)

held = Table(  # messages that wait until their writer has answered a question about them
    "held",
    DATA,
    Column("writer", LargeBinary, ForeignKey("people.pid", ondelete="CASCADE"), primary_key=True),
    Column("message", BigInteger, primary_key=True, autoincrement=False),
    Column("ref", LargeBinary, nullable=False),  # random: what the seal is bound to
    Column("body", Sealed, nullable=False),
    Column("since", Moment, nullable=False),
    Column("album", LargeBinary),  # keyed digest: the pieces of one album are asked about once
)

links = Table(  # which message in one chat is which message in the other
    "links",
    DATA,
    Column("to_pid", LargeBinary, ForeignKey("people.pid", ondelete="CASCADE"), primary_key=True),
    Column("to_message", BigInteger, primary_key=True),
    Column("channel", LargeBinary, ForeignKey("channels.id", ondelete="CASCADE"), nullable=False),
    Column("from_message", BigInteger),  # empty for what the bot itself said about the channel
    Column("form", String(8), nullable=False),  # text, caption or bare: how its words can be changed
    Column("at", Moment, nullable=False),
)
Index("ix_links_source", links.c.channel, links.c.from_message)

topics = Table(  # the topic in the mentor's chat that a channel has
    "topics",
    DATA,
    Column("channel", LargeBinary, ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True),
    Column("thread", BigInteger, nullable=False),
)
Index("ix_topics_thread", topics.c.thread)

standing = Table(  # what stands in a participant's own chat and can still be removed there, both sides' messages
    "standing",
    DATA,
    Column("pid", LargeBinary, ForeignKey("people.pid", ondelete="CASCADE"), primary_key=True),
    Column("message", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
)
Index("ix_standing_pid", standing.c.pid, standing.c.at)

agreements = Table(  # that messages of a channel go by themselves from the mentor's chat too
    "agreements",
    DATA,
    Column("channel", LargeBinary, ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True),
    Column("hours", Integer, nullable=False),
    Column("agreed_at", Moment),  # empty while the mentor has not answered
)

safety = Table(  # what a participant has settled about their own safety
    "safety",
    DATA,
    Column("pid", LargeBinary, ForeignKey("people.pid", ondelete="CASCADE"), primary_key=True),
    Column("opens", Integer),  # minutes after midnight; both empty: at any time
    Column("closes", Integer),
    Column("discreet", Boolean, nullable=False),
    Column("protected", Boolean, nullable=False),
    Column("code_word", LargeBinary),  # its length, and a keyed digest of it
    Column("held_since", Moment),  # it was used: nothing goes to them until their mentor says so
    Column("erase_after", Integer),  # hours
    Column("wipe_asks", Boolean, nullable=False),
)

covered = Table(  # what stands behind the neutral lines in a participant's chat
    "covered",
    DATA,
    Column("pid", LargeBinary, ForeignKey("people.pid", ondelete="CASCADE"), primary_key=True),
    Column("line", BigInteger, primary_key=True, autoincrement=False),
    Column("ref", LargeBinary, nullable=False),  # random: what the seal is bound to
    Column("body", Sealed, nullable=False),
    Column("channel", LargeBinary, ForeignKey("channels.id", ondelete="CASCADE")),
    Column("at", Moment, nullable=False),
    Column("visible", Boolean, nullable=False),  # it may stand in the chat now
    Column("shown_until", Moment),  # when its last showing ends or ended; empty: never shown
)

shown_below = Table(  # messages that go again when only the line is to be left
    "shown_below",
    DATA,
    Column("pid", LargeBinary, primary_key=True),
    Column("message", BigInteger, primary_key=True, autoincrement=False),
    Column("line", BigInteger, nullable=False),
    ForeignKeyConstraint(["pid", "line"], ["covered.pid", "covered.line"], ondelete="CASCADE"),
)

answering = Table(  # when a mentor answers, as far as they have said
    "answering",
    DATA,
    Column("mentor", LargeBinary, ForeignKey("people.pid", ondelete="CASCADE"), primary_key=True),
    Column("opens", Integer),  # minutes after midnight; these three are empty together: they have promised no hours
    Column("closes", Integer),
    Column("days", Integer),  # a bit for each, the lowest for Monday
    Column("away_until", Moment),
)

attention = Table(  # who heard what in a channel, and when
    "attention",
    DATA,
    Column("channel", LargeBinary, ForeignKey("channels.id", ondelete="CASCADE"), primary_key=True),
    Column("told_at", Moment),  # when the participant was last told that an answer takes a while
    Column("told_until", Moment),  # the end of the mentor's absence that they were told of
    Column("heard_at", Moment),  # when the participant last wrote
    Column("waits_since", Moment),  # when they wrote what is not answered; empty: nothing is
    Column("unanswered", Integer, nullable=False, server_default="0"),  # how many messages that is
    Column("look_at", Moment),  # when the clock looks at it next
    Column("reminded_at", Moment),  # when the mentor was reminded
    Column("overdue_at", Moment),  # since when coordinators count it
)
Index(
    "ix_attention_look_at",
    attention.c.look_at,
    sqlite_where=attention.c.look_at.is_not(None),
    postgresql_where=attention.c.look_at.is_not(None),
)
Index(
    "ix_attention_overdue_at",
    attention.c.overdue_at,
    sqlite_where=attention.c.overdue_at.is_not(None),
    postgresql_where=attention.c.overdue_at.is_not(None),
)

announced = Table(  # what is said to all coordinators once in a while, and when it was last said
    "announced",
    DATA,
    Column("what", String(32), primary_key=True),
    Column("at", Moment, nullable=False),
)

inbox = Table(
    "inbox",
    DATA,
    Column("id", _Serial, primary_key=True),  # the order of arrival
    Column("update_id", BigInteger, nullable=False),
    Column("mark", LargeBinary, nullable=False, unique=True),  # keyed digest: the same update twice is one row
    Column("state", String(8), nullable=False),
    Column("body", Sealed),  # under the day's key; empty once the update is done
    Column("received_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)
UNSETTLED = text("state = 'waiting'")
Index("ix_inbox_waiting", inbox.c.id, sqlite_where=UNSETTLED, postgresql_where=UNSETTLED)

outbox = Table(
    "outbox",
    DATA,
    Column("id", _Serial, primary_key=True),  # the order of sending, within a strand
    Column("ref", LargeBinary, nullable=False),  # random: what the seal is bound to
    Column("recipient", LargeBinary, ForeignKey("people.pid", ondelete="CASCADE"), nullable=False),
    Column("owner", LargeBinary, ForeignKey("people.pid", ondelete="CASCADE"), nullable=False),  # whose key seals it
    Column("channel", LargeBinary, ForeignKey("channels.id", ondelete="CASCADE")),
    Column("notice", String(32), nullable=False),
    Column("source", BigInteger),  # the message in the other chat that it carries, if it carries one
    Column("body", Sealed),  # empty once it is sent
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("possible_repeat", Boolean, nullable=False),
    Column("epoch", BigInteger, nullable=False),  # of the leader that claimed it
    Column("queued_at", Moment, nullable=False),
    Column("album", LargeBinary),  # keyed digest, while it may still grow: an album comes piece by piece
    Column("rank", SmallInteger, nullable=False),  # what goes first: `programme.delivery.Rank`
    Column("strand", LargeBinary, nullable=False),  # what keeps its order: a channel's id, or \0 for all the rest
    sqlite_autoincrement=True,
)
# Written out, not bound: only then do the databases see that a query may use the index over just these rows.
UNFINISHED = text("state NOT IN ('sent', 'dead')")
Index(
    "ix_outbox_unfinished",
    outbox.c.recipient,
    outbox.c.rank,
    outbox.c.strand,
    outbox.c.id,
    sqlite_where=UNFINISHED,
    postgresql_where=UNFINISHED,
)

# Also among what is finished. With the recipient first, SQLite would take it to find what somebody has unfinished.
Index("ix_outbox_source", outbox.c.source, outbox.c.recipient)

leadership = Table(  # one row: who polls and sends
    "leadership",
    DATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("epoch", BigInteger, nullable=False),
    Column("holder", LargeBinary, nullable=False),
    Column("until", Moment, nullable=False),  # by the database's clock
)

audit = Table(
    "audit",
    DATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("actor", LargeBinary),  # pid; empty for the command line and the clock
    Column("action", String(32), nullable=False),
    Column("subject", LargeBinary),  # pid or id of what was acted on
    Column("link", LargeBinary, nullable=False),  # keyed digest of this row and the link before
)

audit_head = Table(  # the last link, kept apart, so that a cut tail shows
    "audit_head",
    DATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("seal", LargeBinary, nullable=False),
)
