"""Changes of mentor."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import storage.tables

revision: str = "dfd37e93024e"
down_revision: str | None = "8f537cb74adc"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", storage.tables.Moment(), nullable=True),
        sa.Column("mentor", sa.LargeBinary(), nullable=True),
        sa.Column("coordinator", sa.LargeBinary(), nullable=True),
        sa.Column("due", storage.tables.Moment(), nullable=True),
        sa.Column("question", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["channel"], ["channels.id"], name=op.f("fk_changes_channel"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["coordinator"], ["people.pid"], name=op.f("fk_changes_coordinator"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["mentor"], ["people.pid"], name=op.f("fk_changes_mentor"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_changes")),
    )


def downgrade() -> None:
    op.drop_table("changes")
