"""Alembic's way in: runs the revisions on the connection that `upgrade` hands over."""

from alembic import context

from bookpost.library.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
