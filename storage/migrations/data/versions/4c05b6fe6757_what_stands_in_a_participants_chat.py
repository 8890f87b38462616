"""what stands in a participant's own chat"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import storage.tables

revision: str = "4c05b6fe6757"
down_revision: str | None = "b3d6dd5084e7"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "standing",
        sa.Column("pid", sa.LargeBinary(), nullable=False),
        sa.Column("message", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", storage.tables.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["pid"], ["people.pid"], name=op.f("fk_standing_pid"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pid", "message", name=op.f("pk_standing")),
    )
    op.create_index("ix_standing_pid", "standing", ["pid", "at"])


def downgrade() -> None:
    op.drop_table("standing")
