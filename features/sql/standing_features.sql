-- Standing: how long the buyer has been known, and how well.
SELECT
    e.seat,
    CAST(e.first_ordered_age AS BIGINT) AS tenure_days,
    CAST(COALESCE(m.registration_known, 0) AS BIGINT) AS registration_known,
    COALESCE(m.names, 0) AS name_variants
FROM buyer_ever AS e
LEFT JOIN buyer_names AS m ON m.seat = e.seat
