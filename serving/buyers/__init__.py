"""Buyers: finding them by any spelling, and all that is known of one."""
