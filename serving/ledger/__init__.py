"""The exposure ledger: order checks, limits, and the life of covers."""
