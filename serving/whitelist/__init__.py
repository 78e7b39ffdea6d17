"""The whitelist of exporters: reviews by the policy's rules, and what persons decide upon them."""
