"""When a story's act was decided, as a time to sort by: the last word of an actor on a matter is looked up, not all it ever said.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from bot.model import date_of

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
WHEN = sa.DateTime(timezone=True)

STORIES = sa.table("stories", sa.column("id", sa.BigInteger), sa.column("change", JSON), sa.column("decided_at", WHEN))
TOGETHER = 500


def upgrade() -> None:
    """Fill the column from what the stories say."""
    op.add_column("stories", sa.Column("decided_at", WHEN))
    connection = op.get_bind()
    last = 0
    while True:
        some = sa.select(STORIES.c.id, STORIES.c.change).where(STORIES.c.id > last).order_by(STORIES.c.id)
        rows = connection.execute(some.limit(TOGETHER)).all()
        for row in rows:
            when = date_of(row.change.get("decided"))
            if when is not None:
                connection.execute(sa.update(STORIES).where(STORIES.c.id == row.id).values(decided_at=when))
        if len(rows) < TOGETHER:
            return
        last = rows[-1].id
