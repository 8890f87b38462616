"""What waits for somebody is found among what waits: SQLite read all that was ever queued for them."""

from collections.abc import Sequence

from alembic import op

revision: str = "b1657eba6ee6"
down_revision: str | None = "5a1c7e0b9d34"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.drop_index("ix_outbox_source", table_name="outbox")
    op.create_index("ix_outbox_source", "outbox", ["source", "recipient"])


def downgrade() -> None:
    op.drop_index("ix_outbox_source", table_name="outbox")
    op.create_index("ix_outbox_source", "outbox", ["recipient", "source"])
