"""Where everything is kept, on SQLite and PostgreSQL alike."""
