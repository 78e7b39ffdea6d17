"""Who may do what: roles and their permissions, API keys, and the audit trail of every write."""
