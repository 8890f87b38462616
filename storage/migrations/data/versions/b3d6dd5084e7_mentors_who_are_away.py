"""Mentors who are away."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import storage.tables

revision: str = "b3d6dd5084e7"
down_revision: str | None = "dfd37e93024e"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("answering", sa.Column("away_until", storage.tables.Moment(), nullable=True))
    op.add_column("attention", sa.Column("told_until", storage.tables.Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("attention", "told_until")
    op.drop_column("answering", "away_until")
