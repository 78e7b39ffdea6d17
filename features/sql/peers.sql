-- How the other buyers of the book and of the buyer's country fared over the past year; the buyer itself is taken out.
-- The book's shares lean on priors (in orders' worth, of 20: 5 late, 1 more than 30 days late, 0.2 in dispute, 0.2 with
-- a claim, 1 with a notice), and the country's on the book's (worth 50 orders).
SELECT
    seat,
    day,
    country,
    book_late_share,
    book_dispute_share,
    book_claim_share,
    book_notice_share,
    (country_late + 50 * book_late_share) / (country_due + 50) AS late_share,
    (country_serious + 50 * book_serious_share) / (country_due + 50) AS serious_share
FROM (
    SELECT
        e.seat,
        e.day,
        COALESCE(n.country, 'ZZ') AS country,
        COALESCE(c.due, 0) - COALESCE(own.due, 0) AS country_due,
        COALESCE(c.late, 0) - COALESCE(own.late, 0) AS country_late,
        COALESCE(c.serious, 0) - COALESCE(own.serious, 0) AS country_serious,
        CAST(a.late - COALESCE(own.late, 0) + 5 AS DOUBLE) / (a.due - COALESCE(own.due, 0) + 20) AS book_late_share,
        CAST(a.serious - COALESCE(own.serious, 0) + 1 AS DOUBLE)
        / (a.due - COALESCE(own.due, 0) + 20) AS book_serious_share,
        (CAST(a.disputes - COALESCE(own.disputes, 0) AS DOUBLE) + 0.2)
        / (a.due - COALESCE(own.due, 0) + 20) AS book_dispute_share,
        (CAST(a.claims - COALESCE(own.claims, 0) AS DOUBLE) + 0.2)
        / (a.due - COALESCE(own.due, 0) + 20) AS book_claim_share,
        CAST(a.notices - COALESCE(own.notices, 0) + 1 AS DOUBLE)
        / (a.due - COALESCE(own.due, 0) + 20) AS book_notice_share
    FROM buyer_ever AS e
    JOIN book_record AS a ON a.day = e.day
    LEFT JOIN buyer_names AS n ON n.seat = e.seat
    LEFT JOIN buyer_pairs AS own ON own.seat = e.seat
    LEFT JOIN country_record AS c ON c.day = e.day AND c.country = COALESCE(n.country, 'ZZ')
) AS records
