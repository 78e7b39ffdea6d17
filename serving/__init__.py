"""The service: the book and ledger in PostgreSQL, cover at order time, and the HTTP API."""
