"""What became of a message is found without reading the whole outbox."""

from collections.abc import Sequence

from alembic import op

revision: str = "6596dcf0089c"
down_revision: str | None = "1a885f754f53"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_outbox_source", "outbox", ["recipient", "source"])


def downgrade() -> None:
    op.drop_index("ix_outbox_source", table_name="outbox")
