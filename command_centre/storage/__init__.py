"""Where history is kept: tables, writing, rollups, retention, migrations. SQL lives here and in ``read/``, nowhere else."""
