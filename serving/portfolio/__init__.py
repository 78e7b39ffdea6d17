"""The book as a whole: exposure, headroom and expected loss, and the programme's year."""
