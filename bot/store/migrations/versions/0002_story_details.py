"""Names and figures of a story's reports, by which reports in other words are matched.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Stories that are stored already begin without any: their later reports bring them."""
    op.add_column("stories", sa.Column("details", JSON, nullable=False, server_default=sa.text("'[]'")))
