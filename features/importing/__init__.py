"""Parsing, checking and writing outside files into a book."""
