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
SELECT l.identity_id, max(l.amount_cents) FROM ledger.limits l
JOIN trading t ON t.buyer_id = l.identity_id
WHERE l.source = 'model' AND l.status IN ('approved', 'partly_approved') AND l.amount_cents BETWEEN 1000000 AND 5000000
    AND l.valid_from <= %(day)s AND (l.valid_to IS NULL OR l.valid_to > %(day)s)
    AND l.identity_id NOT IN (SELECT buyer_id FROM noticed)
GROUP BY l.identity_id, t.orders ORDER BY t.orders DESC, l.identity_id LIMIT %(most)s

-- name: demo_strangers
-- Exporters that never sold to a buyer.
SELECT x.exporter_id FROM (SELECT DISTINCT exporter_id FROM book.exporters) x
WHERE NOT EXISTS (
    SELECT FROM ledger.relations r WHERE r.exporter_id = x.exporter_id AND r.identity_id = %(identity_id)s)
ORDER BY x.exporter_id LIMIT %(most)s

-- name: demo_fading_buyer
-- The buyer with cover who has most overdue notices of late.
SELECT o.buyer_id FROM book.overdue_notices n JOIN book.orders o ON o.order_id = n.order_id
WHERE n.reported_on > %(since)s AND EXISTS (
    SELECT FROM ledger.buyer_exposures e WHERE e.identity_id = o.buyer_id AND e.exposure_cents > 0)
GROUP BY o.buyer_id ORDER BY count(DISTINCT n.order_id) DESC, o.buyer_id LIMIT 1

-- name: demo_shaken_country
-- The country whose risk class rose last.
SELECT country FROM book.country_risk WHERE risk_class = 7 ORDER BY effective_from DESC, country LIMIT 1
