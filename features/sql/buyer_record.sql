-- Orders that came due in the past year, and how many of them were late: one row for each buyer and day.
-- What `country_record` and `book_record` add up, kept so that a buyer's own part can be taken out again.
SELECT
    b.day,
    b.buyer_id,
    COALESCE(n.country, 'ZZ') AS country,
    b.due_365 AS due,
    b.late_365 AS late,
    b.serious_365 AS serious
FROM buyer_days AS b
LEFT JOIN buyer_names AS n ON n.buyer_id = b.buyer_id AND n.day = b.day
WHERE b.due_365 > 0
