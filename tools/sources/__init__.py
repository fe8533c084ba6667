"""Source databases: bundled, files and SQLAlchemy URLs, read as one schema and typed rows."""
