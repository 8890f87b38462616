"""The outbox knows what goes first, and what keeps its order. What waits is talk."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "d788e2ab83f9"
down_revision: str | None = "07c67711da7e"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_UNFINISHED = sa.text("state NOT IN ('sent', 'dead')")
_AS_IT_IS = {"sqlite_autoincrement": True}  # SQLite's table is made anew, and would forget it


def upgrade() -> None:
    op.add_column("outbox", sa.Column("rank", sa.SmallInteger(), server_default="2", nullable=False))
    op.add_column("outbox", sa.Column("strand", sa.LargeBinary(), server_default="", nullable=False))
    outbox = sa.table("outbox", sa.column("channel", sa.LargeBinary), sa.column("strand", sa.LargeBinary))
    op.execute(sa.update(outbox).values(strand=outbox.c.channel).where(outbox.c.channel.is_not(None)))
    op.execute(sa.update(outbox).values(strand=b"\0").where(outbox.c.channel.is_(None)))
    op.drop_index("ix_outbox_unfinished", "outbox")
    with op.batch_alter_table("outbox", schema=None, table_kwargs=_AS_IT_IS) as batch_op:
        batch_op.alter_column("rank", server_default=None)
        batch_op.alter_column("strand", server_default=None)
    _index("recipient", "rank", "strand", "id")


def downgrade() -> None:
    op.drop_index("ix_outbox_unfinished", "outbox")
    with op.batch_alter_table("outbox", schema=None, table_kwargs=_AS_IT_IS) as batch_op:
        batch_op.drop_column("strand")
        batch_op.drop_column("rank")
    _index("recipient", "id")


def _index(*columns: str) -> None:
    op.create_index("ix_outbox_unfinished", "outbox", columns, sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED)
