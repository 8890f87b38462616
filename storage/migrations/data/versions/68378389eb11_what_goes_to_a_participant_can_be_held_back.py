"""What goes to a participant can be held back."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import storage.tables

revision: str = "68378389eb11"
down_revision: str | None = "6596dcf0089c"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("safety", sa.Column("held_since", storage.tables.Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("safety", "held_since")
