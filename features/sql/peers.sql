-- How the other buyers of the book and of the buyer's country fared over the past year; the buyer itself is taken out.
-- The book's shares lean on priors (in orders' worth, of 20: 5 late, 1 more than 30 days late, 0.2 in dispute, 0.2 with
-- a claim, 1 with a notice), and the country's on the book's (worth 50 orders).
SELECT
    buyer_id,
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
        e.buyer_id,
        e.day,
        COALESCE(n.country, 'ZZ') AS country,
        -- A country that the buyer has left since the records were made holds nothing of its own to take out.
        COALESCE(c.due, 0) - CASE WHEN own.country = c.country THEN own.due ELSE 0 END AS country_due,
        COALESCE(c.late, 0) - CASE WHEN own.country = c.country THEN own.late ELSE 0 END AS country_late,
        COALESCE(c.serious, 0) - CASE WHEN own.country = c.country THEN own.serious ELSE 0 END AS country_serious,
        CAST(COALESCE(a.late, 0) - COALESCE(own.late, 0) + 5 AS DOUBLE)
        / (COALESCE(a.due, 0) - COALESCE(own.due, 0) + 20) AS book_late_share,
        CAST(COALESCE(a.serious, 0) - COALESCE(own.serious, 0) + 1 AS DOUBLE)
        / (COALESCE(a.due, 0) - COALESCE(own.due, 0) + 20) AS book_serious_share,
        (CAST(COALESCE(a.disputes, 0) - COALESCE(own.disputes, 0) AS DOUBLE) + 0.2)
        / (COALESCE(a.due, 0) - COALESCE(own.due, 0) + 20) AS book_dispute_share,
        (CAST(COALESCE(a.claims, 0) - COALESCE(own.claims, 0) AS DOUBLE) + 0.2)
        / (COALESCE(a.due, 0) - COALESCE(own.due, 0) + 20) AS book_claim_share,
        CAST(COALESCE(a.notices, 0) - COALESCE(own.notices, 0) + 1 AS DOUBLE)
        / (COALESCE(a.due, 0) - COALESCE(own.due, 0) + 20) AS book_notice_share
    FROM buyer_ever AS e
    LEFT JOIN buyer_names AS n ON n.buyer_id = e.buyer_id AND n.day = e.day
    LEFT JOIN buyer_record AS own ON own.buyer_id = e.buyer_id AND own.day = e.day
    LEFT JOIN country_record AS c ON c.day = e.day AND c.country = COALESCE(n.country, 'ZZ')
    LEFT JOIN book_record AS a ON a.day = e.day
) AS records
