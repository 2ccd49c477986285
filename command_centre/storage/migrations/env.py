"""Alembic's entry: runs the migrations on the connection that ``storage.database.migrate`` hands over."""

from __future__ import annotations

from alembic import context

from command_centre.storage import (
    alert_tables,
    audit_tables,
    integrity_tables,
    people_tables,
    progress_tables,
    quarantine_tables,
    recheck_tables,
    snapshot_tables,
)
from command_centre.storage.tables import metadata

SUBJECTS = (
    alert_tables,
    audit_tables,
    integrity_tables,
    people_tables,
    progress_tables,
    quarantine_tables,
    recheck_tables,
    snapshot_tables,
)
"""Tables outside ``storage.tables``: importing them is what makes them part of ``metadata``."""

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
