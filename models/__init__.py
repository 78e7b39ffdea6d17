"""Decision models: what training and serving must agree on. No weights, no tables, no network."""
