"""The underwriters' desk: limit requests, overrides, referred orders, and who decides them with four eyes."""
