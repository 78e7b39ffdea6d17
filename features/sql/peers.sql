-- How the other buyers of the book and of the buyer's country fared over the past year; the buyer itself is taken out.
-- The book's shares lean on priors (in orders' worth, of 20: 5 late, 1 more than 30 days late, 0.2 in dispute, 0.2 with
-- a claim, 1 with a notice), and the country's on the book's (worth 50 orders).
SELECT
    *,
    (country_late + 50 * book_late_share) / (country_due + 50) AS late_share,
    (country_serious + 50 * book_serious_share) / (country_due + 50) AS serious_share
FROM (
    SELECT
        own.seat,
        own.day,
        own.country,
        c.due - own.due AS country_due,
        c.late - own.late AS country_late,
        c.serious - own.serious AS country_serious,
        CAST(a.late - own.late + 5 AS DOUBLE) / (a.due - own.due + 20) AS book_late_share,
        CAST(a.serious - own.serious + 1 AS DOUBLE) / (a.due - own.due + 20) AS book_serious_share,
        (CAST(a.disputes - own.disputes AS DOUBLE) + 0.2) / (a.due - own.due + 20) AS book_dispute_share,
        (CAST(a.claims - own.claims AS DOUBLE) + 0.2) / (a.due - own.due + 20) AS book_claim_share,
        CAST(a.notices - own.notices + 1 AS DOUBLE) / (a.due - own.due + 20) AS book_notice_share
    FROM buyer_record AS own
    JOIN book_record AS a ON a.day = own.day
    JOIN country_record AS c ON c.day = own.day AND c.country = own.country
) AS records
