"""Setting limits: the champion scores the book, the policy turns risk into limits, one transaction sets them."""
