"""Somebody is there for a mentor who is away."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import storage.tables

revision: str = "7d8945987c54"
down_revision: str | None = "6e44e9fe3e2b"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "substitute_asks",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("mentor", sa.LargeBinary(), nullable=False),
        sa.Column("substitute", sa.LargeBinary(), nullable=False),
        sa.Column("until", storage.tables.Moment(), nullable=False),
        sa.Column("asked_at", storage.tables.Moment(), nullable=False),
        sa.Column("agreed_at", storage.tables.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["mentor"], ["people.pid"], name=op.f("fk_substitute_asks_mentor"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["substitute"], ["people.pid"], name=op.f("fk_substitute_asks_substitute"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitute_asks")),
        sa.UniqueConstraint("mentor", name=op.f("uq_substitute_asks_mentor")),
    )
    op.create_table(
        "substitutions",
        sa.Column("channel", sa.LargeBinary(), nullable=False),
        sa.Column("instead_of", sa.LargeBinary(), nullable=False),
        sa.Column("until", storage.tables.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel"], ["channels.id"], name=op.f("fk_substitutions_channel"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["instead_of"], ["channels.id"], name=op.f("fk_substitutions_instead_of"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_substitutions")),
    )


def downgrade() -> None:
    op.drop_table("substitutions")
    op.drop_table("substitute_asks")
