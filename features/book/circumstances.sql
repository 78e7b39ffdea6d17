-- One row a buyer known on the day: its newest country, and how much of the past year's trade was with listed exporters.
-- A buyer without an entry in the register has the country ZZ, as where the source does not say.
WITH newest_orders AS (
    SELECT * FROM orders WHERE recorded_at < $end
    QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY recorded_at DESC) = 1
),
newest_buyers AS (
    SELECT buyer_id, country FROM buyers WHERE recorded_at < $end
    QUALIFY row_number() OVER (PARTITION BY buyer_id ORDER BY recorded_at DESC, country) = 1
)
SELECT
    o.buyer_id,
    coalesce(any_value(b.country), 'ZZ') AS country,
    CAST(coalesce(
        count(*) FILTER (WHERE o.ordered_on > $year_ago AND list_contains($whitelisted, o.exporter_id)) * 10000
        // nullif(count(*) FILTER (WHERE o.ordered_on > $year_ago), 0), 0) AS BIGINT) AS whitelisted_bp
FROM newest_orders AS o
LEFT JOIN newest_buyers AS b ON b.buyer_id = o.buyer_id
GROUP BY o.buyer_id
ORDER BY o.buyer_id
