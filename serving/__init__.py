"""The service: settings, database, the exposure ledger, use cases, the HTTP API and the console."""
