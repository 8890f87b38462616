"""What a mentor chose outlasts whom it was."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "6e44e9fe3e2b"
down_revision: str | None = "b1657eba6ee6"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("choices", schema=None) as batch_op:
        batch_op.alter_column("channel", existing_type=sa.BLOB(), nullable=True)
        batch_op.drop_constraint(batch_op.f("fk_choices_channel"), type_="foreignkey")
        batch_op.create_foreign_key(
            batch_op.f("fk_choices_channel"), "channels", ["channel"], ["id"], ondelete="SET NULL"
        )


def downgrade() -> None:
    with op.batch_alter_table("choices", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_choices_channel"), type_="foreignkey")
        batch_op.create_foreign_key(
            batch_op.f("fk_choices_channel"), "channels", ["channel"], ["id"], ondelete="CASCADE"
        )
        batch_op.alter_column("channel", existing_type=sa.BLOB(), nullable=False)
