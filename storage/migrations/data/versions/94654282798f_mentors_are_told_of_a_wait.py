"""Mentors are told of a wait."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import storage.tables

revision: str = "94654282798f"
down_revision: str | None = "4c05b6fe6757"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("channels", sa.Column("told_until", storage.tables.Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("channels", "told_until")
