-- name: refresh_directory
-- Enter every buyer of the book with the country of its newest version; whom it is taken to be stays as it is.
INSERT INTO ledger.directory (buyer_id, identity_id, country)
SELECT DISTINCT ON (b.buyer_id) b.buyer_id, b.buyer_id, b.country
FROM book.buyers b ORDER BY b.buyer_id, b.recorded_at DESC, b.name
ON CONFLICT (buyer_id) DO UPDATE SET country = excluded.country WHERE directory.country <> excluded.country

-- name: refresh_relations
-- Enter since when each exporter has sold to each identity.
INSERT INTO ledger.relations (identity_id, exporter_id, first_on)
SELECT coalesce(d.identity_id, o.buyer_id), o.exporter_id, min(o.ordered_on)
FROM book.orders o LEFT JOIN ledger.directory d ON d.buyer_id = o.buyer_id
GROUP BY 1, 2
ON CONFLICT (identity_id, exporter_id) DO UPDATE SET first_on = least(relations.first_on, excluded.first_on)
WHERE excluded.first_on < relations.first_on

-- name: order_days
-- Currencies of the book's orders, with the first and last day on which each was used.
SELECT currency, min(ordered_on), max(ordered_on) FROM book.orders GROUP BY currency ORDER BY currency

-- name: rates_table
-- Make the table into which the reference rates of the book's days are put for this transaction.
CREATE TEMP TABLE used_rates (currency text, day date, usd_cents_per_minor numeric(18, 12)) ON COMMIT DROP

-- name: refresh_largest_paid
-- Enter the largest order that each identity has paid in full, in US cents at the rate of the order's day.
INSERT INTO ledger.buyer_exposures (identity_id, largest_paid_cents)
SELECT coalesce(d.identity_id, o.buyer_id) COLLATE "C" AS id,
    max(round(o.amount_minor * CASE o.currency WHEN 'USD' THEN 1 ELSE r.usd_cents_per_minor END))::bigint
FROM (SELECT DISTINCT ON (order_id) * FROM book.orders ORDER BY order_id, recorded_at DESC) o
JOIN (
    SELECT order_id, currency, sum(amount_minor) AS paid_minor
    FROM (SELECT DISTINCT ON (payment_id) * FROM book.payments ORDER BY payment_id, recorded_at DESC) newest
    GROUP BY order_id, currency
) p ON p.order_id = o.order_id AND p.currency = o.currency AND p.paid_minor >= o.amount_minor
LEFT JOIN ledger.directory d ON d.buyer_id = o.buyer_id
LEFT JOIN used_rates r ON r.currency = o.currency AND r.day = o.ordered_on
WHERE o.currency = 'USD' OR r.currency IS NOT NULL
GROUP BY id ORDER BY id
ON CONFLICT (identity_id) DO UPDATE SET largest_paid_cents = excluded.largest_paid_cents
WHERE excluded.largest_paid_cents > buyer_exposures.largest_paid_cents

-- name: book_columns
-- The columns of the book's tables as the database has them.
SELECT table_name, column_name, data_type, is_nullable = 'NO'
FROM information_schema.columns WHERE table_schema = 'book' ORDER BY table_name, ordinal_position
