"""What a feed's publisher wishes for, so that it still counts while answers carry no body.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty: the next change of a feed fills it."""
    op.add_column("sources", sa.Column("ttl", sa.BigInteger))
