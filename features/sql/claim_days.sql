-- Claims as they stood at the end of each day, on the buyer and exporter that the order then had.
-- A claim for an order that is not known yet waits for it. Amounts are US cents at the rate of the order's day.
SELECT
    o.buyer_no * 65536 + d.day AS seat,
    d.day,
    o.exporter_no,
    d.day - CAST(DATE_DIFF('day', DATE '1970-01-01', c.filed_on) AS INT) AS filed_age,
    c.outcome,
    c.has_orders AND c.has_customs AND c.has_communications AS documented,
    CAST(ROUND(CAST(c.loss_minor AS DECIMAL(19, 0)) * r.usd_cents_per_minor) AS BIGINT) AS loss_usd,
    CAST(ROUND(CAST(c.recovered_minor AS DECIMAL(19, 0)) * r.usd_cents_per_minor) AS BIGINT) AS recovered_usd
FROM claim_versions AS c
JOIN days AS d ON d.day >= c.known_day AND d.day < c.superseded_day
JOIN order_versions AS o ON o.order_id = c.order_id AND d.day >= o.known_day AND d.day < o.superseded_day
JOIN usd_rates AS r ON r.currency = c.currency AND r.day = o.ordered_on
