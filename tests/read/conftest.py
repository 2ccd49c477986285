from tests.support.databases import database_url, engine, postgresql, sqlite_template

__all__ = ["database_url", "engine", "postgresql", "sqlite_template"]
