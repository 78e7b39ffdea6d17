-- name: demo_open_orders
-- Orders on credit that were shipped lately and are not paid, oldest first: what the platform would hand over.
SELECT o.order_id, o.exporter_id, o.buyer_id, o.amount_minor, o.currency, o.shipped_on, o.due_on
FROM (
    SELECT DISTINCT ON (order_id) * FROM book.orders WHERE ordered_on > %(since)s ORDER BY order_id, recorded_at DESC
) o
WHERE o.shipped_on IS NOT NULL AND o.due_on > o.shipped_on AND o.due_on >= %(day)s
    AND NOT EXISTS (SELECT FROM book.payments p WHERE p.order_id = o.order_id)
ORDER BY o.ordered_on, o.order_id LIMIT %(most)s

-- name: demo_steady_buyers
-- Buyers with a limit of the model's and years of orders, none of them under notice: those whom one would trust.
WITH noticed AS (
    SELECT DISTINCT o.buyer_id FROM book.overdue_notices n JOIN book.orders o ON o.order_id = n.order_id
), trading AS (
    SELECT buyer_id, count(*) AS orders FROM book.orders GROUP BY buyer_id
)
SELECT t.buyer_id, l.amount_cents FROM trading t
CROSS JOIN LATERAL ledger.limit_in_force(t.buyer_id, %(day)s, clock_timestamp()) l
WHERE l.source = 'model' AND l.status IN ('approved', 'partly_approved') AND l.amount_cents BETWEEN 1000000 AND 5000000
    AND t.buyer_id NOT IN (SELECT buyer_id FROM noticed)
ORDER BY t.orders DESC, t.buyer_id LIMIT %(most)s

-- name: demo_strangers
-- Exporters that never sold to a buyer.
SELECT x.exporter_id FROM (SELECT DISTINCT exporter_id FROM book.exporters) x
WHERE NOT EXISTS (
    SELECT FROM ledger.relations r WHERE r.exporter_id = x.exporter_id AND r.identity_id = %(identity_id)s)
ORDER BY x.exporter_id LIMIT %(most)s

-- name: demo_unpaid
-- Buyers of whom orders were reported overdue lately and stay unpaid, with an exporter that sold to each, worst first.
SELECT o.buyer_id, min(o.exporter_id) AS exporter_id FROM book.overdue_notices n
JOIN book.orders o ON o.order_id = n.order_id
WHERE n.reported_on > %(since)s AND NOT EXISTS (SELECT FROM book.payments p WHERE p.order_id = o.order_id)
    AND o.buyer_id <> ALL(%(spared)s)
GROUP BY o.buyer_id ORDER BY count(DISTINCT n.order_id) DESC, o.buyer_id LIMIT %(most)s

-- name: demo_shaken_country
-- The country whose risk class rose to the worst last.
SELECT country FROM book.country_risk WHERE risk_class = 7 ORDER BY effective_from DESC, country LIMIT 1
