-- How the other buyers of the book and of the buyer's country paid over the past year; the buyer itself is taken out.
-- The book's shares lean on a prior (0.25 late, 0.05 more than 30 days late, worth 20 orders), the country's on the
-- book's (worth 50 orders).
SELECT
    buyer_id,
    day,
    (country_late + 50 * book_late_share) / (country_due + 50) AS late_share,
    (country_serious + 50 * book_serious_share) / (country_due + 50) AS serious_share
FROM (
    SELECT
        e.buyer_id,
        e.day,
        COALESCE(c.due, 0) - COALESCE(own.due, 0) AS country_due,
        COALESCE(c.late, 0) - COALESCE(own.late, 0) AS country_late,
        COALESCE(c.serious, 0) - COALESCE(own.serious, 0) AS country_serious,
        CAST(COALESCE(a.late, 0) - COALESCE(own.late, 0) + 5 AS DOUBLE)
        / (COALESCE(a.due, 0) - COALESCE(own.due, 0) + 20) AS book_late_share,
        CAST(COALESCE(a.serious, 0) - COALESCE(own.serious, 0) + 1 AS DOUBLE)
        / (COALESCE(a.due, 0) - COALESCE(own.due, 0) + 20) AS book_serious_share
    FROM buyer_ever AS e
    LEFT JOIN buyer_names AS n ON n.buyer_id = e.buyer_id AND n.day = e.day
    LEFT JOIN buyer_record AS own ON own.buyer_id = e.buyer_id AND own.day = e.day
    LEFT JOIN country_record AS c ON c.day = e.day AND c.country = COALESCE(n.country, 'ZZ')
    LEFT JOIN book_record AS a ON a.day = e.day
) AS records
