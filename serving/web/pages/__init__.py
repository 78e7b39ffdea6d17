"""One module a page: what is read, what is done, which template shows it."""
