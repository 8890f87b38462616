"""An album is known while it grows, and while it waits for an answer."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "47979ae50a13"
down_revision: str | None = "ca1f3e27082c"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("held", sa.Column("album", sa.LargeBinary(), nullable=True))
    op.add_column("outbox", sa.Column("album", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "album")
    op.drop_column("held", "album")
