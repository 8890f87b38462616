"""Topics in a mentor's chat, one for each channel, where the mentor wants them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "896ada97b86e"
down_revision: str | None = "7d8945987c54"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "topics",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("thread", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["channels.id"], name=op.f("fk_topics_channel"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_topics")),
    )
    op.create_index("ix_topics_thread", "topics", ["thread"])
    op.add_column("people", sa.Column("topics", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("people", "topics")
    op.drop_index("ix_topics_thread", table_name="topics")
    op.drop_table("topics")
