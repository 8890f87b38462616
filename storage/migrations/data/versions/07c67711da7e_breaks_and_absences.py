"""Breaks, and absences that the other end was told of."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import storage.tables

revision: str = "07c67711da7e"
down_revision: str | None = "e1108d5e43f0"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("away", sa.LargeBinary(), nullable=False),
        sa.Column("told_at", storage.tables.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["away"], ["people.pid"], name=op.f("fk_absences_away"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["channel"], ["channels.id"], name=op.f("fk_absences_channel"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel", "away", name=op.f("pk_absences")),
    )
    op.add_column("people", sa.Column("back_since", storage.tables.Moment(), nullable=True))
    op.add_column("people", sa.Column("paused_since", storage.tables.Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("people", "paused_since")
    op.drop_column("people", "back_since")
    op.drop_table("absences")
