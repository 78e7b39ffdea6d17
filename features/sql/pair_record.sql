-- The past year between a buyer and an exporter: orders that came due, late, more than 30 days late; disputes (orders
-- paid short and more than 60 days overdue, claims rejected or withdrawn), claims and overdue notices.
-- Records of exporters, countries and the book are sums of these; a buyer's own part can be taken out again.
SELECT
    day,
    buyer_id,
    exporter_id,
    CAST(SUM(due) AS BIGINT) AS due,
    CAST(SUM(late) AS BIGINT) AS late,
    CAST(SUM(serious) AS BIGINT) AS serious,
    CAST(SUM(disputes) AS BIGINT) AS disputes,
    CAST(SUM(claims) AS BIGINT) AS claims,
    CAST(SUM(notices) AS BIGINT) AS notices
FROM (
    SELECT
        day, buyer_id, exporter_id, due_365 AS due, late_365 AS late, serious_365 AS serious,
        short_365 AS disputes, 0 AS claims, 0 AS notices
    FROM pair_days
    WHERE due_365 > 0
    UNION ALL
    SELECT
        day, buyer_id, exporter_id, 0 AS due, 0 AS late, 0 AS serious,
        CASE WHEN outcome IN ('rejected', 'withdrawn') THEN 1 ELSE 0 END AS disputes, 1 AS claims, 0 AS notices
    FROM claim_days
    WHERE filed_age < 365
    UNION ALL
    SELECT
        day, buyer_id, exporter_id, 0 AS due, 0 AS late, 0 AS serious, 0 AS disputes, 0 AS claims, 1 AS notices
    FROM notice_days
    WHERE reported_age < 365
) AS parts
GROUP BY day, buyer_id, exporter_id
