"""Messages that wait keep their words; links say when and in which form something arrived.

What waited before for a mentor's choice had no words here and is not taken over: its buttons answer that they are old.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import storage.tables

revision: str = "ca1f3e27082c"
down_revision: str | None = "2d417e286a9a"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.drop_table("held")
    op.create_table(
        "held",
        sa.Column("writer", sa.LargeBinary(), nullable=False),
        sa.Column("message", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ref", sa.LargeBinary(), nullable=False),
        sa.Column("body", storage.tables.Sealed(), nullable=False),
        sa.Column("since", storage.tables.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["writer"], ["people.pid"], name=op.f("fk_held_writer"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("writer", "message", name=op.f("pk_held")),
    )
    op.add_column("links", sa.Column("form", sa.String(length=8), server_default="text", nullable=False))
    op.add_column("links", sa.Column("at", storage.tables.Moment(), server_default="0", nullable=False))
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.alter_column("form", server_default=None)
        batch_op.alter_column("at", server_default=None)
        batch_op.create_index("ix_links_source", ["channel", "from_message"], unique=False)
    op.add_column("outbox", sa.Column("source", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "source")
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.drop_index("ix_links_source")
        batch_op.drop_column("at")
        batch_op.drop_column("form")
    op.drop_table("held")
    op.create_table(
        "held",
        sa.Column("mentor", sa.LargeBinary(), nullable=False),
        sa.Column("message", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["mentor"], ["people.pid"], name=op.f("fk_held_mentor"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("mentor", "message", name=op.f("pk_held")),
    )
