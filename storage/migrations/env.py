"""Alembic's way in: the connection is ours, already in a transaction."""

from alembic import context

from storage.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=False,  # The transaction is the caller's.
)
context.run_migrations()
