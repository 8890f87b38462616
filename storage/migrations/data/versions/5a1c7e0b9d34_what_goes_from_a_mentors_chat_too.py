"""what goes from a mentor's chat too"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import storage.tables

revision: str = "5a1c7e0b9d34"
down_revision: str | None = "68378389eb11"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "agreements",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("agreed_at", storage.tables.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["channel"], ["channels.id"], name=op.f("fk_agreements_channel"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_agreements")),
    )


def downgrade() -> None:
    op.drop_table("agreements")
