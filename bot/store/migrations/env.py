"""What Alembic runs to reach the database: it is given the open connection, and neither opens nor commits anything."""

from alembic import context

from bot.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=False,  # the caller's transaction is around all of it
)
context.run_migrations()
