"""Import of outside files into a book: mapping in, canonical tables and named rejects out."""
