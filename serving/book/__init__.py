"""The book of record in PostgreSQL: in from a folder, out to a folder, and held to the one definition."""
