"""Who waits for an answer, and what coordinators were told of it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import storage.tables

revision: str = "1a885f754f53"
down_revision: str | None = "94654282798f"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


_MOMENTS = ("heard_at", "waits_since", "look_at", "reminded_at", "overdue_at")
_INDEXED = ("look_at", "overdue_at")


def upgrade() -> None:
    op.create_table(
        "announced",
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("at", storage.tables.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_announced")),
    )
    for name in _MOMENTS:
        op.add_column("attention", sa.Column(name, storage.tables.Moment(), nullable=True))
    op.add_column("attention", sa.Column("unanswered", sa.Integer(), server_default="0", nullable=False))
    for name in _INDEXED:
        there = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"ix_attention_{name}", "attention", [name], sqlite_where=there, postgresql_where=there)


def downgrade() -> None:
    for name in _INDEXED:
        op.drop_index(f"ix_attention_{name}", table_name="attention")
    for name in (*_MOMENTS, "unanswered"):
        op.drop_column("attention", name)
    op.drop_table("announced")
