-- `book_record` as it is.
SELECT day, due, late, serious, disputes, claims, notices FROM book_record
