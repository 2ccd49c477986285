from tests.support.databases import database_url, engine, open_folder, postgresql, sqlite_template

__all__ = ["database_url", "engine", "open_folder", "postgresql", "sqlite_template"]
