"""what a participant settles about their safety"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "e1108d5e43f0"
down_revision: str | None = "47979ae50a13"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "safety",
        sa.Column("pid", sa.LargeBinary(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=True),
        sa.Column("closes", sa.Integer(), nullable=True),
        sa.Column("discreet", sa.Boolean(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("code_word", sa.LargeBinary(), nullable=True),
        sa.Column("erase_after", sa.Integer(), nullable=True),
        sa.Column("wipe_asks", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["pid"], ["people.pid"], name=op.f("fk_safety_pid"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pid", name=op.f("pk_safety")),
    )


def downgrade() -> None:
    op.drop_table("safety")
