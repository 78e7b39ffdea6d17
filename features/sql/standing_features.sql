-- Standing: how long the buyer has been known, and how well.
SELECT
    e.seat,
    CAST(e.first_ordered_age AS BIGINT) AS tenure_days,
    CAST(COALESCE(n.registration_known, 0) AS BIGINT) AS registration_known,
    COALESCE(n.names, 0) AS name_variants
FROM buyer_ever AS e
LEFT JOIN buyer_names AS n ON n.seat = e.seat
