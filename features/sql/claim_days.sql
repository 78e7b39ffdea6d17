-- Claims as they stood at the end of each day, on the buyer and exporter that the order then had.
-- The left join, of rates that are always there, keeps engines from meeting claims with rates of all days.
-- A claim for an order that is not known yet waits for it. Amounts are US cents at the rate of the order's day.
SELECT
    c.buyer_no * 65536 + d.day AS seat,
    c.exporter_no,
    d.day - c.filed_day AS filed_age,
    c.outcome,
    c.documented,
    c.loss_usd,
    c.recovered_usd
FROM (
    SELECT
        o.buyer_no,
        o.exporter_no,
        CAST(DATE_DIFF('day', DATE '1970-01-01', v.filed_on) AS INT) AS filed_day,
        v.outcome,
        v.has_orders AND v.has_customs AND v.has_communications AS documented,
        CAST(ROUND(CAST(v.loss_minor AS DECIMAL(19, 0)) * r.usd_cents_per_minor) AS BIGINT) AS loss_usd,
        CAST(ROUND(CAST(v.recovered_minor AS DECIMAL(19, 0)) * r.usd_cents_per_minor) AS BIGINT) AS recovered_usd,
        GREATEST(v.known_day, o.known_day) AS from_day,
        LEAST(v.superseded_day, o.superseded_day) AS until_day
    FROM claim_versions AS v
    JOIN order_versions AS o ON o.order_id = v.order_id
    LEFT JOIN usd_rates AS r ON r.currency = v.currency AND r.day = o.ordered_on
) AS c
JOIN days AS d ON d.day >= c.from_day AND d.day < c.until_day
