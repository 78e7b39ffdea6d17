"""The database: an embedded or outside PostgreSQL, its migrations, and SQL by name."""
