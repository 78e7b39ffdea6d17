-- Orders whose payments came in parts or were corrected; all others take the short way in `order_steps`.
SELECT order_id
FROM payment_versions
GROUP BY order_id
HAVING COUNT(*) > 1 OR MIN(superseded_day) < 99999999
