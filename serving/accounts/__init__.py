"""People who sign in: local accounts, their passwords, lock-out, and sessions."""
