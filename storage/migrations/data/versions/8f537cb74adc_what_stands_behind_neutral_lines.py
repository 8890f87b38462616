"""What stands behind neutral lines."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import storage.tables

revision: str = "8f537cb74adc"
down_revision: str | None = "d82f70233189"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "covered",
        sa.Column("pid", sa.LargeBinary(), nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ref", sa.LargeBinary(), nullable=False),
        sa.Column("body", storage.tables.Sealed(), nullable=False),
        sa.Column("channel", sa.LargeBinary(), nullable=True),
        sa.Column("at", storage.tables.Moment(), nullable=False),
        sa.Column("visible", sa.Boolean(), nullable=False),
        sa.Column("shown_until", storage.tables.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["channel"], ["channels.id"], name=op.f("fk_covered_channel"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["pid"], ["people.pid"], name=op.f("fk_covered_pid"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pid", "line", name=op.f("pk_covered")),
    )
    op.create_table(
        "shown_below",
        sa.Column("pid", sa.LargeBinary(), nullable=False),
        sa.Column("message", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pid", "line"], ["covered.pid", "covered.line"], name=op.f("fk_shown_below_pid"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("pid", "message", name=op.f("pk_shown_below")),
    )


def downgrade() -> None:
    op.drop_table("shown_below")
    op.drop_table("covered")
