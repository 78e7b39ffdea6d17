-- A buyer's figures over its exporters; see `pair_days`. The past year's are what `country_record` adds up.
SELECT
    seat,
    CAST(seat % 65536 AS INT) AS day,
    COUNT(*) FILTER (WHERE met_age < 7) AS new_7,
    COUNT(*) FILTER (WHERE met_age < 30) AS new_30,
    COUNT(*) FILTER (WHERE met_age < 90) AS new_90,
    COUNT(*) FILTER (WHERE open_orders > 0) AS open_exporters,
    COUNT(*) FILTER (WHERE orders_30 > 0) AS exporters_30,
    COUNT(*) FILTER (WHERE orders_365 > 0) AS exporters_365,
    SUM(open_usd) FILTER (WHERE met_age < 30) AS new_open_usd,
    MAX(amount_usd_365) AS top_usd_365,
    CAST(
        SUM(CAST(amount_usd_365 AS DECIMAL(19, 0)) * CAST(amount_usd_365 AS DECIMAL(19, 0))) AS DOUBLE
    ) AS usd_365_squares,
    SUM(open_usd) AS open_usd,
    SUM(open_orders) AS open_orders,
    SUM(orders_30) AS orders_30,
    SUM(orders_365) AS orders_365,
    SUM(amount_usd_365) AS amount_usd_365,
    SUM(due) AS due,
    SUM(late) AS late,
    SUM(serious) AS serious,
    SUM(disputes) AS disputes,
    SUM(claims) AS claims
FROM pair_days
GROUP BY seat
