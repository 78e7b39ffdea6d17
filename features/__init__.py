"""What is known about buyers, and when: money, the book, import of outside files, and snapshots."""
